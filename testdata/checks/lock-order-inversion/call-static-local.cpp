// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The initialiser of a static local runs with the locks held where its function is first called.
#include <mutex>

namespace bad_initialiser {
std::mutex a, b;
int counter;

static int load() {
  std::lock_guard<std::mutex> y(b); // expect-any(initialiser): raddle-lock-order-inversion
  return counter;
}
static int setting() {
  static const int value = load();
  return value;
}
void forward() {
  std::lock_guard<std::mutex> x(a);
  counter += setting();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(initialiser): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_initialiser

namespace bad_constructor {
std::mutex a, b;
int counter;

class Config {
public:
  Config() {
    std::lock_guard<std::mutex> y(b); // expect-any(constructor): raddle-lock-order-inversion
    value = counter;
  }
  int value;
};
static Config &config() {
  static Config instance;
  return instance;
}
void forward() {
  std::lock_guard<std::mutex> x(a);
  counter += config().value;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(constructor): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_constructor

namespace good_initialised_before {
std::mutex a, b;
int counter;

static int load() {
  std::lock_guard<std::mutex> y(b);
  return counter;
}
static int setting() {
  static const int value = load();
  return value;
}
void forward() {
  const int value = setting();
  std::lock_guard<std::mutex> x(a);
  counter += value;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_initialised_before

namespace waiting_for_the_other_initialiser {
// not followed: a second thread waits until the first has initialised the variable.
std::mutex a;
int counter;

static int load() {
  std::lock_guard<std::mutex> x(a);
  return counter;
}
static int setting() {
  static const int value = load();
  return value;
}
int forward() { return setting(); }
} // namespace waiting_for_the_other_initialiser
