// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is called in the loop decides: a function that can block, one that only polls, one that is not seen.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

void unseen();
bool unseenPredicate();

namespace good_callee_blocks {
class Gate {
public:
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    opened_.wait(lock);
  }

private:
  std::mutex mutex_;
  std::condition_variable opened_;
};
void run(Gate &gate, const std::atomic<bool> &stop) {
  while (!stop.load())
    gate.wait();
}
} // namespace good_callee_blocks

namespace unseen_callee {
// not followed: whether the callee blocks.
void run(const std::atomic<bool> &stop) {
  while (!stop.load())
    unseen();
}
void predicate() {
  while (!unseenPredicate()) {
  }
}
} // namespace unseen_callee

namespace good_virtual_callee {
class Stage {
public:
  virtual ~Stage() = default;
  virtual void run() = 0;
};
void loop(Stage &stage, const std::atomic<bool> &stop) {
  while (!stop.load())
    stage.run();
}
} // namespace good_virtual_callee

namespace bad_callee_polls {
class Mailbox {
public:
  bool hasMail() const { return count_.load() > 0; }
  int take() { return count_.exchange(0); }

private:
  std::atomic<int> count_{0};
};
int waitForMail(Mailbox &mailbox) {
  while (!mailbox.hasMail()) { // expect: raddle-busy-spin
  }
  return mailbox.take();
}
} // namespace bad_callee_polls

namespace good_scan {
// Looks at many flags, each once.
std::vector<std::atomic<bool>> flags(64);
int countSet() {
  int set = 0;
  for (auto &flag : flags)
    if (flag.load())
      ++set;
  return set;
}
} // namespace good_scan
