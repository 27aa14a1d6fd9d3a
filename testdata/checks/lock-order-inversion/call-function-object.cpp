// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std::function and std::bind: passed and called, kept in a member and called later.
#include <functional>
#include <mutex>
#include <utility>

namespace bad_passed {
std::mutex a, b;
int counter;

static void underA(const std::function<void()> &action) {
  std::lock_guard<std::mutex> x(a); // expect-any(passed): raddle-lock-order-inversion
  action();
}
void forward() {
  underA([] {
    std::lock_guard<std::mutex> y(b); // expect-any(passed): raddle-lock-order-inversion
    ++counter;
  });
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  underA([] { ++counter; });
}
} // namespace bad_passed

namespace bad_kept_in_member {
class Source {
public:
  void onChange(std::function<void(int)> handler) { handler_ = std::move(handler); }
  void change(int value) {
    std::lock_guard<std::mutex> lock(mutex_);
    value_ = value;
    if (handler_)
      handler_(value);
  }
  int value() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(kept): raddle-lock-order-inversion "Source::mutex_" "View::mutex_"
    return value_;
  }

private:
  std::mutex mutex_;
  int value_ = 0;
  std::function<void(int)> handler_;
};

class View {
public:
  explicit View(Source &source) : source_(source) {
    source_.onChange([this](int value) { show(value); });
  }
  void show(int value) {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(kept): raddle-lock-order-inversion "Source::mutex_" "View::mutex_"
    shown_ = value;
  }
  void refresh() {
    std::lock_guard<std::mutex> lock(mutex_);
    shown_ = source_.value();
  }

private:
  Source &source_;
  std::mutex mutex_;
  int shown_ = 0;
};

void use(View &view) { view.refresh(); }
void use(Source &source) { source.change(2); }
} // namespace bad_kept_in_member

namespace bad_bound {
class Counter {
public:
  void add(int by) {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(bound): raddle-lock-order-inversion
    value_ += by;
  }
  std::mutex mutex_;
  int value_ = 0;
};
std::mutex a;
int counter;

void forward(Counter &target) {
  auto add = std::bind(&Counter::add, &target, 1);
  std::lock_guard<std::mutex> x(a);
  add();
}
void backward(Counter &target) {
  std::lock_guard<std::mutex> y(target.mutex_);
  std::lock_guard<std::mutex> x(a); // expect-any(bound): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_bound

namespace good_called_after {
class Source {
public:
  void onChange(std::function<void(int)> handler) { handler_ = std::move(handler); }
  void change(int value) {
    std::function<void(int)> handler;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      value_ = value;
      handler = handler_;
    }
    if (handler)
      handler(value);
  }

private:
  std::mutex mutex_;
  int value_ = 0;
  std::function<void(int)> handler_;
};

class View {
public:
  explicit View(Source &source) : source_(source) {
    source_.onChange([this](int value) { show(value); });
  }
  void show(int value) {
    std::lock_guard<std::mutex> lock(mutex_);
    shown_ = value;
  }
  void edit(int value) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      shown_ = value;
    }
    source_.change(value);
  }

private:
  Source &source_;
  std::mutex mutex_;
  int shown_ = 0;
};
} // namespace good_called_after

namespace from_a_container {
// Every callable of the array counts for each call.
std::mutex a, b;
int counter;
std::function<void()> handlers[4];

void install(int index) {
  handlers[index] = [] {
    std::lock_guard<std::mutex> y(b); // expect-any(container): raddle-lock-order-inversion
    ++counter;
  };
}
void forward(int index) {
  std::lock_guard<std::mutex> x(a);
  handlers[index](); // expect-any(container): raddle-lock-order-inversion
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(container): raddle-lock-order-inversion
  ++counter;
}
} // namespace from_a_container
