// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Virtual calls reach every overrider that the program has, unless the object's type is known.
#include <mutex>

namespace bad_overrider {
class Listener {
public:
  virtual ~Listener() = default;
  virtual void changed() = 0;
};

class Model {
public:
  void change(Listener &listener) {
    std::lock_guard<std::mutex> lock(mutex_);
    listener.changed();
  }
  void read() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(virtual): raddle-lock-order-inversion "Model::mutex_" "Window::mutex_"
    ++reads_;
  }

private:
  std::mutex mutex_;
  int reads_ = 0;
};

class Silent : public Listener {
public:
  void changed() override {}
};

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

void use(Model &model, Window &window) {
  Listener &listener = window;
  model.change(listener);
  window.paint();
}
} // namespace bad_overrider

namespace good_known_type {
// Called on a class that is final, not on the one that takes the lock.
class Shape {
public:
  virtual ~Shape() = default;
  virtual void draw() = 0;
};
std::mutex canvas, fonts;
int drawn;

class Text final : public Shape {
public:
  void draw() override {
    std::lock_guard<std::mutex> lock(fonts);
    ++drawn;
  }
};
class Line final : public Shape {
public:
  void draw() override { ++drawn; }
};

void drawLine(Line &line) {
  std::lock_guard<std::mutex> lock(canvas);
  line.draw();
}
void drawText() {
  std::lock_guard<std::mutex> f(fonts);
  std::lock_guard<std::mutex> c(canvas);
  ++drawn;
}
} // namespace good_known_type

namespace good_qualified_call {
std::mutex a, b;
int counter;

class Base {
public:
  virtual ~Base() = default;
  virtual void step() { ++counter; }
};
class Derived : public Base {
public:
  void step() override {
    std::lock_guard<std::mutex> y(b);
    Base::step();
  }
};

void forward(Base &base) {
  std::lock_guard<std::mutex> x(a);
  base.Base::step();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_qualified_call
