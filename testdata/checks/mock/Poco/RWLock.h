// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#pragma GCC system_header

namespace Poco {

class ScopedReadRWLock;
class ScopedWriteRWLock;

class RWLock {
public:
  using ScopedReadLock = ScopedReadRWLock;
  using ScopedWriteLock = ScopedWriteRWLock;
  RWLock();
  ~RWLock();
  RWLock(const RWLock &) = delete;
  void readLock();
  bool tryReadLock();
  void writeLock();
  bool tryWriteLock();
  void unlock();
};

class ScopedReadRWLock {
public:
  explicit ScopedReadRWLock(RWLock &rwl);
  ~ScopedReadRWLock();
};

class ScopedWriteRWLock {
public:
  explicit ScopedWriteRWLock(RWLock &rwl);
  ~ScopedWriteRWLock();
};

} // namespace Poco
