// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both orders are taken by one and the same worker; a second instance of it makes an inversion.
#include <mutex>
#include <thread>
#include <vector>

namespace good {
static std::mutex a, b;
static int counter;

static void work() {
  for (int i = 0; i < 3; ++i) {
    {
      std::lock_guard<std::mutex> x(a);
      std::lock_guard<std::mutex> y(b);
      ++counter;
    }
    {
      std::lock_guard<std::mutex> y(b);
      std::lock_guard<std::mutex> x(a);
      ++counter;
    }
  }
}
} // namespace good

namespace bad {
static std::mutex a, b;
static int counter;

static void work() {
  {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b); // expect-any(many): raddle-lock-order-inversion
    ++counter;
  }
  {
    std::lock_guard<std::mutex> y(b);
    std::lock_guard<std::mutex> x(a); // expect-any(many): raddle-lock-order-inversion
    ++counter;
  }
}
} // namespace bad

int main() {
  std::thread one(good::work);
  one.join();

  std::vector<std::thread> many;
  for (int i = 0; i < 4; ++i)
    many.emplace_back(bad::work);
  for (std::thread &thread : many)
    thread.join();
}
