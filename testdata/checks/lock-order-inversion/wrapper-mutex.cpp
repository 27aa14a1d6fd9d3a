// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A project's own mutex class with method names of its own. The finding stands where the wrapper is used, and
// names the field that holds the wrapper.
#include <mutex>
#include <pthread.h>

namespace port {
class Latch {
public:
  Latch() { pthread_mutex_init(&handle_, nullptr); }
  ~Latch() { pthread_mutex_destroy(&handle_); }
  void Enter() { pthread_mutex_lock(&handle_); }
  void Leave() { pthread_mutex_unlock(&handle_); }
  bool Attempt() { return pthread_mutex_trylock(&handle_) == 0; }

private:
  pthread_mutex_t handle_;
};

// A wrapper around the wrapper.
class NamedLatch {
public:
  explicit NamedLatch(const char *name) : name_(name) {}
  void Enter() {
    latch_.Enter();
    holder_ = name_;
  }
  void Leave() {
    holder_ = nullptr;
    latch_.Leave();
  }

private:
  const char *name_;
  const char *holder_ = nullptr;
  Latch latch_;
};
} // namespace port

namespace bad {
class Store {
public:
  void put() {
    index_.Enter();
    data_.Enter(); // expect-any(store): raddle-lock-order-inversion "Store::index_" "Store::data_"
    ++size_;
    data_.Leave();
    index_.Leave();
  }
  void compact() {
    data_.Enter();
    index_.Enter(); // expect-any(store): raddle-lock-order-inversion "Store::index_" "Store::data_"
    --size_;
    index_.Leave();
    data_.Leave();
  }

private:
  port::Latch index_;
  port::Latch data_;
  int size_ = 0;
};
void use(Store &store) {
  store.put();
  store.compact();
}
} // namespace bad

namespace bad_wrapped_twice {
port::NamedLatch a("a"), b("b");
int counter;

void forward() {
  a.Enter();
  b.Enter(); // expect-any(twice): raddle-lock-order-inversion
  ++counter;
  b.Leave();
  a.Leave();
}
void backward() {
  b.Enter();
  a.Enter(); // expect-any(twice): raddle-lock-order-inversion
  ++counter;
  a.Leave();
  b.Leave();
}
} // namespace bad_wrapped_twice

namespace good_two_instances {
// Two latches in one order: not one lock, though both are port::Latch::handle_ inside.
port::Latch a, b;
int counter;

void forward() {
  a.Enter();
  b.Enter();
  ++counter;
  b.Leave();
  a.Leave();
}
void forwardToo() {
  a.Enter();
  ++counter;
  a.Leave();
  b.Enter();
  ++counter;
  b.Leave();
}
} // namespace good_two_instances

namespace good_attempt {
port::Latch a, b;
int counter;

void forward() {
  a.Enter();
  b.Enter();
  ++counter;
  b.Leave();
  a.Leave();
}
void backward() {
  b.Enter();
  if (a.Attempt()) {
    ++counter;
    a.Leave();
  }
  b.Leave();
}
} // namespace good_attempt
