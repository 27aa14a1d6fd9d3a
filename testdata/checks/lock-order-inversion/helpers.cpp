// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that take a lock and leave it held, or give back a lock their caller took.
#include <mutex>

namespace bad_method_pair {
class File {
public:
  void beginWrite() { mutex_.lock(); }
  void endWrite() { mutex_.unlock(); }
  int size = 0;

private:
  std::mutex mutex_;
};
std::mutex log;

void write(File &file) {
  file.beginWrite();
  log.lock(); // expect-any(pair): raddle-lock-order-inversion "log"
  ++file.size;
  log.unlock();
  file.endWrite();
}
void print(File &file) {
  std::lock_guard<std::mutex> y(log);
  file.beginWrite(); // expect-any(pair): raddle-lock-order-inversion "log"
  ++file.size;
  file.endWrite();
}
} // namespace bad_method_pair

namespace bad_parameter {
// The caller's lock arrives as a parameter.
std::mutex a, b;
int counter;

static void underLock(std::mutex &outer, std::mutex &inner) {
  std::lock_guard<std::mutex> x(outer);
  std::lock_guard<std::mutex> y(inner); // expect-any(parameter): raddle-lock-order-inversion
  ++counter;
}
void forward() { underLock(a, b); }
void backward() { underLock(b, a); }
} // namespace bad_parameter

namespace good_parameter {
std::mutex a, b, c;
int counter;

static void underLock(std::mutex &outer, std::mutex &inner) {
  std::lock_guard<std::mutex> x(outer);
  std::lock_guard<std::mutex> y(inner);
  ++counter;
}
void forward() { underLock(a, b); }
void further() { underLock(b, c); }
void jump() { underLock(a, c); }
} // namespace good_parameter

namespace good_pair_in_one_order {
class File {
public:
  void beginWrite() { mutex_.lock(); }
  void endWrite() { mutex_.unlock(); }
  int size = 0;

private:
  std::mutex mutex_;
};
std::mutex log;

void write(File &file) {
  file.beginWrite();
  ++file.size;
  file.endWrite();
  std::lock_guard<std::mutex> y(log);
  ++file.size;
}
void print(File &file) {
  std::lock_guard<std::mutex> y(log);
  file.beginWrite();
  ++file.size;
  file.endWrite();
}
} // namespace good_pair_in_one_order
