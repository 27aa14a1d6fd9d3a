// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two locks, taken in both orders: some schedules deadlock.
#include <cstdio>
#include <mutex>
#include <thread>

namespace {
std::mutex A, B;
int Both = 0;

void oneWay() {
  std::lock_guard First(A);
  std::lock_guard Second(B);
  ++Both;
}

void otherWay() {
  std::lock_guard First(B);
  std::lock_guard Second(A);
  ++Both;
}
} // namespace

int main() {
  std::thread One(oneWay), Other(otherWay);
  One.join();
  Other.join();
  std::printf("both %d\n", Both);
}
