// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One thread of our own, for what has to be done while the host's threads are
// busy or stuck: snapshots, and the search for deadlocks. Started only when
// somebody has work for it. It blocks all signals, takes nothing of the host's
// but the loader's lock, and is in no list of threads.
#ifndef RADDLE_RUNTIME_THREAD_MONITOR_H
#define RADDLE_RUNTIME_THREAD_MONITOR_H

#include <stdint.h>

namespace raddle {

/// Called by the monitor; \p Now is sys::now(). Returns when it wants to be
/// called again at the latest; it is called whenever another one is.
using MonitorWork = uint64_t (*)(uint64_t Now);

/// At start-up, before startMonitor().
void addMonitorWork(MonitorWork Work);
/// Does nothing if there is no work, or if it runs already.
void startMonitor();
/// The work is wanted now. May be called from a signal handler.
void wakeMonitor();
/// Kernel's number of the thread; 0: it does not run.
int monitorTid();

} // namespace raddle

#endif
