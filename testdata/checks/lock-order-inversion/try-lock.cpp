// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lock that is only tried makes no edge; a lock that was tried with success is held like any other.
#include <chrono>
#include <mutex>

namespace good_tried_both_ways {
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  if (b.try_lock()) {
    ++counter;
    b.unlock();
  }
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  if (!a.try_lock())
    return;
  ++counter;
  a.unlock();
}
} // namespace good_tried_both_ways

namespace good_one_way_tried {
std::mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::unique_lock<std::mutex> x(a, std::try_to_lock);
  if (x.owns_lock())
    ++counter;
}
} // namespace good_one_way_tried

namespace good_timed {
// Gives up after a while: not a deadlock.
std::timed_mutex a, b;
int counter;

void forward() {
  std::lock_guard<std::timed_mutex> x(a);
  std::lock_guard<std::timed_mutex> y(b);
  ++counter;
}
void backward() {
  std::lock_guard<std::timed_mutex> y(b);
  if (a.try_lock_for(std::chrono::milliseconds(10))) {
    ++counter;
    a.unlock();
  }
}
void backwardGuarded() {
  std::lock_guard<std::timed_mutex> y(b);
  std::unique_lock<std::timed_mutex> x(a, std::chrono::milliseconds(10));
  if (x)
    ++counter;
}
} // namespace good_timed

namespace good_not_held_after_failure {
std::mutex a, b;
int counter;

void forward() {
  if (a.try_lock()) {
    ++counter;
    a.unlock();
  } else {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  }
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_not_held_after_failure

namespace bad_held_after_success {
std::mutex a, b;
int counter;

void forward() {
  if (a.try_lock()) {
    std::lock_guard<std::mutex> y(b); // expect-any(success): raddle-lock-order-inversion
    ++counter;
    a.unlock();
  }
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(success): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_held_after_success

namespace bad_guard_owns {
std::mutex a, b;
int counter;

void forward() {
  std::unique_lock<std::mutex> x(a, std::try_to_lock);
  if (!x)
    return;
  std::lock_guard<std::mutex> y(b); // expect-any(owns): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(owns): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_guard_owns

namespace bad_tried_then_blocking {
// A mutex that counts contention: tries first, then waits.
class Counted {
public:
  void lock() {
    if (!inner_.try_lock()) {
      ++contended_;
      inner_.lock();
    }
  }
  void unlock() { inner_.unlock(); }

private:
  std::mutex inner_;
  int contended_ = 0;
};

Counted a, b;
int counter;

void forward() {
  std::lock_guard<Counted> x(a);
  std::lock_guard<Counted> y(b); // expect-any(counted): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<Counted> y(b);
  std::lock_guard<Counted> x(a); // expect-any(counted): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_tried_then_blocking
