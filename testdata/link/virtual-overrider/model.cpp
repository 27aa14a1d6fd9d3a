// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "listener.h"

Listener::~Listener() = default;

void Model::change(Listener &listener) {
  std::lock_guard<std::mutex> lock(mutex_);
  listener.changed();
}
void Model::read() {
  std::lock_guard<std::mutex> lock(mutex_); // expect-any(virtual): raddle-lock-order-inversion "Model::mutex_" "Window::mutex_"
  ++reads_;
}
