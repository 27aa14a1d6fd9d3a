// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Producers and consumers over a bounded queue: mutex, two conditions, create
// and join. Prints the sum, which no schedule changes.
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace {

std::mutex Lock;
std::condition_variable NotFull, NotEmpty;
std::deque<int> Queue;
long Sum = 0;

void produce(int First) {
  for (int I = 0; I != 5; ++I) {
    std::unique_lock G(Lock);
    NotFull.wait(G, [] { return Queue.size() < 2; });
    Queue.push_back(First + I);
    NotEmpty.notify_one();
  }
}

void consume() {
  for (int I = 0; I != 5; ++I) {
    std::unique_lock G(Lock);
    NotEmpty.wait(G, [] { return !Queue.empty(); });
    Sum += Queue.front();
    Queue.pop_front();
    NotFull.notify_one();
  }
}

} // namespace

int main() {
  std::vector<std::thread> All;
  for (int I = 0; I != 2; ++I) {
    All.emplace_back(produce, I * 100);
    All.emplace_back(consume);
  }
  for (std::thread &T : All)
    T.join();
  std::printf("sum %ld\n", Sum);
}
