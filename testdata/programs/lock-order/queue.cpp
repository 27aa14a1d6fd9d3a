// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

// A queue as it should be, used by several threads.
class Queue {
public:
  void put(int item) {
    {
      std::lock_guard<std::mutex> guard(mutex);
      items.push_back(item);
    }
    filled.notify_one();
  }
  int take() {
    std::unique_lock<std::mutex> guard(mutex);
    filled.wait(guard, [this] { return !items.empty(); });
    int item = items.front();
    items.pop_front();
    return item;
  }

private:
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<int> items;
};

int main() {
  Queue in, out;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      while (int item = in.take())
        out.put(item);
      out.put(0);
    });
  for (int i = 1; i <= 1000; ++i)
    in.put(i);
  for (int i = 0; i < 4; ++i)
    in.put(0);
  int ends = 0, sum = 0;
  while (ends < 4) {
    int item = out.take();
    sum += item;
    ends += item == 0;
  }
  for (std::thread &worker : workers)
    worker.join();
  return sum == 500500 ? 0 : 1;
}
