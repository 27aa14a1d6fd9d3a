// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef JOBSERVER_BOUNDED_QUEUE_H
#define JOBSERVER_BOUNDED_QUEUE_H

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace jobserver {

/// First in, first out, for any number of producers and consumers. A closed
/// queue takes nothing more, and gives out what it still holds.
template <typename T> class BoundedQueue {
public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. False if the queue is closed.
  bool push(T value) {
    std::unique_lock<std::mutex> lock(mutex_);
    notFull_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_)
      return false;
    items_.push_back(std::move(value));
    lock.unlock();
    notEmpty_.notify_one();
    return true;
  }

  /// Waits for an item. Nothing if the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    notEmpty_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return takeFirst(lock);
  }

  /// Does not wait. Nothing if there is no item at the moment.
  std::optional<T> tryPop() {
    std::unique_lock<std::mutex> lock(mutex_);
    return takeFirst(lock);
  }

  void close() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }
    notEmpty_.notify_all();
    notFull_.notify_all();
  }

private:
  std::optional<T> takeFirst(std::unique_lock<std::mutex> &lock) {
    if (items_.empty())
      return std::nullopt;
    std::optional<T> first(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    notFull_.notify_one();
    return first;
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable notEmpty_;
  std::condition_variable notFull_;
  std::deque<T> items_;
  bool closed_ = false;
};

} // namespace jobserver

#endif
