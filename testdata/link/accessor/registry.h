// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

class Registry {
public:
  static Registry &instance();
  std::mutex &mutex();
  int size = 0;

private:
  std::mutex mutex_;
};

std::mutex &logMutex();
