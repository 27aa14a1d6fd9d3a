// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <raddle/catch2_listener.h>
#include <thread>
#include <vector>

RADDLE_CATCH2_LEAK_CHECK();

namespace {

/// Work that threads take out until the queue is closed.
class Queue {
public:
  void push(std::function<void()> Work) {
    std::lock_guard<std::mutex> Lock(Mutex);
    Items.push(std::move(Work));
    Changed.notify_one();
  }
  void close() {
    std::lock_guard<std::mutex> Lock(Mutex);
    Closed = true;
    Changed.notify_all();
  }
  void work() {
    std::unique_lock<std::mutex> Lock(Mutex);
    for (;;) {
      Changed.wait(Lock, [this] { return Closed || !Items.empty(); });
      if (Items.empty())
        return;
      std::function<void()> Work = std::move(Items.front());
      Items.pop();
      Lock.unlock();
      Work();
      Lock.lock();
    }
  }

private:
  std::mutex Mutex;
  std::condition_variable Changed;
  std::queue<std::function<void()>> Items;
  bool Closed = false;
};

void workDetached(const std::shared_ptr<Queue> &Q) {
  std::thread([Q] { Q->work(); }).detach();
}

} // namespace

TEST_CASE("a queue that nobody closes") {
  auto Q = std::make_shared<Queue>();
  workDetached(Q);
  Q->push([] {});
  CHECK(Q);
}

TEST_CASE("a queue that is closed") {
  auto Q = std::make_shared<Queue>();
  workDetached(Q);
  Q->push([] {});
  Q->close();
  CHECK(Q);
}

TEST_CASE("three queues in parallel, one is left open") {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 3; ++I)
    Threads.emplace_back([I] {
      auto Q = std::make_shared<Queue>();
      workDetached(Q);
      if (I != 1)
        Q->close();
    });
  for (std::thread &T : Threads)
    T.join();
  CHECK(Threads.size() == 3);
}

TEST_CASE("three queues in parallel") {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 3; ++I)
    Threads.emplace_back([] {
      auto Q = std::make_shared<Queue>();
      workDetached(Q);
      Q->close();
    });
  for (std::thread &T : Threads)
    T.join();
  CHECK(Threads.size() == 3);
}
