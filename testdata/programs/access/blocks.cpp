// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads give memory back when they end, and main asks for some at the same
// time. Prints where the blocks lie, by their distance: that is a matter of the
// schedule, and of nothing else.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

static std::atomic<int> Ended{0};

int main() {
  std::vector<char *> Blocks;
  Blocks.reserve(100);
  std::vector<std::thread> Threads;
  Threads.reserve(20);
  for (int I = 0; I != 12; ++I) {
    Threads.emplace_back([] {
      delete[] new char[24];
      ++Ended;
    });
    Ended.load();
    // Of the size that std::thread keeps for what it runs.
    Blocks.push_back(new char[16]);
    Ended.load();
    Blocks.push_back(new char[24]);
  }
  for (std::thread &T : Threads)
    T.join();
  for (char *Block : Blocks) {
    printf("%td ", Block - Blocks[0]);
    delete[] Block;
  }
  puts("");
}
