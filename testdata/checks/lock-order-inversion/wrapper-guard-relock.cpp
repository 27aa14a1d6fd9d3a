// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guard that can be unlocked early, and locked again; and its inverse.
#include <mutex>

class Guard {
public:
  explicit Guard(std::mutex &mutex) : mutex_(mutex) { lock(); }
  ~Guard() {
    if (held_)
      unlock();
  }
  Guard(const Guard &) = delete;
  void lock() {
    mutex_.lock();
    held_ = true;
  }
  void unlock() {
    held_ = false;
    mutex_.unlock();
  }

private:
  std::mutex &mutex_;
  bool held_ = false;
};

class Opening {
public:
  explicit Opening(std::mutex &mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~Opening() { mutex_.lock(); }
  Opening(const Opening &) = delete;

private:
  std::mutex &mutex_;
};

namespace good_unlocked_early {
std::mutex a, b;
int counter;

void forward() {
  Guard x(a);
  ++counter;
  x.unlock();
  Guard y(b);
  ++counter;
}
void backward() {
  Guard y(b);
  Guard x(a);
  ++counter;
}
} // namespace good_unlocked_early

namespace good_unlocked_meanwhile {
std::mutex a, b;
int counter;

void forward() {
  Guard x(a);
  ++counter;
  x.unlock();
  {
    Guard y(b);
    ++counter;
  }
  x.lock();
  ++counter;
}
void backward() {
  Guard y(b);
  Guard x(a);
  ++counter;
}
} // namespace good_unlocked_meanwhile

namespace bad_locked_again {
std::mutex a, b;
int counter;

void forward() {
  Guard x(a);
  x.unlock();
  ++counter;
  x.lock();
  Guard y(b); // expect-any(again): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  Guard y(b);
  Guard x(a); // expect-any(again): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_locked_again

namespace good_inverse {
std::mutex a, b;
int counter;

void forward() {
  Guard x(a);
  ++counter;
  {
    Opening open(a);
    Guard y(b);
    ++counter;
  }
  ++counter;
}
void backward() {
  Guard y(b);
  Guard x(a);
  ++counter;
}
} // namespace good_inverse

namespace bad_inverse_inside_other {
// At the end of the opening 'a' is taken again, with 'b' held.
std::mutex a, b;
int counter;

void forward() {
  Guard x(a);
  Guard y(b); // expect-any(inverse): raddle-lock-order-inversion
  {
    Opening open(a); // expect-any(inverse): raddle-lock-order-inversion
    ++counter;
  } // expect-any(inverse): raddle-lock-order-inversion
  ++counter;
}
void other() {
  Guard x(a);
  Guard y(b);
  ++counter;
}
} // namespace bad_inverse_inside_other
