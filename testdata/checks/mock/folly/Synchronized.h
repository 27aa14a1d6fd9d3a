// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#pragma GCC system_header
#include <folly/SharedMutex.h>

namespace folly {

template <typename T, typename M = SharedMutex> class Synchronized {
public:
  class LockedPtr {
  public:
    LockedPtr(LockedPtr &&) noexcept;
    ~LockedPtr();
    T *operator->() const;
    T &operator*() const;
    void unlock();
  };
  class ConstLockedPtr {
  public:
    ConstLockedPtr(ConstLockedPtr &&) noexcept;
    ~ConstLockedPtr();
    const T *operator->() const;
    const T &operator*() const;
    void unlock();
  };

  Synchronized();
  ~Synchronized();
  LockedPtr wlock();
  ConstLockedPtr rlock() const;
  LockedPtr lock();
  template <typename Function> auto withWLock(Function &&function) {
    auto locked = wlock();
    return function(*locked);
  }
  template <typename Function> auto withRLock(Function &&function) const {
    auto locked = rlock();
    return function(*locked);
  }
};

} // namespace folly
