// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An atomic<bool> named like a stop flag is a handle, too.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

void handle(const char *data, long size);
void handle(int item);

class Queue {
public:
  int pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    ready_.wait(lock, [this] { return size_ > 0; });
    return --size_;
  }

private:
  std::mutex mutex_;
  std::condition_variable ready_;
  int size_ = 0;
};

namespace bad {
void readAll(int descriptor, const std::atomic<bool> &stop) { // expect-any(flag): raddle-unchecked-cancellation
  char buffer[512];
  while (true) { // expect-any(flag): raddle-unchecked-cancellation
    long size = read(descriptor, buffer, sizeof buffer); // expect-any(flag): raddle-unchecked-cancellation
    handle(buffer, size);
  }
}
void work(Queue &queue, std::atomic<bool> *cancelled) { // expect-any(pointer): raddle-unchecked-cancellation
  while (true) // expect-any(pointer): raddle-unchecked-cancellation
    handle(queue.pop()); // expect-any(pointer): raddle-unchecked-cancellation
}
} // namespace bad

namespace good {
void readAll(int descriptor, const std::atomic<bool> &stop) {
  char buffer[512];
  while (!stop.load()) {
    long size = read(descriptor, buffer, sizeof buffer);
    if (size <= 0)
      return;
    handle(buffer, size);
  }
}
void work(Queue &queue, std::atomic<bool> *cancelled) {
  while (!*cancelled)
    handle(queue.pop());
}
class Service {
public:
  // Sets the flag and waits for the end; does not heed the flag itself.
  void shutDown() {
    stop_ = true;
    thread_.join();
  }
  void start(Queue &queue) {
    thread_ = std::thread([this, &queue] {
      while (!stop_)
        handle(queue.pop());
    });
  }

private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};
void use(Service &service) { service.shutDown(); }
} // namespace good

namespace other_flags {
// An atomic<bool> that says something else is no handle.
void publish(Queue &queue, std::atomic<bool> &ready) {
  handle(queue.pop());
  ready.store(true);
}
void publishStop(Queue &queue, std::atomic<bool> &stop) {
  // Sets the flag for others.
  handle(queue.pop());
  stop.store(true);
}
} // namespace other_flags
