// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shared locks: upgrading waits for oneself; reading again waits for a writer that waits for oneself.
#include <mutex>
#include <pthread.h>
#include <shared_mutex>

namespace bad_upgrade {
std::shared_mutex mutex;
int value;

void update() {
  std::shared_lock<std::shared_mutex> reading(mutex);
  if (value == 0) {
    std::unique_lock<std::shared_mutex> writing(mutex); // expect: raddle-double-lock
    value = 1;
  }
}
} // namespace bad_upgrade

namespace bad_upgrade_through_call {
class Table {
public:
  void touch(int key) {
    std::shared_lock<std::shared_mutex> lock(mutex_);
    if (size_ < key)
      grow(key); // expect-any(upgrade): raddle-double-lock
  }
  void grow(int key) {
    std::unique_lock<std::shared_mutex> lock(mutex_); // expect-any(upgrade): raddle-double-lock
    size_ = key;
  }

private:
  std::shared_mutex mutex_;
  int size_ = 0;
};
void use(Table &table) { table.touch(1); }
} // namespace bad_upgrade_through_call

namespace bad_read_under_write {
std::shared_mutex mutex;
int value;

int update() {
  std::unique_lock<std::shared_mutex> writing(mutex);
  ++value;
  std::shared_lock<std::shared_mutex> reading(mutex); // expect: raddle-double-lock
  return value;
}
} // namespace bad_read_under_write

namespace bad_read_again {
class Table {
public:
  int size() const {
    std::shared_lock<std::shared_mutex> lock(mutex_); // expect-any(again): raddle-double-lock
    return size_;
  }
  bool has(int key) const {
    std::shared_lock<std::shared_mutex> lock(mutex_);
    return key < size(); // expect-any(again): raddle-double-lock
  }
  void grow() {
    std::unique_lock<std::shared_mutex> lock(mutex_);
    ++size_;
  }

private:
  mutable std::shared_mutex mutex_;
  int size_ = 0;
};
bool use(Table &table) {
  table.grow();
  return table.has(1);
}
} // namespace bad_read_again

namespace good_read_again_without_writer {
// Nobody ever takes it exclusively, so no reader waits.
static std::shared_mutex mutex;
static int value;

static int inner() {
  std::shared_lock<std::shared_mutex> lock(mutex);
  return value;
}
int outer() {
  std::shared_lock<std::shared_mutex> lock(mutex);
  return value + inner();
}
} // namespace good_read_again_without_writer

namespace bad_rwlock_upgrade {
pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
int value;

void update() {
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_wrlock(&lock); // expect: raddle-double-lock
  ++value;
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_unlock(&lock);
}
} // namespace bad_rwlock_upgrade

namespace good_given_up_before {
std::shared_mutex mutex;
int value;

void update() {
  {
    std::shared_lock<std::shared_mutex> reading(mutex);
    if (value != 0)
      return;
  }
  std::unique_lock<std::shared_mutex> writing(mutex);
  if (value == 0)
    value = 1;
}
void updateByHand() {
  std::shared_lock<std::shared_mutex> reading(mutex);
  const bool empty = value == 0;
  reading.unlock();
  if (empty) {
    std::unique_lock<std::shared_mutex> writing(mutex);
    value = 1;
  }
}
} // namespace good_given_up_before

namespace good_another_lock {
std::shared_mutex mutex;
std::mutex other;
int value;

void update() {
  std::shared_lock<std::shared_mutex> reading(mutex);
  std::unique_lock<std::mutex> lock(other);
  ++value;
}
} // namespace good_another_lock
