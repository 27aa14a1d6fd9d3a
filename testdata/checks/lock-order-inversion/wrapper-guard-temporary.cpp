// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guard in a temporary holds its lock to the end of the full expression.
#include <mutex>

class Stats {
public:
  void add() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(arrow): raddle-lock-order-inversion "Stats::mutex_"
    ++count_;
  }
  std::mutex mutex_;
  int count_ = 0;
};

template <typename T> class Synchronized {
public:
  class Access {
  public:
    explicit Access(Synchronized &owner) : owner_(owner) { owner_.mutex_.lock(); }
    ~Access() { owner_.mutex_.unlock(); }
    Access(const Access &) = delete;
    T *operator->() { return &owner_.value_; }

  private:
    Synchronized &owner_;
  };

  Access operator->() { return Access(*this); }
  Access access() { return Access(*this); }

private:
  std::mutex mutex_;
  T value_;
};

namespace bad_through_arrow {
struct Users {
  void enter(Stats &stats) {
    ++count;
    stats.add();
  }
  int count = 0;
};
class House {
public:
  void enter(Stats &stats) { users_->enter(stats); }
  void report(Stats &stats) {
    std::lock_guard<std::mutex> lock(stats.mutex_);
    stats.count_ = users_->count; // expect-any(arrow): raddle-lock-order-inversion
  }

private:
  Synchronized<Users> users_;
};
void use(House &house, Stats &stats) {
  house.enter(stats);
  house.report(stats);
}
} // namespace bad_through_arrow

namespace good_end_of_statement {
class Hold {
public:
  explicit Hold(std::mutex &mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Hold() { mutex_.unlock(); }
  Hold(const Hold &) = delete;
  int value() const { return 1; }

private:
  std::mutex &mutex_;
};
std::mutex a, b;
int counter;

void forward() {
  counter += Hold(a).value();
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
void namelessGuard() {
  std::lock_guard<std::mutex>{a}; // given back at once
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
} // namespace good_end_of_statement

namespace bad_bound_to_reference {
// A reference keeps the temporary alive to the end of the scope.
class Hold {
public:
  explicit Hold(std::mutex &mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Hold() { mutex_.unlock(); }
  Hold(const Hold &) = delete;

private:
  std::mutex &mutex_;
};
std::mutex a, b;
int counter;

void forward() {
  const Hold &x = Hold(a);
  std::lock_guard<std::mutex> y(b); // expect-any(reference): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(reference): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_bound_to_reference
