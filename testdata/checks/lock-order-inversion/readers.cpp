// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shared locks: readers do not keep each other out, unless a writer waits between them.
#include <mutex>
#include <shared_mutex>

namespace readers_only {
// No writer anywhere: nobody ever waits.
std::shared_mutex a, b;
int value;

int forward() {
  std::shared_lock<std::shared_mutex> x(a);
  std::shared_lock<std::shared_mutex> y(b); // note-only(readers): raddle-lock-order-inversion
  return value;
}
int backward() {
  std::shared_lock<std::shared_mutex> y(b);
  std::shared_lock<std::shared_mutex> x(a); // note-only(readers): raddle-lock-order-inversion
  return value;
}
} // namespace readers_only

namespace readers_and_separate_writers {
// Deadlocks only where a waiting writer keeps readers out: lower severity.
std::shared_mutex a, b;
int value;

int forward() {
  std::shared_lock<std::shared_mutex> x(a);
  std::shared_lock<std::shared_mutex> y(b); // note-only(writers): raddle-lock-order-inversion
  return value;
}
int backward() {
  std::shared_lock<std::shared_mutex> y(b);
  std::shared_lock<std::shared_mutex> x(a); // note-only(writers): raddle-lock-order-inversion
  return value;
}
void writeA() {
  std::unique_lock<std::shared_mutex> x(a);
  ++value;
}
void writeB() {
  std::unique_lock<std::shared_mutex> y(b);
  ++value;
}
} // namespace readers_and_separate_writers

namespace bad_writers {
std::shared_mutex a, b;
int value;

void forward() {
  std::unique_lock<std::shared_mutex> x(a);
  std::unique_lock<std::shared_mutex> y(b); // expect-any(writers2): raddle-lock-order-inversion
  ++value;
}
void backward() {
  std::unique_lock<std::shared_mutex> y(b);
  std::unique_lock<std::shared_mutex> x(a); // expect-any(writers2): raddle-lock-order-inversion
  ++value;
}
} // namespace bad_writers

namespace bad_reader_against_writer {
// Each waits for a lock that the other holds in a mode that keeps it out.
std::shared_mutex a, b;
int value;

void forward() {
  std::shared_lock<std::shared_mutex> x(a);
  std::unique_lock<std::shared_mutex> y(b); // expect-any(mixed): raddle-lock-order-inversion
  ++value;
}
void backward() {
  std::shared_lock<std::shared_mutex> y(b);
  std::unique_lock<std::shared_mutex> x(a); // expect-any(mixed): raddle-lock-order-inversion
  ++value;
}
} // namespace bad_reader_against_writer

namespace bad_writer_reads {
std::shared_mutex a, b;
int value;

int forward() {
  std::unique_lock<std::shared_mutex> x(a);
  std::shared_lock<std::shared_mutex> y(b); // expect-any(writerReads): raddle-lock-order-inversion
  return value;
}
int backward() {
  std::unique_lock<std::shared_mutex> y(b);
  std::shared_lock<std::shared_mutex> x(a); // expect-any(writerReads): raddle-lock-order-inversion
  return value;
}
} // namespace bad_writer_reads

namespace bad_with_plain_mutex {
std::shared_mutex table;
std::mutex log;
int value;

int look() {
  std::shared_lock<std::shared_mutex> x(table);
  std::lock_guard<std::mutex> y(log); // expect-any(plain): raddle-lock-order-inversion
  return value;
}
void update() {
  std::lock_guard<std::mutex> y(log);
  std::unique_lock<std::shared_mutex> x(table); // expect-any(plain): raddle-lock-order-inversion
  ++value;
}
} // namespace bad_with_plain_mutex
