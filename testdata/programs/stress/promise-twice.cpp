// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first of two servers answers. Both can be the first, and a promise that
// is kept twice throws.
#include "start.h"
#include <atomic>
#include <future>
#include <thread>

namespace {

std::atomic<bool> answered;
std::promise<int> answer;

void serve(int value) {
#ifdef FIXED
  if (!answered.exchange(true))
    answer.set_value(value);
#else
  if (!answered) {
    answered = true;
    answer.set_value(value);
  }
#endif
}

} // namespace

int main() {
  std::thread one(serve, 1), two(serve, 2);
  one.join();
  two.join();
  int value = answer.get_future().get();
  assert(value == 1 || value == 2);
}
