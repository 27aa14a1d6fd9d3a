// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One class, several objects: only the same object's lock is the same lock.
#include <memory>
#include <mutex>
#include <vector>

namespace good_assignment {
class Value {
public:
  Value &operator=(const Value &other) {
    if (this == &other)
      return *this;
    std::lock_guard<std::mutex> mine(mutex_);
    value_ = other.get();
    return *this;
  }
  int get() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return value_;
  }

private:
  mutable std::mutex mutex_;
  int value_ = 0;
};
void use(Value &one, const Value &two) { one = two; }
} // namespace good_assignment

namespace good_list {
struct Node {
  std::mutex mutex;
  Node *next = nullptr;
  int value = 0;
};
int sumOfTwo(Node *node) {
  std::lock_guard<std::mutex> first(node->mutex);
  if (!node->next)
    return node->value;
  std::lock_guard<std::mutex> second(node->next->mutex);
  return node->value + node->next->value;
}
int walk(Node *node) {
  // The pointer moves on, the lock that is held stays behind.
  node->mutex.lock();
  Node *previous = node;
  node = node->next;
  int value = 0;
  if (node) {
    node->mutex.lock();
    value = node->value;
    node->mutex.unlock();
  }
  previous->mutex.unlock();
  return value;
}
} // namespace good_list

namespace good_elements {
struct Shard {
  std::mutex mutex;
  int count = 0;
};
std::vector<std::unique_ptr<Shard>> shards;

int both(std::size_t i, std::size_t j) {
  std::lock_guard<std::mutex> first(shards[i]->mutex);
  std::lock_guard<std::mutex> second(shards[j]->mutex);
  return shards[i]->count + shards[j]->count;
}
void lockAll() {
  for (auto &shard : shards)
    shard->mutex.lock();
}
void unlockAll() {
  for (auto &shard : shards)
    shard->mutex.unlock();
}
} // namespace good_elements

namespace good_reassigned {
struct Holder {
  std::mutex *mutex = nullptr;
  int value = 0;
};
void swapLocks(Holder &holder, std::mutex &other) {
  std::lock_guard<std::mutex> first(*holder.mutex);
  holder.mutex = &other;
  std::lock_guard<std::mutex> second(*holder.mutex);
  ++holder.value;
}
} // namespace good_reassigned

namespace bad_same_object {
struct Shard {
  std::mutex mutex;
  int count = 0;
};
static void add(Shard *shard) {
  std::lock_guard<std::mutex> lock(shard->mutex); // expect-any(alias): raddle-double-lock
  ++shard->count;
}
void twice(Shard &shard) {
  Shard *alias = &shard;
  std::lock_guard<std::mutex> lock(shard.mutex);
  add(alias); // expect-any(alias): raddle-double-lock
}
} // namespace bad_same_object

namespace bad_same_for_both {
struct Account {
  std::mutex mutex;
  int balance = 0;
};
static void transfer(Account &from, Account &to) {
  std::lock_guard<std::mutex> x(from.mutex);
  std::lock_guard<std::mutex> y(to.mutex); // expect-any(both): raddle-double-lock
  --from.balance;
  ++to.balance;
}
void toItself(Account &account) {
  transfer(account, account); // expect-any(both): raddle-double-lock
}
} // namespace bad_same_for_both
