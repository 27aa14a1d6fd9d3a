// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A gate lock held around both edges keeps the two threads apart.
#include <mutex>
#include <shared_mutex>

namespace good_gate {
std::mutex gate, a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> g(gate);
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> g(gate);
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_gate

namespace good_gate_in_callers {
std::mutex gate, a, b;
int counter;

static void takeBoth() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
static void takeBothReversed() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
void forward() {
  std::lock_guard<std::mutex> g(gate);
  takeBoth();
}
void backward() {
  std::lock_guard<std::mutex> g(gate);
  takeBothReversed();
}
} // namespace good_gate_in_callers

namespace good_gate_shared_and_exclusive {
std::shared_mutex gate;
std::mutex a, b;
int counter;

void forward() {
  std::shared_lock<std::shared_mutex> g(gate);
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::unique_lock<std::shared_mutex> g(gate);
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_gate_shared_and_exclusive

namespace bad_gate_on_one_side {
std::mutex gate, a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> g(gate);
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(oneSide): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(oneSide): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_gate_on_one_side

namespace bad_shared_gate {
// Two readers pass the gate at once.
std::shared_mutex gate;
std::mutex a, b;
int counter;

void forward() {
  std::shared_lock<std::shared_mutex> g(gate);
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(sharedGate): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::shared_lock<std::shared_mutex> g(gate);
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(sharedGate): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_shared_gate

namespace bad_gate_released_early {
std::mutex gate, a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> g(gate);
  std::lock_guard<std::mutex> x(a);
  g.unlock();
  std::lock_guard<std::mutex> y(b); // expect-any(early): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::unique_lock<std::mutex> g(gate);
  std::lock_guard<std::mutex> y(b);
  g.unlock();
  std::lock_guard<std::mutex> x(a); // expect-any(early): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_gate_released_early

namespace bad_two_gates {
// Each side has a gate, but not the same one.
std::mutex gate1, gate2, a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> g(gate1);
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(twoGates): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> g(gate2);
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(twoGates): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_two_gates
