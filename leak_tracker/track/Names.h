// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of tasks and tests, each kept once and known by a number.
#ifndef RADDLE_LEAK_TRACKER_TRACK_NAMES_H
#define RADDLE_LEAK_TRACKER_TRACK_NAMES_H

#include <stdint.h>

namespace raddle::leaks {

/// The number of \p Name, at least 1; 0 for "" and null, without memory, and
/// when there are too many. Takes an internal lock.
uint32_t internName(const char *Name);
/// Never null; lives as long as the process.
const char *nameOf(uint32_t Number);

/// A number for a test that begins now, at least 1: the same test may run
/// again, or twice at a time. 0 without memory.
uint32_t newTest(const char *Name);
const char *nameOfTest(uint32_t Number);

} // namespace raddle::leaks

#endif
