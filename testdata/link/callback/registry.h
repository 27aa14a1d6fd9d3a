// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <functional>
#include <mutex>
#include <vector>

class Registry {
public:
  void forEach(const std::function<void(int)> &visit);
  void remove(int item);

private:
  std::mutex mutex_;
  std::vector<int> items_;
};
