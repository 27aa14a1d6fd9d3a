// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guards that do not take the lock again, though a second one names it.
#include <condition_variable>
#include <mutex>
#include <utility>

namespace good_adopted {
std::mutex mutex;
int counter;

void adopt() {
  mutex.lock();
  std::lock_guard<std::mutex> lock(mutex, std::adopt_lock);
  ++counter;
}
} // namespace good_adopted

namespace good_deferred {
std::mutex mutex;
int counter;

void defer() {
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_lock<std::mutex> unused(mutex, std::defer_lock);
  ++counter;
}
} // namespace good_deferred

namespace good_moved {
std::mutex mutex;
int counter;

void move() {
  std::unique_lock<std::mutex> first(mutex);
  std::unique_lock<std::mutex> second = std::move(first);
  ++counter;
  second.unlock();
  first = std::unique_lock<std::mutex>(mutex);
  ++counter;
}
} // namespace good_moved

namespace good_relocked {
std::mutex mutex;
int counter;

void relock(int n) {
  std::unique_lock<std::mutex> lock(mutex);
  for (int i = 0; i < n; ++i) {
    lock.unlock();
    ++counter;
    lock.lock();
  }
}
void relockIfNeeded(bool rest) {
  std::unique_lock<std::mutex> lock(mutex);
  if (rest)
    lock.unlock();
  if (!lock.owns_lock())
    lock.lock();
  ++counter;
}
} // namespace good_relocked

namespace good_branches {
std::mutex mutex;
int counter;

void either(bool early) {
  std::unique_lock<std::mutex> lock(mutex, std::defer_lock);
  if (early)
    lock.lock();
  ++counter;
  if (!early)
    lock.lock();
  ++counter;
}
void loop(int n) {
  for (int i = 0; i < n; ++i) {
    mutex.lock();
    if (counter > 10) {
      mutex.unlock();
      break;
    }
    ++counter;
    mutex.unlock();
  }
}
} // namespace good_branches

namespace good_wait {
std::mutex mutex;
std::condition_variable ready;
bool isReady;

void consume() {
  std::unique_lock<std::mutex> lock(mutex);
  ready.wait(lock, [] { return isReady; });
  isReady = false;
}
} // namespace good_wait

namespace good_proof {
// The guard is handed down as the proof that the lock is held; the callee opens it for a while.
class Pool {
public:
  void run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (left_ > 0)
      step(lock);
  }

private:
  void step(std::unique_lock<std::mutex> &lock) {
    --left_;
    lock.unlock();
    work();
    lock.lock();
  }
  void work() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++done_;
  }
  std::mutex mutex_;
  int left_ = 0;
  int done_ = 0;
};
void use(Pool &pool) { pool.run(); }
} // namespace good_proof

namespace bad_loop {
std::mutex mutex;
int counter;

void loop(int n) {
  for (int i = 0; i < n; ++i) {
    mutex.lock(); // fine when reached from the other branch
    if (i % 2 == 0) {
      ++counter;
      mutex.unlock();
      continue;
    }
    mutex.unlock();
    std::lock_guard<std::mutex> outer(mutex);
    std::scoped_lock inner(mutex); // expect: raddle-double-lock
    ++counter;
  }
}
} // namespace bad_loop

namespace bad_relocked {
std::mutex mutex;
int counter;

void relock() {
  std::unique_lock<std::mutex> lock(mutex);
  ++counter;
  std::unique_lock<std::mutex> second(mutex, std::defer_lock);
  second.lock(); // expect: raddle-double-lock
}
} // namespace bad_relocked

namespace bad_group {
std::mutex a, b;
int counter;

void group() {
  std::lock_guard<std::mutex> y(b);
  std::scoped_lock both(a, b); // expect: raddle-double-lock
  ++counter;
}
} // namespace bad_group

namespace bad_proof_not_opened {
class Pool {
public:
  void run() {
    std::unique_lock<std::mutex> lock(mutex_);
    step(lock); // expect-any(proof): raddle-double-lock
  }

private:
  void step(std::unique_lock<std::mutex> &lock) {
    ++steps_;
    work(); // expect-any(proof): raddle-double-lock
    lock.unlock();
  }
  void work() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(proof): raddle-double-lock
    ++done_;
  }
  std::mutex mutex_;
  int steps_ = 0;
  int done_ = 0;
};
void use(Pool &pool) { pool.run(); }
} // namespace bad_proof_not_opened

namespace bad_returned_guard {
class Vault {
public:
  std::unique_lock<std::mutex> open() { return std::unique_lock<std::mutex>(mutex_); } // expect-any(returned): raddle-double-lock
  void add() {
    auto lock = open(); // expect-any(returned): raddle-double-lock
    ++content_;
  }
  void addTwo() {
    auto lock = open();
    add(); // expect-any(returned): raddle-double-lock
  }

private:
  std::mutex mutex_;
  int content_ = 0;
};
void use(Vault &vault) { vault.addTwo(); }
} // namespace bad_returned_guard
