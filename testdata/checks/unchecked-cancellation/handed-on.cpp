// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handing the token on is enough if it reaches somebody who consults it.
#include <condition_variable>
#include <functional>
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
  bool pop(std::stop_token stop, int &out) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!ready_.wait(lock, std::move(stop), [this] { return size_ > 0; }))
      return false;
    out = --size_;
    return true;
  }

private:
  std::mutex mutex_;
  std::condition_variable_any ready_;
  int size_ = 0;
};
void handle(int item);
void unseen(std::stop_token stop);

namespace good {
bool goOn(const std::stop_token &stop) { return !stop.stop_requested(); }

void helperConsults(std::stop_token stop, Queue &queue) {
  while (goOn(stop))
    handle(queue.pop());
}
void calleeWaitsWithToken(std::stop_token stop, Queue &queue) {
  int item;
  while (queue.pop(stop, item))
    handle(item);
}
void unseenCallee(std::stop_token stop) {
  // It is declared to take the token: it is trusted to look at it.
  while (true)
    unseen(stop);
}
void lambdaConsults(std::stop_token stop, Queue &queue) {
  auto done = [stop] { return stop.stop_requested(); };
  while (!done())
    handle(queue.pop());
}
void lambdaByReference(std::stop_token stop, Queue &queue) {
  auto done = [&] { return stop.stop_requested(); };
  while (!done())
    handle(queue.pop());
}
class Worker {
public:
  explicit Worker(std::stop_token stop) : stop_(std::move(stop)) {}
  void run(Queue &queue) {
    while (!stop_.stop_requested())
      handle(queue.pop());
  }

private:
  std::stop_token stop_;
};
void runsWorker(std::stop_token stop, Queue &queue) {
  Worker worker(stop);
  worker.run(queue);
}
void delegates(std::stop_token stop, Queue &queue) { helperConsults(std::move(stop), queue); }
std::jthread start(Queue &queue) {
  return std::jthread([&queue](std::stop_token stop) { helperConsults(stop, queue); });
}
} // namespace good

namespace bad_ignored_by_callee {
// The callee takes the token and does nothing with it: the caller still blocks without it.
void note(const std::stop_token &) {}

void work(std::stop_token stop, Queue &queue) { // expect-any(ignored): raddle-unchecked-cancellation
  while (true) { // expect-any(ignored): raddle-unchecked-cancellation
    note(stop);
    handle(queue.pop()); // expect-any(ignored): raddle-unchecked-cancellation
  }
}
} // namespace bad_ignored_by_callee

namespace bad_callee_blocks {
// The caller hands on; it is the callee that blocks without looking.
void loop(std::stop_token stop, Queue &queue) { // expect-any(callee): raddle-unchecked-cancellation
  while (true) // expect-any(callee): raddle-unchecked-cancellation
    handle(queue.pop()); // expect-any(callee): raddle-unchecked-cancellation
}
void start(std::stop_token stop, Queue &queue) { loop(stop, queue); }
} // namespace bad_callee_blocks

namespace good_given_to_an_object {
// The reader that got the token ends the loop.
class Reader {
public:
  Reader(Queue &queue, std::stop_token stop) : queue_(queue), stop_(std::move(stop)) {}
  bool valid() const { return !stop_.stop_requested(); }
  int next() { return queue_.pop(); }

private:
  Queue &queue_;
  std::stop_token stop_;
};
void copy(std::stop_token stop, Queue &queue) {
  Reader reader(queue, stop);
  while (reader.valid())
    handle(reader.next());
}
} // namespace good_given_to_an_object
