// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>

class Gate {
public:
  void wait();
  void open();

private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool isOpen_ = false;
};
