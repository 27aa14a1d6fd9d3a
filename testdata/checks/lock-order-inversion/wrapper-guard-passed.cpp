// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guards passed on: moved into a function, or by reference to prove that the lock is held.
#include <mutex>
#include <utility>

class Hold {
public:
  explicit Hold(std::mutex &mutex) : mutex_(&mutex) { mutex_->lock(); }
  Hold(Hold &&other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  ~Hold() { drop(); }
  void drop() {
    if (mutex_)
      mutex_->unlock();
    mutex_ = nullptr;
  }

private:
  std::mutex *mutex_;
};

namespace bad_by_reference {
std::mutex a, b;
int counter;

static void withProof(const Hold &) {
  std::lock_guard<std::mutex> y(b); // expect-any(proof): raddle-lock-order-inversion
  ++counter;
}
void forward() {
  Hold x(a);
  withProof(x);
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  Hold x(a); // expect-any(proof): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_by_reference

namespace good_dropped_by_callee {
std::mutex a, b;
int counter;

static void finish(Hold &hold) {
  ++counter;
  hold.drop();
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void forward() {
  Hold x(a);
  finish(x);
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  Hold x(a);
  ++counter;
}
} // namespace good_dropped_by_callee

namespace good_moved_into_callee {
std::mutex a, b;
int counter;

static void consume(Hold hold) { ++counter; }
void forward() {
  Hold x(a);
  consume(std::move(x));
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  Hold x(a);
  ++counter;
}
} // namespace good_moved_into_callee

namespace bad_moved {
std::mutex a, b;
int counter;

void forward() {
  Hold first(a);
  Hold x(std::move(first));
  std::lock_guard<std::mutex> y(b); // expect-any(moved): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  Hold x(a); // expect-any(moved): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_moved
