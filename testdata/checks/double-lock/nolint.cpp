// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT at the acquisition, or at a call on the way to it.
#include <mutex>

namespace silenced {
std::mutex mutex;
int counter;

void direct() {
  std::lock_guard<std::mutex> outer(mutex);
  std::lock_guard<std::mutex> inner(mutex); // NOLINT(raddle-double-lock)
  ++counter;
}
static void add() {
  std::lock_guard<std::mutex> lock(mutex);
  ++counter;
}
void throughCall() {
  std::lock_guard<std::mutex> outer(mutex);
  add(); // NOLINT(raddle-double-lock)
}
} // namespace silenced

namespace not_silenced {
std::mutex mutex;
int counter;

void direct() {
  std::lock_guard<std::mutex> outer(mutex);
  std::lock_guard<std::mutex> inner(mutex); // NOLINT(raddle-busy-spin) expect: raddle-double-lock
  ++counter;
}
} // namespace not_silenced
