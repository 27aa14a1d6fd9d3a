// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forks and ends of the process.
#ifndef RADDLE_RUNTIME_INTERPOSE_PROCESS_H
#define RADDLE_RUNTIME_INTERPOSE_PROCESS_H

namespace raddle {

/// Registers with libc for forks and for quick_exit. Once, at start-up.
void watchProcess();

} // namespace raddle

#endif
