// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "proven" "nothing else"
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

struct State {
  std::mutex m;
  std::condition_variable changed;
  bool ready = false;
};

// Only the thread itself refers to what it waits for.
__attribute__((noinline)) void start() {
  auto state = std::make_shared<State>();
  std::thread([state] {
    std::unique_lock<std::mutex> guard(state->m);
    state->changed.wait(guard, [&] { return state->ready; });
  }).detach();
}

int main() { start(); }
