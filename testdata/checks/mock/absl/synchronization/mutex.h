// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declarations of Abseil's locks, as far as the fixtures use them.
#pragma once
#pragma GCC system_header

namespace absl {

class Duration;
class Time;
Duration Milliseconds(long);

class Duration {};
class Time {};

class Condition {
public:
  explicit Condition(const bool *flag);
  Condition(bool (*func)(void *), void *arg);
};

class Mutex {
public:
  Mutex();
  ~Mutex();
  Mutex(const Mutex &) = delete;
  Mutex &operator=(const Mutex &) = delete;

  void Lock();
  void Unlock();
  bool TryLock();
  void lock();
  void unlock();
  bool try_lock();

  void WriterLock();
  void WriterUnlock();
  bool WriterTryLock();
  void ReaderLock();
  void ReaderUnlock();
  bool ReaderTryLock();
  void lock_shared();
  void unlock_shared();
  bool try_lock_shared();

  void AssertHeld() const;
  void AssertReaderHeld() const;

  void Await(const Condition &cond);
  void LockWhen(const Condition &cond);
  bool LockWhenWithTimeout(const Condition &cond, Duration timeout);
  bool AwaitWithTimeout(const Condition &cond, Duration timeout);
};

class MutexLock {
public:
  explicit MutexLock(Mutex *mu);
  explicit MutexLock(Mutex &mu);
  MutexLock(Mutex *mu, const Condition &cond);
  ~MutexLock();
  MutexLock(const MutexLock &) = delete;
  MutexLock &operator=(const MutexLock &) = delete;
};

class ReaderMutexLock {
public:
  explicit ReaderMutexLock(Mutex *mu);
  explicit ReaderMutexLock(Mutex &mu);
  ~ReaderMutexLock();
  ReaderMutexLock(const ReaderMutexLock &) = delete;
};

class WriterMutexLock {
public:
  explicit WriterMutexLock(Mutex *mu);
  explicit WriterMutexLock(Mutex &mu);
  ~WriterMutexLock();
  WriterMutexLock(const WriterMutexLock &) = delete;
};

class MutexLockMaybe {
public:
  explicit MutexLockMaybe(Mutex *mu);
  ~MutexLockMaybe();
  MutexLockMaybe(const MutexLockMaybe &) = delete;
};

class ReleasableMutexLock {
public:
  explicit ReleasableMutexLock(Mutex *mu);
  explicit ReleasableMutexLock(Mutex &mu);
  ~ReleasableMutexLock();
  void Release();
  ReleasableMutexLock(const ReleasableMutexLock &) = delete;
};

class CondVar {
public:
  CondVar();
  void Wait(Mutex *mu);
  bool WaitWithTimeout(Mutex *mu, Duration timeout);
  void Signal();
  void SignalAll();
};

} // namespace absl
