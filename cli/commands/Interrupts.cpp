// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Interrupts.h"
#include <csignal>

namespace raddle::cli {

std::atomic<bool> Interrupted{false};

static void interrupt(int Signal) {
  Interrupted = true;
  std::signal(Signal, SIG_DFL);
}

void heedInterrupts() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
}

} // namespace raddle::cli
