// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A GoogleTest program with leaks of all sorts and their twins; run by
// leak_tracker/include/ListenersTest.cpp.
#include "raddle/gtest_listener.h"
#include "raddle/task.h"
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

RADDLE_GTEST_LEAK_CHECK();

namespace {

void sleepLong() { std::this_thread::sleep_for(std::chrono::hours(1)); }

TEST(Leaky, Detached) { std::thread(sleepLong).detach(); }
TEST(Clean, Joined) {
  std::thread([] {}).join();
}
TEST(Clean, EndsSoon) {
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }).detach();
}

TEST(Leaky, ThreadOfAThread) {
  std::thread([] { std::thread(sleepLong).detach(); }).join();
}

/// Work in parallel, of which one part leaves a thread behind.
class Parts : public testing::TestWithParam<int> {};
TEST_P(Parts, InParallel) {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([I] {
      if (I == GetParam())
        std::thread(sleepLong).detach();
    });
  for (std::thread &T : Threads)
    T.join();
}
INSTANTIATE_TEST_SUITE_P(Two, Parts, testing::Values(2, 9));

/// The fixture's destructor still belongs to the test.
class Fixture : public testing::Test {
protected:
  Fixture()
      : Worker([] {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }) {}
  ~Fixture() override { Worker.join(); }
  std::thread Worker;
};
TEST_F(Fixture, EndsItsThread) {}

/// A pool that is older than the tests, and stays.
class Pool : public testing::Environment {
public:
  void SetUp() override {
    for (std::thread &Worker : Workers)
      Worker = std::thread([this] { work(); });
  }
  void TearDown() override {
    {
      std::lock_guard<std::mutex> Lock(Mutex);
      Closed = true;
    }
    Changed.notify_all();
    for (std::thread &Worker : Workers)
      Worker.join();
  }
  /// Runs \p Work as a task, and tells when it has ended.
  template <typename Function> std::future<void> submit(Function Work) {
    auto Done = std::make_shared<std::promise<void>>();
    auto Task = std::make_shared<raddle::TrackedFunction<Function>>(
        raddle::tracked("work", Work));
    std::lock_guard<std::mutex> Lock(Mutex);
    Queue.push_back([=] {
      (*Task)();
      Done->set_value();
    });
    Changed.notify_one();
    return Done->get_future();
  }

private:
  void work() {
    std::unique_lock<std::mutex> Lock(Mutex);
    for (;;) {
      Changed.wait(Lock, [this] { return Closed || !Queue.empty(); });
      if (Queue.empty())
        return;
      std::function<void()> Work = std::move(Queue.front());
      Queue.pop_front();
      Lock.unlock();
      Work();
      Work = nullptr;
      Lock.lock();
    }
  }
  std::thread Workers[2];
  std::mutex Mutex;
  std::condition_variable Changed;
  std::deque<std::function<void()>> Queue;
  bool Closed = false;
};
auto *ThePool =
    static_cast<Pool *>(testing::AddGlobalTestEnvironment(new Pool));

TEST(Clean, InThePool) {
  ThePool->submit([] { std::thread([] {}).join(); }).wait();
}
TEST(Leaky, InThePool) {
  ThePool->submit([] { std::thread(sleepLong).detach(); }).wait();
}

TEST(Leaky, SkipsToo) {
  std::thread(sleepLong).detach();
  GTEST_SKIP();
}
TEST(Broken, FailsItself) {
  std::thread(sleepLong).detach();
  FAIL() << "for a reason of its own";
}

} // namespace
