// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A Catch2 program with leaks of all sorts and their twins; run by
// leak_tracker/include/ListenersTest.cpp.
#include "raddle/catch2_listener.h"
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

RADDLE_CATCH2_LEAK_CHECK();

namespace {

void sleepLong() { std::this_thread::sleep_for(std::chrono::hours(1)); }

} // namespace

TEST_CASE("leaky: detached", "[leaky]") {
  std::thread(sleepLong).detach();
  CHECK(true);
}
TEST_CASE("clean: joined", "[clean]") {
  std::thread([] {}).join();
}
TEST_CASE("clean: ends soon", "[clean][soon]") {
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }).detach();
}

/// Two of the three runs are clean.
TEST_CASE("leaky: one of its sections", "[leaky]") {
  std::thread Worker([] {});
  SECTION("first") { CHECK(true); }
  SECTION("second") {
    SECTION("inner") { std::thread(sleepLong).detach(); }
    CHECK(true);
  }
  SECTION("third") { CHECK(true); }
  Worker.join();
}

/// Work in parallel, of which one part leaves a thread behind.
TEST_CASE("leaky: in parallel", "[leaky]") {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([I] {
      if (I == 2)
        std::thread(sleepLong).detach();
    });
  for (std::thread &T : Threads)
    T.join();
}
TEST_CASE("clean: in parallel", "[clean]") {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([] { std::thread([] {}).join(); });
  for (std::thread &T : Threads)
    T.join();
}

TEST_CASE("broken: fails itself", "[broken]") {
  std::thread(sleepLong).detach();
  FAIL("for a reason of its own");
}
TEST_CASE("crashes", "[.crash]") {
  std::thread(sleepLong).detach();
  std::raise(SIGSEGV);
}
