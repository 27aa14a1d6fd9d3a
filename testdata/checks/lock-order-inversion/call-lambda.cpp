// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lambdas: called where they are made, passed to a function or template that calls them, kept for later.
#include <algorithm>
#include <mutex>
#include <vector>

namespace bad_passed_to_template {
std::mutex a, b;
std::vector<int> items;
int counter;

template <typename Visitor> void forEach(Visitor visit) {
  std::lock_guard<std::mutex> x(a); // expect-any(template): raddle-lock-order-inversion
  for (int item : items)
    visit(item);
}
void forward() {
  forEach([](int item) {
    std::lock_guard<std::mutex> y(b); // expect-any(template): raddle-lock-order-inversion
    counter += item;
  });
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  forEach([](int item) { counter -= item; });
}
} // namespace bad_passed_to_template

namespace bad_captures {
struct Queue {
  std::mutex mutex;
  int size = 0;
};
struct Log {
  std::mutex mutex;
  int lines = 0;
};

void forward(Queue &queue, Log &log) {
  std::lock_guard<std::mutex> x(queue.mutex);
  auto print = [&log, size = queue.size] {
    std::lock_guard<std::mutex> y(log.mutex); // expect-any(captures): raddle-lock-order-inversion "Queue::mutex" "Log::mutex"
    log.lines += size;
  };
  print();
}
void backward(Queue &queue, Log &log) {
  std::lock_guard<std::mutex> y(log.mutex);
  auto take = [&] {
    std::lock_guard<std::mutex> x(queue.mutex); // expect-any(captures): raddle-lock-order-inversion "Queue::mutex" "Log::mutex"
    --queue.size;
  };
  take();
}
} // namespace bad_captures

namespace bad_in_algorithm {
// The standard algorithm calls it at once.
std::mutex a, b;
std::vector<int> items;
int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::for_each(items.begin(), items.end(), [](int item) {
    std::lock_guard<std::mutex> y(b); // expect-any(algorithm): raddle-lock-order-inversion
    counter += item;
  });
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(algorithm): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_in_algorithm

namespace good_called_after {
// Made under the lock, called after it.
std::mutex a, b;
int counter;

void forward() {
  auto count = [] {
    std::lock_guard<std::mutex> y(b);
    ++counter;
  };
  {
    std::lock_guard<std::mutex> x(a);
    ++counter;
  }
  count();
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_called_after

namespace good_immediately_invoked {
std::mutex a, b;
int counter;

void forward() {
  const int value = [] {
    std::lock_guard<std::mutex> x(a);
    return counter;
  }();
  std::lock_guard<std::mutex> y(b);
  counter = value;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_immediately_invoked
