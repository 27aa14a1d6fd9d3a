// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements of arrays of locks: one name for all, so nothing is said of two elements.
#include <array>
#include <mutex>
#include <vector>

namespace good_all_in_order {
struct Shard {
  std::mutex mutex;
  int count = 0;
};
std::array<Shard, 16> shards;

int total() {
  for (Shard &shard : shards)
    shard.mutex.lock();
  int sum = 0;
  for (Shard &shard : shards)
    sum += shard.count;
  for (Shard &shard : shards)
    shard.mutex.unlock();
  return sum;
}
void add(unsigned hash) {
  Shard &shard = shards[hash % shards.size()];
  std::lock_guard<std::mutex> lock(shard.mutex);
  ++shard.count;
}
} // namespace good_all_in_order

namespace two_elements {
// not followed: i and j may come in either order.
std::vector<std::mutex> locks(8);
int counter;

void both(unsigned i, unsigned j) {
  std::lock_guard<std::mutex> x(locks[i]);
  std::lock_guard<std::mutex> y(locks[j]);
  ++counter;
}
} // namespace two_elements

namespace bad_element_and_lock {
std::mutex stripes[8];
std::mutex whole;
int counter;

void one(unsigned i) {
  std::lock_guard<std::mutex> x(stripes[i]);
  std::lock_guard<std::mutex> y(whole); // expect-any(element): raddle-lock-order-inversion
  ++counter;
}
void all() {
  std::lock_guard<std::mutex> y(whole);
  for (std::mutex &stripe : stripes) {
    std::lock_guard<std::mutex> x(stripe); // expect-any(element): raddle-lock-order-inversion
    ++counter;
  }
}
} // namespace bad_element_and_lock
