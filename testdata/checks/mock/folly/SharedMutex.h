// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declarations of folly's locks, as far as the fixtures use them.
#pragma once
#pragma GCC system_header

namespace folly {

class SharedMutex {
public:
  SharedMutex() noexcept;
  ~SharedMutex();
  SharedMutex(const SharedMutex &) = delete;

  class ReadHolder {
  public:
    explicit ReadHolder(const SharedMutex &lock);
    explicit ReadHolder(const SharedMutex *lock);
    ~ReadHolder();
    ReadHolder(ReadHolder &&) noexcept;
    void unlock();
  };
  class WriteHolder {
  public:
    explicit WriteHolder(SharedMutex &lock);
    explicit WriteHolder(SharedMutex *lock);
    ~WriteHolder();
    WriteHolder(WriteHolder &&) noexcept;
    void unlock();
  };

  void lock();
  bool try_lock();
  void unlock();
  void lock_shared();
  bool try_lock_shared();
  void unlock_shared();
  void lock_upgrade();
  void unlock_upgrade();
};

} // namespace folly
