// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "condition variable"
#include <condition_variable>
#include <mutex>
#include <thread>

// Never deleted, as glibc's destructor of a condition variable waits for those
// that wait on it.
struct State {
  std::mutex m;
  std::condition_variable changed;
  bool ready = false;
};
State *state = new State;

int main() {
  std::thread([] {
    std::unique_lock<std::mutex> guard(state->m);
    state->changed.wait(guard, [] { return state->ready; });
  }).detach();
}
