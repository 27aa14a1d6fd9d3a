#include <pthread.h>
#include <map>
#include <string>
#include <thread>
#include <vector>
namespace shop {
template <class T> class Queue {
public:
  void push(const T &V) { items_.push_back(V); }
  size_t size() const { return items_.size(); }
private:
  std::vector<T> items_;
};
} // namespace shop
int main() {
  auto *q = new shop::Queue<std::string>;
  std::thread a([q] { pthread_setname_np(pthread_self(), "producer 'x'"); q->push("one"); });
  std::thread b([q] { pthread_setname_np(pthread_self(), "consumer"); if (q->size() == 7) q->push("two"); });
  a.join();
  b.join();
  delete q;
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
