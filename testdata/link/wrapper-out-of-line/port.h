// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <pthread.h>

namespace port {

class CondVar;

class Mutex {
public:
  Mutex();
  ~Mutex();
  Mutex(const Mutex &) = delete;
  void Lock();
  void Unlock();
  void AssertHeld() {}

private:
  friend class CondVar;
  pthread_mutex_t mu_;
};

class CondVar {
public:
  explicit CondVar(Mutex *mu);
  ~CondVar();
  void Wait();
  void Signal();

private:
  pthread_cond_t cv_;
  Mutex *mu_;
};

} // namespace port

class MutexLock {
public:
  explicit MutexLock(port::Mutex *mu) : mu_(mu) { mu_->Lock(); }
  ~MutexLock() { mu_->Unlock(); }
  MutexLock(const MutexLock &) = delete;

private:
  port::Mutex *const mu_;
};
