// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lock that is not recursive, taken again by the thread that holds it.
#include <mutex>

namespace bad_direct {
std::mutex mutex;
int counter;

void twice() {
  std::lock_guard<std::mutex> outer(mutex);
  ++counter;
  std::lock_guard<std::mutex> inner(mutex); // expect: raddle-double-lock "mutex"
  ++counter;
}
} // namespace bad_direct

namespace bad_through_call {
class Cache {
public:
  int size() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(size): raddle-double-lock "Cache::mutex_"
    return size_;
  }
  void shrink() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (size() > 10) // expect-any(size): raddle-double-lock "Cache::mutex_"
      size_ = 10;
  }

private:
  std::mutex mutex_;
  int size_ = 0;
};
void use(Cache &cache) { cache.shrink(); }
} // namespace bad_through_call

namespace bad_by_hand {
std::mutex mutex;
int counter;

void twice(bool again) {
  mutex.lock();
  ++counter;
  if (again)
    mutex.lock(); // expect: raddle-double-lock
  mutex.unlock();
}
} // namespace bad_by_hand

namespace good_unlocked_between {
std::mutex mutex;
int counter;

void twice() {
  {
    std::lock_guard<std::mutex> first(mutex);
    ++counter;
  }
  std::lock_guard<std::mutex> second(mutex);
  ++counter;
}
} // namespace good_unlocked_between

namespace good_locked_variant {
// The public function locks, the private one expects the lock.
class Cache {
public:
  int size() {
    std::lock_guard<std::mutex> lock(mutex_);
    return sizeLocked();
  }
  void shrink() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (sizeLocked() > 10)
      size_ = 10;
  }

private:
  int sizeLocked() const { return size_; }

  std::mutex mutex_;
  int size_ = 0;
};
void use(Cache &cache) { cache.shrink(); }
} // namespace good_locked_variant

namespace good_recursive {
class Cache {
public:
  int size() {
    std::lock_guard<std::recursive_mutex> lock(mutex_);
    return size_;
  }
  void shrink() {
    std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (size() > 10)
      size_ = 10;
  }

private:
  std::recursive_mutex mutex_;
  int size_ = 0;
};
void use(Cache &cache) { cache.shrink(); }
} // namespace good_recursive

namespace tricky_two_objects {
class Account {
public:
  int balance() {
    std::lock_guard<std::mutex> lock(mutex_);
    return balance_;
  }
  // Another account's lock, not this one's.
  bool richerThan(Account &other) {
    std::lock_guard<std::mutex> lock(mutex_);
    return balance_ > other.balance();
  }

private:
  std::mutex mutex_;
  int balance_ = 0;
};
bool use(Account &one, Account &two) { return one.richerThan(two); }
} // namespace tricky_two_objects
