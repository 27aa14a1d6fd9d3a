// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std::lock, std::scoped_lock and std::try_lock of several mutexes put them in no order.
#include <mutex>

namespace good_scoped_lock {
std::mutex a, b;
int counter;

void forward() {
  std::scoped_lock both(a, b);
  ++counter;
}
void backward() {
  std::scoped_lock both(b, a);
  ++counter;
}
} // namespace good_scoped_lock

namespace good_lock_and_adopt {
std::mutex a, b;
int counter;

void forward() {
  std::lock(a, b);
  std::lock_guard<std::mutex> x(a, std::adopt_lock);
  std::lock_guard<std::mutex> y(b, std::adopt_lock);
  ++counter;
}
void backward() {
  std::unique_lock<std::mutex> y(b, std::defer_lock);
  std::unique_lock<std::mutex> x(a, std::defer_lock);
  std::lock(y, x);
  ++counter;
}
} // namespace good_lock_and_adopt

namespace good_members {
struct Account {
  std::mutex mutex;
  int balance = 0;
};

void transfer(Account &from, Account &to, int amount) {
  std::scoped_lock both(from.mutex, to.mutex);
  from.balance -= amount;
  to.balance += amount;
}
void exchange(Account &x, Account &y) {
  transfer(x, y, 1);
  transfer(y, x, 2);
}
} // namespace good_members

namespace good_try_several {
std::mutex a, b;
int counter;

void forward() {
  if (std::try_lock(a, b) == -1) {
    ++counter;
    a.unlock();
    b.unlock();
  }
}
void backward() {
  if (std::try_lock(b, a) == -1) {
    ++counter;
    b.unlock();
    a.unlock();
  }
}
} // namespace good_try_several

namespace bad_one_by_one {
std::mutex a, b;
int counter;

void forward() {
  std::scoped_lock x(a);
  std::scoped_lock y(b); // expect-any(oneByOne): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::scoped_lock y(b);
  std::scoped_lock x(a); // expect-any(oneByOne): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_one_by_one

namespace bad_third_lock {
// The group is in no order in itself, but its members are against 'c'.
std::mutex a, b, c;
int counter;

void forward() {
  std::scoped_lock both(a, b);
  std::lock_guard<std::mutex> z(c); // expect-any(third): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> z(c);
  std::lock_guard<std::mutex> x(a); // expect-any(third): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_third_lock

namespace bad_group_under_lock {
// std::lock waits for 'a' or 'b', whichever is taken, while 'c' is held.
std::mutex a, b, c;
int counter;

void forward() {
  std::lock_guard<std::mutex> z(c);
  std::scoped_lock both(a, b); // expect-any(group): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> x(b);
  std::lock_guard<std::mutex> z(c); // expect-any(group): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_group_under_lock
