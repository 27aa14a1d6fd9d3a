// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <condition_variable>
#include <mutex>
#include <thread>

// Its destructor runs after main.
class Pool {
public:
  Pool() : worker_([this] { run(); }) {}
  ~Pool() {
    {
      std::lock_guard<std::mutex> guard(m_);
      stop_ = true;
    }
    changed_.notify_all();
    worker_.join();
  }

private:
  void run() {
    std::unique_lock<std::mutex> guard(m_);
    changed_.wait(guard, [this] { return stop_; });
  }
  std::mutex m_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread worker_;
};

Pool pool;

int main() {}
