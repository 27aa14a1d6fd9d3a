// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ticker.h"
#include <raddle/gtest_listener.h>
#include <vector>

RADDLE_GTEST_LEAK_CHECK();

TEST(Ticker, IsForgotten) {
  Ticker T;
  EXPECT_TRUE(true);
}

TEST(Ticker, IsStopped) {
  Ticker T;
  T.stop();
}

// Four threads at work; the third forgets its ticker.
TEST(Tickers, OneOfThoseInParallelIsForgotten) {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([I] {
      Ticker T;
      if (I != 2)
        T.stop();
    });
  for (std::thread &T : Threads)
    T.join();
}

TEST(Tickers, AllInParallelAreStopped) {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([] {
      Ticker T;
      T.stop();
    });
  for (std::thread &T : Threads)
    T.join();
}
