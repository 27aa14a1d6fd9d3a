// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "registry.h"

static std::mutex log;

Registry &Registry::instance() {
  static Registry registry;
  return registry;
}
std::mutex &Registry::mutex() { return mutex_; }
std::mutex &logMutex() { return log; }
