// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <mutex>

class Listener {
public:
  virtual ~Listener();
  virtual void changed() = 0;
};

class Model {
public:
  void change(Listener &listener);
  void read();

private:
  std::mutex mutex_;
  int reads_ = 0;
};
