// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The overrider is in no header: only linking can find it.
#include "listener.h"
#include <memory>

namespace {
class Window : public Listener {
public:
  explicit Window(Model &model) : model_(model) {}
  void changed() override {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(virtual): raddle-lock-order-inversion "Model::mutex_" "Window::mutex_"
    ++changes_;
  }
  void paint() {
    std::lock_guard<std::mutex> lock(mutex_);
    model_.read();
  }

private:
  Model &model_;
  std::mutex mutex_;
  int changes_ = 0;
};
} // namespace

std::unique_ptr<Listener> makeWindow(Model &model) {
  auto window = std::make_unique<Window>(model);
  window->paint();
  return window;
}
