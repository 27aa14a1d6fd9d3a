// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

class Queue {
public:
  void push(int item) {
    std::lock_guard<std::mutex> guard(m_);
    items_.push_back(item);
    filled_.notify_one();
  }
  int pop() {
    std::unique_lock<std::mutex> guard(m_);
    filled_.wait(guard, [this] { return !items_.empty(); });
    int item = items_.front();
    items_.pop_front();
    return item;
  }

private:
  std::mutex m_;
  std::condition_variable filled_;
  std::deque<int> items_;
};

Queue *queue = new Queue;

int main() {
  std::thread consumer([] {
    while (queue->pop() >= 0)
      ;
  });
  queue->push(1);
  queue->push(-1);
  consumer.join();
}
