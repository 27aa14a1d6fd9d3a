// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A guard that a function returns holds its lock in the caller.
#include <memory>
#include <mutex>
#include <utility>

namespace bad_unique_lock {
class Vault {
public:
  std::unique_lock<std::mutex> lock() { return std::unique_lock<std::mutex>(mutex_); }
  int content = 0;

private:
  std::mutex mutex_;
};
std::mutex log;

void store(Vault &vault) {
  auto held = vault.lock();
  std::lock_guard<std::mutex> y(log); // expect-any(returned): raddle-lock-order-inversion "Vault::mutex_"
  ++vault.content;
}
void show(Vault &vault) {
  std::lock_guard<std::mutex> y(log);
  auto held = vault.lock(); // expect-any(returned): raddle-lock-order-inversion "Vault::mutex_"
  ++vault.content;
}
} // namespace bad_unique_lock

namespace bad_named_local {
std::mutex a, b;
int counter;

static std::unique_lock<std::mutex> takeA() {
  std::unique_lock<std::mutex> lock(a);
  ++counter;
  return lock;
}
void forward() {
  std::unique_lock<std::mutex> x = takeA();
  std::lock_guard<std::mutex> y(b); // expect-any(local): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::unique_lock<std::mutex> x = takeA(); // expect-any(local): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_named_local

namespace bad_own_guard {
class Hold {
public:
  explicit Hold(std::mutex &mutex) : mutex_(&mutex) { mutex_->lock(); }
  Hold(Hold &&other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  ~Hold() {
    if (mutex_)
      mutex_->unlock();
  }

private:
  std::mutex *mutex_;
};
class Vault {
public:
  Hold hold() { return Hold(mutex_); }
  int content = 0;

private:
  std::mutex mutex_;
};
std::mutex log;

void store(Vault &vault) {
  Hold held = vault.hold();
  std::lock_guard<std::mutex> y(log); // expect-any(own): raddle-lock-order-inversion
  ++vault.content;
}
void show(Vault &vault) {
  std::lock_guard<std::mutex> y(log);
  Hold held = vault.hold(); // expect-any(own): raddle-lock-order-inversion
  ++vault.content;
}
} // namespace bad_own_guard

namespace good_result_dropped {
// A returned guard that nobody keeps is gone at the end of the statement.
class Vault {
public:
  std::unique_lock<std::mutex> lock() { return std::unique_lock<std::mutex>(mutex_); }
  int content = 0;

private:
  std::mutex mutex_;
};
std::mutex log;

void store(Vault &vault) {
  (void)vault.lock();
  std::lock_guard<std::mutex> y(log);
  ++vault.content;
}
void show(Vault &vault) {
  std::lock_guard<std::mutex> y(log);
  auto held = vault.lock();
  ++vault.content;
}
} // namespace good_result_dropped
