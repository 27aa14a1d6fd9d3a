// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT at the function or at what blocks.
#include <semaphore>
#include <stop_token>

void silencedAtBoth(std::stop_token stop, std::counting_semaphore<> &permits) { // NOLINT(raddle-unchecked-cancellation)
  permits.acquire(); // NOLINT(raddle-unchecked-cancellation)
}

// NOLINTBEGIN(raddle-*)
void silencedInBlock(std::stop_token stop, std::counting_semaphore<> &permits) {
  permits.acquire();
}
// NOLINTEND(raddle-*)
