// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// recv and friends with MSG_DONTWAIT.
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

void handle(const char *data, long size);

namespace bad {
void receive(int socket) {
  char buffer[512];
  while (true) { // expect: raddle-busy-spin "recv"
    long size = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size > 0)
      handle(buffer, size);
  }
}
void receiveFrom(int socket) {
  char buffer[512];
  for (;;) { // expect: raddle-busy-spin
    long size = recvfrom(socket, buffer, sizeof buffer, MSG_DONTWAIT | MSG_TRUNC, nullptr, nullptr);
    if (size < 0 && errno == EAGAIN)
      continue;
    if (size <= 0)
      return;
    handle(buffer, size);
  }
}
} // namespace bad

namespace good {
void receive(int socket) {
  char buffer[512];
  while (true) {
    long size = recv(socket, buffer, sizeof buffer, 0);
    if (size <= 0)
      return;
    handle(buffer, size);
  }
}
void waitsInBetween(int socket) {
  char buffer[512];
  while (true) {
    pollfd descriptor = {socket, POLLIN, 0};
    poll(&descriptor, 1, -1);
    long size = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size > 0)
      handle(buffer, size);
  }
}
void takesWhatIsThere(int socket) {
  char buffer[512];
  long size;
  while ((size = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    handle(buffer, size);
}
} // namespace good
