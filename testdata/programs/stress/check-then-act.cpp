// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seats are held and then sold. Whether one is free is asked of two atomic
// numbers, one after the other, and the answer is old when it is acted on.
// There is no data race.
#include "start.h"
#include <atomic>
#include <thread>

namespace {

constexpr int Seats = 2;

std::atomic<int> held;
std::atomic<int> sold;

bool hold() {
#ifdef FIXED
  // One number has it all: seats that are held or sold.
  int taken = held.load();
  do {
    if (taken == Seats)
      return false;
  } while (!held.compare_exchange_weak(taken, taken + 1));
#else
  if (held.load() + sold.load() >= Seats)
    return false;
  ++held;
#endif
  return true;
}

void buy() {
  if (!hold())
    return;
  ++sold;
#ifndef FIXED
  --held;
#endif
}

} // namespace

int main() {
  std::thread one(buy), two(buy), three(buy);
  one.join();
  two.join();
  three.join();
  assert(sold == Seats);
}
