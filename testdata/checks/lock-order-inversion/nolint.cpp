// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT on any edge of a cycle silences it; NOLINT for something else does not.
#include <mutex>

namespace silenced_at_acquisition {
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // NOLINT(raddle-lock-order-inversion)
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace silenced_at_acquisition

namespace silenced_on_next_line {
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  // NOLINTNEXTLINE(raddle-*)
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace silenced_on_next_line

namespace silenced_in_a_block {
std::mutex a, b;
int counter;

// NOLINTBEGIN(raddle-lock-order-inversion)
void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
// NOLINTEND(raddle-lock-order-inversion)
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace silenced_in_a_block

namespace silenced_at_a_call {
std::mutex a, b;
int counter;

static void takeB() {
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void forward() {
  std::lock_guard<std::mutex> x(a);
  takeB(); // NOLINT
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace silenced_at_a_call

namespace bad_other_check {
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // NOLINT(bugprone-something) expect-any(otherCheck): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(otherCheck): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_other_check

namespace bad_second_place {
// One place of the edge is silenced; another place makes the same edge.
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // NOLINT(raddle-lock-order-inversion)
  ++counter;
}
void forwardToo() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(second): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(second): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_second_place
