// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Declarations of Boost.Thread's locks, as far as the fixtures use them.
#pragma once
#pragma GCC system_header

namespace boost {

struct defer_lock_t {};
struct try_to_lock_t {};
struct adopt_lock_t {};
constexpr defer_lock_t defer_lock{};
constexpr try_to_lock_t try_to_lock{};
constexpr adopt_lock_t adopt_lock{};

class mutex {
public:
  mutex();
  ~mutex();
  mutex(const mutex &) = delete;
  void lock();
  bool try_lock();
  void unlock();
  class scoped_lock;
};

class recursive_mutex {
public:
  recursive_mutex();
  ~recursive_mutex();
  recursive_mutex(const recursive_mutex &) = delete;
  void lock();
  bool try_lock();
  void unlock();
};

class shared_mutex {
public:
  shared_mutex();
  ~shared_mutex();
  shared_mutex(const shared_mutex &) = delete;
  void lock();
  bool try_lock();
  void unlock();
  void lock_shared();
  bool try_lock_shared();
  void unlock_shared();
  void lock_upgrade();
  void unlock_upgrade();
  void unlock_upgrade_and_lock();
};

template <typename Mutex> class lock_guard {
public:
  explicit lock_guard(Mutex &m);
  lock_guard(Mutex &m, adopt_lock_t);
  ~lock_guard();
  lock_guard(const lock_guard &) = delete;
};

template <typename Mutex> class unique_lock {
public:
  unique_lock() noexcept;
  explicit unique_lock(Mutex &m);
  unique_lock(Mutex &m, defer_lock_t) noexcept;
  unique_lock(Mutex &m, try_to_lock_t);
  unique_lock(Mutex &m, adopt_lock_t);
  unique_lock(unique_lock &&other) noexcept;
  unique_lock &operator=(unique_lock &&other) noexcept;
  ~unique_lock();
  void lock();
  bool try_lock();
  void unlock();
  void swap(unique_lock &other) noexcept;
  Mutex *release() noexcept;
  bool owns_lock() const noexcept;
  explicit operator bool() const noexcept;
};

class mutex::scoped_lock : public unique_lock<mutex> {
public:
  explicit scoped_lock(mutex &m);
};

template <typename Mutex> class shared_lock {
public:
  explicit shared_lock(Mutex &m);
  shared_lock(shared_lock &&other) noexcept;
  ~shared_lock();
  void lock();
  void unlock();
  bool owns_lock() const noexcept;
};

template <typename Mutex> class upgrade_lock {
public:
  explicit upgrade_lock(Mutex &m);
  ~upgrade_lock();
};

template <typename Mutex> class upgrade_to_unique_lock {
public:
  explicit upgrade_to_unique_lock(upgrade_lock<Mutex> &lock);
  ~upgrade_to_unique_lock();
};

template <typename M1, typename M2> void lock(M1 &, M2 &);

} // namespace boost
