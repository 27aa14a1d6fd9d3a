// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// select, poll, ppoll and epoll_wait with a zero timeout; with any other they wait.
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

void serve(int descriptor);

namespace bad {
void pollZero(pollfd *descriptors, int count) {
  while (true) { // expect: raddle-busy-spin "poll"
    if (poll(descriptors, count, 0) > 0)
      serve(descriptors[0].fd);
  }
}
void pollZeroConstant(pollfd *descriptors, int count, bool &stop) {
  constexpr int atOnce = 0;
  for (;;) { // expect: raddle-busy-spin
    int ready = poll(descriptors, count, atOnce);
    if (ready < 0)
      return;
    if (ready > 0)
      serve(descriptors[0].fd);
  }
}
void ppollZero(pollfd *descriptors, int count) {
  const timespec atOnce = {0, 0};
  while (true) { // expect: raddle-busy-spin
    if (ppoll(descriptors, count, &atOnce, nullptr) > 0)
      serve(descriptors[0].fd);
  }
}
void epollZero(int epoll) {
  epoll_event events[8];
  while (true) { // expect: raddle-busy-spin "epoll_wait"
    int ready = epoll_wait(epoll, events, 8, 0);
    for (int i = 0; i < ready; ++i)
      serve(events[i].data.fd);
  }
}
void selectZero(int descriptor) {
  while (true) { // expect: raddle-busy-spin "select"
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    timeval atOnce = {0, 0};
    if (select(descriptor + 1, &readable, nullptr, nullptr, &atOnce) > 0)
      serve(descriptor);
  }
}
} // namespace bad

namespace good {
void pollForever(pollfd *descriptors, int count) {
  while (true) {
    if (poll(descriptors, count, -1) > 0)
      serve(descriptors[0].fd);
  }
}
void pollForAWhile(pollfd *descriptors, int count) {
  while (true) {
    if (poll(descriptors, count, 100) > 0)
      serve(descriptors[0].fd);
  }
}
void pollAsAsked(pollfd *descriptors, int count, int timeout) {
  while (true) {
    if (poll(descriptors, count, timeout) > 0)
      serve(descriptors[0].fd);
  }
}
void epollForever(int epoll) {
  epoll_event events[8];
  while (true) {
    int ready = epoll_wait(epoll, events, 8, -1);
    for (int i = 0; i < ready; ++i)
      serve(events[i].data.fd);
  }
}
void selectForAWhile(int descriptor) {
  while (true) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    timeval soon = {0, 50000};
    if (select(descriptor + 1, &readable, nullptr, nullptr, &soon) > 0)
      serve(descriptor);
  }
}
void selectForever(int descriptor) {
  while (true) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    if (select(descriptor + 1, &readable, nullptr, nullptr, nullptr) > 0)
      serve(descriptor);
  }
}
void ppollForever(pollfd *descriptors, int count) {
  while (true) {
    if (ppoll(descriptors, count, nullptr, nullptr) > 0)
      serve(descriptors[0].fd);
  }
}
bool looksOnce(pollfd *descriptors, int count) {
  return poll(descriptors, count, 0) > 0;
}
} // namespace good

namespace tricky {
void zeroWhenBusy(pollfd *descriptors, int count, bool &hasWork) {
  // The timeout is zero only while there is other work.
  while (true) {
    if (poll(descriptors, count, hasWork ? 0 : -1) > 0)
      serve(descriptors[0].fd);
  }
}
void emptiesTheSet(int epoll) {
  // Goes round only while something is ready.
  epoll_event events[8];
  int ready;
  while ((ready = epoll_wait(epoll, events, 8, 0)) > 0) {
    for (int i = 0; i < ready; ++i)
      serve(events[i].data.fd);
  }
}
} // namespace tricky
