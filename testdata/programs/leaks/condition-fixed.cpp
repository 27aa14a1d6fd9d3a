// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <condition_variable>
#include <mutex>
#include <thread>

struct State {
  std::mutex m;
  std::condition_variable changed;
  bool ready = false;
};
State *state = new State;

int main() {
  std::thread waiter([] {
    std::unique_lock<std::mutex> guard(state->m);
    state->changed.wait(guard, [] { return state->ready; });
  });
  {
    std::lock_guard<std::mutex> guard(state->m);
    state->ready = true;
  }
  state->changed.notify_one();
  waiter.join();
}
