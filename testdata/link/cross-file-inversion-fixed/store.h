// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

class Journal;

class Store {
public:
  explicit Store(Journal &journal) : journal_(journal) {}
  void put(int value);
  int size();

private:
  Journal &journal_;
  std::mutex mutex_;
  int size_ = 0;
};
