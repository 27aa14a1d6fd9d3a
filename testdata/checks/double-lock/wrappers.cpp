// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A project's own mutex and guards.
#include <mutex>
#include <utility>

class Latch {
public:
  void Enter() { mutex_.lock(); }
  void Leave() { mutex_.unlock(); }

private:
  std::mutex mutex_;
};

template <typename L> class Hold {
public:
  explicit Hold(L &latch) : latch_(&latch) { latch_->Enter(); }
  Hold(Hold &&other) noexcept : latch_(std::exchange(other.latch_, nullptr)) {}
  ~Hold() { drop(); }
  void drop() {
    if (latch_)
      std::exchange(latch_, nullptr)->Leave();
  }

private:
  L *latch_;
};

namespace bad_guard {
class Store {
public:
  void put() {
    Hold<Latch> hold(latch_); // expect-any(store): raddle-double-lock "Store::latch_"
    ++size_;
  }
  void putTwo() {
    Hold<Latch> hold(latch_);
    put(); // expect-any(store): raddle-double-lock "Store::latch_"
  }

private:
  Latch latch_;
  int size_ = 0;
};
void use(Store &store) { store.putTwo(); }
} // namespace bad_guard

namespace bad_by_hand {
Latch latch;
int counter;

void twice() {
  latch.Enter();
  latch.Enter(); // expect: raddle-double-lock
  ++counter;
  latch.Leave();
}
} // namespace bad_by_hand

namespace good_dropped {
class Store {
public:
  void put() {
    Hold<Latch> hold(latch_);
    ++size_;
  }
  void putTwo() {
    Hold<Latch> hold(latch_);
    ++size_;
    hold.drop();
    put();
  }
  void putMoved() {
    Hold<Latch> hold(latch_);
    {
      Hold<Latch> inner(std::move(hold));
      ++size_;
    }
    put();
  }

private:
  Latch latch_;
  int size_ = 0;
};
void use(Store &store) {
  store.putTwo();
  store.putMoved();
}
} // namespace good_dropped

namespace good_two_latches {
class Store {
public:
  void put() {
    Hold<Latch> a(first_);
    Hold<Latch> b(second_);
    ++size_;
  }

private:
  Latch first_;
  Latch second_;
  int size_ = 0;
};
void use(Store &store) { store.put(); }
} // namespace good_two_latches
