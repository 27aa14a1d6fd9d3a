// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The token has to be consulted on the path that blocks.
#include <condition_variable>
#include <mutex>
#include <stop_token>

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

namespace bad {
void onlyBeforeTheLoop(std::stop_token stop, Queue &queue) { // expect-any(before): raddle-unchecked-cancellation
  if (stop.stop_requested())
    return;
  while (true) // expect-any(before): raddle-unchecked-cancellation
    handle(queue.pop()); // expect-any(before): raddle-unchecked-cancellation
}
void onlyOnOtherBranch(std::stop_token stop, Queue &queue, bool quick) { // expect-any(branch): raddle-unchecked-cancellation
  if (quick) {
    if (!stop.stop_requested())
      handle(0);
    return;
  }
  handle(queue.pop()); // expect-any(branch): raddle-unchecked-cancellation
}
void onlyInOuterLoop(std::stop_token stop, Queue &queue) { // expect-any(inner): raddle-unchecked-cancellation
  while (!stop.stop_requested()) {
    for (;;) // expect-any(inner): raddle-unchecked-cancellation "stop"
      handle(queue.pop()); // expect-any(inner): raddle-unchecked-cancellation
  }
}
void onlyAfterTheLoop(std::stop_token stop, Queue &queue) { // expect-any(after): raddle-unchecked-cancellation
  while (queue.pop() != 0) // expect-any(after): raddle-unchecked-cancellation
    handle(1);
  if (stop.stop_requested())
    handle(2);
}
void asksOnlyWhetherItCouldStop(std::stop_token stop, Queue &queue) { // expect-any(possible): raddle-unchecked-cancellation
  if (stop.stop_possible())
    handle(0);
  while (true) // expect-any(possible): raddle-unchecked-cancellation
    handle(queue.pop()); // expect-any(possible): raddle-unchecked-cancellation
}
} // namespace bad

namespace good {
void onBothBranches(std::stop_token stop, Queue &queue, bool quick) {
  while (true) {
    if (quick) {
      if (stop.stop_requested())
        return;
    } else if (stop.stop_requested()) {
      break;
    }
    handle(queue.pop());
  }
}
void atTheEndOfThePass(std::stop_token stop, Queue &queue) {
  do {
    handle(queue.pop());
  } while (!stop.stop_requested());
}
void throughCopy(std::stop_token stop, Queue &queue) {
  std::stop_token mine = stop;
  while (!mine.stop_requested())
    handle(queue.pop());
}
void everyHundredth(std::stop_token stop, Queue &queue) {
  for (unsigned i = 0;; ++i) {
    if (i % 100 == 0 && stop.stop_requested())
      return;
    handle(queue.pop());
  }
}
} // namespace good
