// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The second acquisition is several calls away, in another class, or behind a parameter.
#include <mutex>

namespace owner_of_owner {
class Server;

class Session {
public:
  explicit Session(Server &server) : server_(server) {}
  void close();

private:
  Server &server_;
};

class Server {
public:
  void closeAll(Session &session) {
    std::lock_guard<std::mutex> lock(mutex_);
    session.close();
    --open_;
  }
  void sessionClosed() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++closed_;
  }

private:
  std::mutex mutex_;
  int open_ = 0;
  int closed_ = 0;
};

// not followed: whether the session's server is the one that closes it.
inline void Session::close() { server_.sessionClosed(); }
} // namespace owner_of_owner

namespace bad_global {
std::mutex mutex;
int counter;

static void third() {
  std::lock_guard<std::mutex> lock(mutex); // expect-any(global): raddle-double-lock
  ++counter;
}
static void second() { third(); }
void first() {
  std::lock_guard<std::mutex> lock(mutex);
  second(); // expect-any(global): raddle-double-lock
}
} // namespace bad_global

namespace bad_parameter {
class Buffer {
public:
  void append(int value) {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(parameter): raddle-double-lock
    sum_ += value;
  }
  std::mutex mutex_;
  int sum_ = 0;
};

static void fill(Buffer &target) { target.append(1); }
void refill(Buffer &buffer) {
  std::lock_guard<std::mutex> lock(buffer.mutex_);
  fill(buffer); // expect-any(parameter): raddle-double-lock
}
} // namespace bad_parameter

namespace bad_member_of_member {
class Counter {
public:
  void add() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(member): raddle-double-lock
    ++value_;
  }
  std::mutex &mutex() { return mutex_; }

private:
  std::mutex mutex_;
  int value_ = 0;
};
class Statistics {
public:
  void addTwo() {
    std::lock_guard<std::mutex> lock(hits_.mutex());
    hits_.add(); // expect-any(member): raddle-double-lock
  }
  void addOther() { // a different counter: fine
    std::lock_guard<std::mutex> lock(hits_.mutex());
    misses_.add();
  }

private:
  Counter hits_;
  Counter misses_;
};
void use(Statistics &statistics) {
  statistics.addTwo();
  statistics.addOther();
}
} // namespace bad_member_of_member

namespace good_released_by_callee {
// The callee gives the caller's lock back before it takes it again.
class Worker {
public:
  void step() {
    mutex_.lock();
    ++steps_;
    rest();
    ++steps_;
    mutex_.unlock();
  }

private:
  void rest() {
    mutex_.unlock();
    mutex_.lock();
  }
  std::mutex mutex_;
  int steps_ = 0;
};
void use(Worker &worker) { worker.step(); }
} // namespace good_released_by_callee

namespace good_recursion {
// Calls itself, but without the lock.
class Tree {
public:
  int visit(int depth) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ++visited_;
    }
    return depth == 0 ? 0 : visit(depth - 1);
  }

private:
  std::mutex mutex_;
  int visited_ = 0;
};
int use(Tree &tree) { return tree.visit(3); }
} // namespace good_recursion

namespace bad_recursion {
class Tree {
public:
  int visit(int depth) {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(recursion): raddle-double-lock
    ++visited_;
    return depth == 0 ? 0 : visit(depth - 1); // expect-any(recursion): raddle-double-lock
  }

private:
  std::mutex mutex_;
  int visited_ = 0;
};
int use(Tree &tree) { return tree.visit(3); }
} // namespace bad_recursion

namespace good_locks_if_told {
// The caller says whether the lock is held already.
class Store {
public:
  void save(bool locked) {
    if (!locked)
      mutex_.lock();
    ++saved_;
    if (!locked)
      mutex_.unlock();
  }
  void change() {
    std::lock_guard<std::mutex> lock(mutex_);
    save(true);
  }

private:
  std::mutex mutex_;
  int saved_ = 0;
};
} // namespace good_locks_if_told
