// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function pointers with a known set of targets.
#include <mutex>

namespace bad_local {
std::mutex a, b;
int counter;

static void takeB() {
  std::lock_guard<std::mutex> y(b); // expect-any(local): raddle-lock-order-inversion
  ++counter;
}
void forward() {
  void (*step)() = takeB;
  std::lock_guard<std::mutex> x(a);
  step();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(local): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_local

namespace bad_parameter {
std::mutex a, b;
int counter;

static void takeB(int by) {
  std::lock_guard<std::mutex> y(b); // expect-any(parameter): raddle-lock-order-inversion
  counter += by;
}
static void underA(void (*step)(int)) {
  std::lock_guard<std::mutex> x(a);
  step(1);
}
void forward() { underA(takeB); }
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(parameter): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_parameter

namespace good_other_target {
// The pointer that takes 'b' is never the one called under 'a'.
std::mutex a, b;
int counter;

static void plain(int by) { counter += by; }
static void takeB(int by) {
  std::lock_guard<std::mutex> y(b);
  counter += by;
}
static void underA(void (*step)(int)) {
  std::lock_guard<std::mutex> x(a);
  step(1);
}
static void underNothing(void (*step)(int)) { step(1); }
void forward() {
  underA(plain);
  underNothing(takeB);
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_other_target

namespace bad_member_pointer {
class Door {
public:
  void open() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(memberPointer): raddle-lock-order-inversion
    ++opened_;
  }
  std::mutex mutex_;
  int opened_ = 0;
};
std::mutex house;
int counter;

void forward(Door &door) {
  void (Door::*action)() = &Door::open;
  std::lock_guard<std::mutex> x(house);
  (door.*action)();
}
void backward(Door &door) {
  std::lock_guard<std::mutex> y(door.mutex_);
  std::lock_guard<std::mutex> x(house); // expect-any(memberPointer): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_member_pointer
