// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Templates: the lock comes from the argument; the instances do different things.
#include <mutex>

namespace bad_policy {
std::mutex a, b;
int counter;

struct Locked {
  static void step() {
    std::lock_guard<std::mutex> y(b); // expect-any(policy): raddle-lock-order-inversion
    ++counter;
  }
};
struct Free {
  static void step() { ++counter; }
};
template <typename Policy> void underA() {
  std::lock_guard<std::mutex> x(a); // expect-any(policy): raddle-lock-order-inversion
  Policy::step();
}
void forward() { underA<Locked>(); }
void backward() {
  std::lock_guard<std::mutex> y(b);
  underA<Free>();
}
} // namespace bad_policy

namespace good_policy {
// Only the instance that takes nothing is called under 'a'.
std::mutex a, b;
int counter;

struct Locked {
  static void step() {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  }
};
struct Free {
  static void step() { ++counter; }
};
template <typename Policy> void run() { Policy::step(); }
void forward() {
  std::lock_guard<std::mutex> x(a);
  run<Free>();
}
void backward() {
  run<Locked>();
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_policy

namespace bad_class_template {
template <typename T> class Box {
public:
  template <typename F> void with(F use) {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(classTemplate): raddle-lock-order-inversion
    use(value_);
  }

private:
  std::mutex mutex_;
  T value_{};
};
std::mutex log;
int lines;

void forward(Box<int> &box) {
  box.with([](int &value) {
    std::lock_guard<std::mutex> lock(log); // expect-any(classTemplate): raddle-lock-order-inversion
    lines += value;
  });
}
void backward(Box<int> &box) {
  std::lock_guard<std::mutex> lock(log);
  box.with([](int &value) { value = lines; });
}
} // namespace bad_class_template

namespace good_two_instances_of_a_template {
// Box<int> before the log, Box<char> after it: two classes, two locks.
template <typename T> class Box {
public:
  template <typename F> void with(F use) {
    std::lock_guard<std::mutex> lock(mutex_);
    use(value_);
  }

private:
  std::mutex mutex_;
  T value_{};
};
std::mutex log;
int lines;

void forward(Box<int> &box) {
  box.with([](int &value) {
    std::lock_guard<std::mutex> lock(log);
    lines += value;
  });
}
void further(Box<char> &box) {
  std::lock_guard<std::mutex> lock(log);
  box.with([](char &value) { value = 1; });
}
} // namespace good_two_instances_of_a_template

namespace bad_variadic {
std::mutex a, b;
int counter;

template <typename... Fs> void underA(Fs... steps) {
  std::lock_guard<std::mutex> x(a); // expect-any(variadic): raddle-lock-order-inversion
  (steps(), ...);
}
void forward() {
  underA([] { ++counter; },
         [] {
           std::lock_guard<std::mutex> y(b); // expect-any(variadic): raddle-lock-order-inversion
           ++counter;
         });
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  underA([] { --counter; });
}
} // namespace bad_variadic
