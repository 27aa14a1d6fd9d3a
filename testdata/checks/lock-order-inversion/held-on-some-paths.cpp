// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks that are held on some of the paths only.
#include <mutex>

namespace good_branches {
// Never both at once.
std::mutex a, b;
int counter;

void forward(bool which) {
  if (which)
    a.lock();
  else
    b.lock();
  ++counter;
  if (which)
    a.unlock();
  else
    b.unlock();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_branches

namespace correlated {
// not followed: 'a' is held at 'b' whenever 'locked' is set, which needs path conditions.
std::mutex a, b;
int counter;

void forward(bool locked) {
  if (locked)
    a.lock();
  b.lock();
  ++counter;
  b.unlock();
  if (locked)
    a.unlock();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace correlated

namespace bad_in_one_branch {
std::mutex a, b;
int counter;

void forward(bool more) {
  std::lock_guard<std::mutex> x(a);
  if (more) {
    std::lock_guard<std::mutex> y(b); // expect-any(branch): raddle-lock-order-inversion
    ++counter;
  }
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  for (int i = 0; i < 10; ++i) {
    std::lock_guard<std::mutex> x(a); // expect-any(branch): raddle-lock-order-inversion
    ++counter;
  }
}
} // namespace bad_in_one_branch

namespace bad_early_exit {
std::mutex a, b;
int counter;

bool forward(bool quick) {
  a.lock();
  if (quick) {
    a.unlock();
    return false;
  }
  b.lock(); // expect-any(exit): raddle-lock-order-inversion
  ++counter;
  b.unlock();
  a.unlock();
  return true;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(exit): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_early_exit
