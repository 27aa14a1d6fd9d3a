// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

class Store;

class Journal {
public:
  void append(int value);
  void compact(Store &store);

private:
  std::mutex mutex_;
  int length_ = 0;
};
