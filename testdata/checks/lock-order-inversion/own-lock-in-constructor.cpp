// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nobody else can hold an object's own lock while the object is built or torn down.
#include <mutex>

namespace good_constructor {
std::mutex registry;
int registered;

class Session {
public:
  Session() {
    std::lock_guard<std::mutex> own(mutex_);
    std::lock_guard<std::mutex> all(registry);
    ++registered;
  }
  ~Session() {
    std::lock_guard<std::mutex> own(mutex_);
    std::lock_guard<std::mutex> all(registry);
    --registered;
  }
  void touch() {
    std::lock_guard<std::mutex> own(mutex_);
    ++touched_;
  }

private:
  std::mutex mutex_;
  int touched_ = 0;
};

void touchAll(Session &session) {
  std::lock_guard<std::mutex> all(registry);
  session.touch();
}
} // namespace good_constructor

namespace bad_method {
std::mutex registry;
int registered;

class Session {
public:
  void enrol() {
    std::lock_guard<std::mutex> own(mutex_);
    std::lock_guard<std::mutex> all(registry); // expect-any(method): raddle-lock-order-inversion
    ++registered;
  }
  void touch() {
    std::lock_guard<std::mutex> own(mutex_); // expect-any(method): raddle-lock-order-inversion
    ++touched_;
  }

private:
  std::mutex mutex_;
  int touched_ = 0;
};

void touchAll(Session &session) {
  std::lock_guard<std::mutex> all(registry);
  session.touch();
}
} // namespace bad_method

namespace bad_other_object {
// The constructor takes the lock of another, finished object.
std::mutex registry;
int registered;

class Parent {
public:
  void touch() {
    std::lock_guard<std::mutex> own(mutex_); // expect-any(other): raddle-lock-order-inversion
    ++touched_;
  }
  std::mutex mutex_;
  int touched_ = 0;
};

class Child {
public:
  explicit Child(Parent &parent) {
    std::lock_guard<std::mutex> theirs(parent.mutex_);
    std::lock_guard<std::mutex> all(registry); // expect-any(other): raddle-lock-order-inversion
    ++registered;
  }
};

void touchAll(Parent &parent) {
  std::lock_guard<std::mutex> all(registry);
  parent.touch();
}
} // namespace bad_other_object
