// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declarations of POCO's locks, as far as the fixtures use them.
#pragma once
#pragma GCC system_header

namespace Poco {

template <class M> class ScopedLock {
public:
  explicit ScopedLock(M &mutex);
  ScopedLock(M &mutex, long milliseconds);
  ~ScopedLock();
  ScopedLock(const ScopedLock &) = delete;
};

template <class M> class ScopedLockWithUnlock {
public:
  explicit ScopedLockWithUnlock(M &mutex);
  ~ScopedLockWithUnlock();
  void unlock();
  ScopedLockWithUnlock(const ScopedLockWithUnlock &) = delete;
};

template <class M> class ScopedUnlock {
public:
  explicit ScopedUnlock(M &mutex, bool unlockNow = true);
  ~ScopedUnlock();
  ScopedUnlock(const ScopedUnlock &) = delete;
};

/// Recursive.
class Mutex {
public:
  using ScopedLock = Poco::ScopedLock<Mutex>;
  Mutex();
  ~Mutex();
  Mutex(const Mutex &) = delete;
  void lock();
  void lock(long milliseconds);
  bool tryLock();
  bool tryLock(long milliseconds);
  void unlock();
};

/// Not recursive.
class FastMutex {
public:
  using ScopedLock = Poco::ScopedLock<FastMutex>;
  FastMutex();
  ~FastMutex();
  FastMutex(const FastMutex &) = delete;
  void lock();
  void lock(long milliseconds);
  bool tryLock();
  bool tryLock(long milliseconds);
  void unlock();
};

} // namespace Poco
