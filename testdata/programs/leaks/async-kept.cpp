// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "condition variable"
#include <condition_variable>
#include <future>
#include <mutex>

struct State {
  std::mutex m;
  std::condition_variable changed;
  bool ready = false;
};
State *state = new State;
// On the heap: nobody waits for its end.
std::future<void> *result;

int main() {
  result = new std::future<void>(std::async(std::launch::async, [] {
    std::unique_lock<std::mutex> guard(state->m);
    state->changed.wait(guard, [] { return state->ready; });
  }));
}
