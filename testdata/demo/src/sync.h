// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_SYNC_H
#define JOBSERVER_SYNC_H

#include <atomic>
#include <mutex>
#include <thread>

namespace jobserver {

/// A mutex that knows its holder, so that functions which expect their caller
/// to hold it can assert so.
class Mutex {
public:
  Mutex() = default;
  Mutex(const Mutex &) = delete;
  Mutex &operator=(const Mutex &) = delete;

  void acquire() {
    inner_.lock();
    holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  }

  void release() {
    holder_.store(std::thread::id(), std::memory_order_relaxed);
    inner_.unlock();
  }

  bool heldByMe() const {
    return holder_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

private:
  std::mutex inner_;
  std::atomic<std::thread::id> holder_;
};

/// Holds a mutex until the end of the scope or until `release()`.
template <typename M> class Locker {
public:
  explicit Locker(M &mutex) : mutex_(&mutex) { mutex_->acquire(); }
  ~Locker() {
    if (mutex_)
      mutex_->release();
  }
  Locker(const Locker &) = delete;
  Locker &operator=(const Locker &) = delete;

  void release() {
    mutex_->release();
    mutex_ = nullptr;
  }

private:
  M *mutex_;
};

} // namespace jobserver

#endif
