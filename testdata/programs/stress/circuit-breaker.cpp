// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An open circuit breaker lets one call through to probe the other side.
// Between its look at the state and the change to half-open, others look too,
// and a flood gets through.
#include "start.h"
#include <atomic>
#include <thread>

namespace {

enum State { Closed, Open, HalfOpen };

std::atomic<int> state = Open;
std::atomic<int> calls;

bool allow() {
#ifdef FIXED
  int expected = Open;
  return state.compare_exchange_strong(expected, HalfOpen) ||
         expected == Closed;
#else
  int now = state.load();
  if (now == Open)
    state.store(HalfOpen);
  return now != HalfOpen;
#endif
}

void request() {
  if (allow())
    ++calls;
}

} // namespace

int main() {
  std::thread one(request), two(request), three(request);
  one.join();
  two.join();
  three.join();
  assert(calls == 1);
}
