// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The handle is a member or a capture.
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

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
void handle(int item);

namespace bad_member {
class Worker {
public:
  Worker(Queue &queue, std::stop_token stop) : queue_(queue), stop_(std::move(stop)) {}
  void start() { thread_ = std::thread(&Worker::run, this); }
  void join() { thread_.join(); }
  bool stopping() const { return stop_.stop_requested(); }

private:
  void run() { // expect-any(member): raddle-unchecked-cancellation
    while (true) // expect-any(member): raddle-unchecked-cancellation
      handle(queue_.pop()); // expect-any(member): raddle-unchecked-cancellation
  }

  Queue &queue_;
  std::stop_token stop_;
  std::thread thread_;
};
void use(Worker &worker) {
  worker.start();
  worker.join();
}
} // namespace bad_member

namespace good_member {
class Worker {
public:
  Worker(Queue &queue, std::stop_token stop) : queue_(queue), stop_(std::move(stop)) {}
  void start() { thread_ = std::thread(&Worker::run, this); }
  void join() { thread_.join(); }

private:
  void run() {
    while (!stop_.stop_requested())
      handle(queue_.pop());
  }

  Queue &queue_;
  std::stop_token stop_;
  std::thread thread_;
};
void use(Worker &worker) {
  worker.start();
  worker.join();
}
} // namespace good_member

namespace good_owner {
// Has a stop source, and a method that waits for the end: it triggers the stop and does not heed it.
class Engine {
public:
  explicit Engine(Queue &queue) : queue_(queue) {
    thread_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested())
        handle(queue_.pop());
    });
  }
  void shutdown() {
    source_.request_stop();
    thread_.request_stop();
    thread_.join();
  }

private:
  Queue &queue_;
  std::stop_source source_;
  std::jthread thread_;
};
void use(Engine &engine) { engine.shutdown(); }
} // namespace good_owner

namespace bad_capture {
std::thread start(Queue &queue, std::stop_token stop) {
  return std::thread([&queue, stop] { // expect-any(capture): raddle-unchecked-cancellation
    if (stop.stop_requested())
      return;
    while (true) // expect-any(capture): raddle-unchecked-cancellation
      handle(queue.pop()); // expect-any(capture): raddle-unchecked-cancellation
  });
}
} // namespace bad_capture

namespace good_capture {
std::thread start(Queue &queue, std::stop_token stop) {
  return std::thread([&queue, stop] {
    while (!stop.stop_requested())
      handle(queue.pop());
  });
}
} // namespace good_capture
