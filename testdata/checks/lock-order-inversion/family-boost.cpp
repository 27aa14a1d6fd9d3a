// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Boost.Thread's mutexes and locks.
#include <boost/thread.hpp>

namespace bad_guards {
boost::mutex a, b;
int counter;

void forward() {
  boost::lock_guard<boost::mutex> x(a);
  boost::mutex::scoped_lock y(b); // expect-any(guards): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  boost::unique_lock<boost::mutex> y(b);
  boost::lock_guard<boost::mutex> x(a); // expect-any(guards): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_guards

namespace bad_shared {
boost::shared_mutex table;
boost::mutex log;
int counter;

int look() {
  boost::shared_lock<boost::shared_mutex> x(table);
  boost::mutex::scoped_lock y(log); // expect-any(shared): raddle-lock-order-inversion
  return counter;
}
void update() {
  boost::mutex::scoped_lock y(log);
  boost::unique_lock<boost::shared_mutex> x(table); // expect-any(shared): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_shared

namespace good_released {
boost::mutex a, b;
int counter;

void forward() {
  boost::mutex::scoped_lock x(a);
  ++counter;
  x.unlock();
  boost::mutex::scoped_lock y(b);
  ++counter;
}
void backward() {
  boost::mutex::scoped_lock y(b);
  boost::mutex::scoped_lock x(a);
  ++counter;
}
} // namespace good_released

namespace good_together {
boost::mutex a, b;
int counter;

void forward() {
  boost::lock(a, b);
  boost::lock_guard<boost::mutex> x(a, boost::adopt_lock);
  boost::lock_guard<boost::mutex> y(b, boost::adopt_lock);
  ++counter;
}
void backward() {
  boost::lock(b, a);
  boost::lock_guard<boost::mutex> x(a, boost::adopt_lock);
  boost::lock_guard<boost::mutex> y(b, boost::adopt_lock);
  ++counter;
}
} // namespace good_together

namespace good_tried {
boost::mutex a, b;
int counter;

void forward() {
  boost::mutex::scoped_lock x(a);
  boost::mutex::scoped_lock y(b);
  ++counter;
}
void backward() {
  boost::mutex::scoped_lock y(b);
  boost::unique_lock<boost::mutex> x(a, boost::try_to_lock);
  if (x.owns_lock())
    ++counter;
}
} // namespace good_tried
