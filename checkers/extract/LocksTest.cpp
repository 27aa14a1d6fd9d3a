// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle::checkers;

TEST(Locks, GuardsOfTheStandardLibrary) {
  Extracted X(R"(
#include <chrono>
#include <mutex>
std::mutex a, b;
std::timed_mutex t;
void scoped() { std::scoped_lock l(a, b); }
void deferred() {
  std::unique_lock<std::mutex> l(a, std::defer_lock);
  l.lock();
  l.unlock();
  l.release();
}
void adopted() {
  a.lock();
  std::lock_guard<std::mutex> l(a, std::adopt_lock);
}
bool tried() {
  std::unique_lock<std::mutex> l(a, std::try_to_lock);
  return l.owns_lock();
}
void timed() {
  std::unique_lock<std::timed_mutex> l(t, std::chrono::seconds(1));
  if (l)
    l.unlock();
}
void both() {
  std::unique_lock<std::mutex> x(a, std::defer_lock), y(b, std::defer_lock);
  std::lock(x, y);
}
)");
  EXPECT_EQ(X.function("scoped"), R"(
  B0 returns
    #0 guard-init local0:l (global<a>, global<b>) group=1
    #1 destroy local0:l
)");
  EXPECT_EQ(X.function("deferred"), R"(
  B0 returns
    #0 guard-init local0:l (global<a>) deferred
    #1 guard-acquire local0:l
    #2 guard-release local0:l
    #3 guard-disown local0:l
    #4 destroy local0:l
)");
  EXPECT_EQ(X.function("adopted"), R"(
  B0 returns
    #0 acquire global<a>
    #1 guard-init local0:l (global<a>) adopted
    #2 destroy local0:l
)");
  EXPECT_EQ(X.function("tried"), R"(
  B0 returns is #1
    #0 guard-init local0:l (global<a>) try try-lock
    #1 guard-owns local0:l
    #2 destroy local0:l
)");
  EXPECT_EQ(X.function("timed"), R"(
  B0 -> B1 B2 if #1
    #0 guard-init local0:l (global<t>) timed
    #1 guard-owns local0:l
  B1 -> B2
    #2 guard-release local0:l
  B2 returns
    #3 destroy local0:l
)");
  EXPECT_EQ(X.function("both"), R"(
  B0 returns
    #0 guard-init local0:x (global<a>) deferred
    #1 guard-init local1:y (global<b>) deferred
    #2 guard-acquire local0:x group=1
    #3 guard-acquire local1:y group=1
    #4 destroy local1:y
    #5 destroy local0:x
)");
}

TEST(Locks, GuardsMoveAndSwap) {
  Extracted X(R"(
#include <mutex>
#include <optional>
std::mutex a, b;
std::unique_lock<std::mutex> give() {
  std::unique_lock<std::mutex> l(a);
  return l;
}
void take() {
  auto l = give();
  std::unique_lock<std::mutex> other(std::move(l));
}
void swapped() {
  std::unique_lock<std::mutex> x(a), y(b);
  std::swap(x, y);
  x.swap(y);
}
std::optional<std::unique_lock<std::mutex>> optional() {
  std::unique_lock<std::mutex> l(a, std::try_to_lock);
  if (!l)
    return std::nullopt;
  return l;
}
)");
  EXPECT_EQ(X.function("give"), R"(
  B0 returns return
    #0 guard-init local0:l (global<a>)
    #1 guard-move return (local0:l)
    #2 destroy local0:l
)");
  EXPECT_EQ(X.function("take"), R"(
  B0 returns
    #0 call callee=give# result=local0:l
    #1 guard-move local1:other (local0:l)
    #2 destroy local1:other
    #3 destroy local0:l
)");
  EXPECT_EQ(X.function("swapped"), R"(
  B0 returns
    #0 guard-init local0:x (global<a>)
    #1 guard-init local1:y (global<b>)
    #2 guard-swap local0:x (local1:y)
    #3 guard-swap local0:x (local1:y)
    #4 destroy local1:y
    #5 destroy local0:x
)");
  EXPECT_EQ(X.function("optional"), R"(
  B0 -> B2 B1 if !#1
    #0 guard-init local0:l (global<a>) try try-lock
    #1 guard-owns local0:l
  B1 returns return
    #2 guard-move return (local0:l)
    #3 destroy local0:l
  B2 returns return
    #4 destroy local0:l
)");
}

TEST(Locks, RecursiveAndShared) {
  Extracted X(R"(
#include <mutex>
#include <shared_mutex>
std::recursive_mutex r;
std::shared_mutex s;
void f() {
  std::lock_guard<std::recursive_mutex> l(r);
  r.lock();
  s.lock_shared();
  std::shared_lock<std::shared_mutex> read(s);
  s.unlock_shared();
  r.unlock();
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 returns
    #0 guard-init local0:l (global<r>) recursive
    #1 acquire global<r> recursive
    #2 acquire global<s> shared
    #3 guard-init local1:read (global<s>) shared
    #4 release global<s> shared
    #5 release global<r>
    #6 destroy local1:read
    #7 destroy local0:l
)");
}

TEST(Locks, PosixAndC11) {
  Extracted X(R"(
#define _GNU_SOURCE
#include <pthread.h>
#include <threads.h>
struct queue { pthread_mutex_t m; pthread_rwlock_t rw; pthread_mutex_t again; };
static pthread_mutex_t r = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static mtx_t c;
void lock(struct queue *q) {
  pthread_mutex_lock(&q->m);
  pthread_mutex_lock(&r);
  pthread_mutex_lock(&q->again);
  pthread_mutex_unlock(&q->m);
  mtx_lock(&c);
}
int attempt(struct queue *q) {
  if (pthread_mutex_trylock(&q->m) == 0)
    return 1;
  int code = mtx_trylock(&c);
  return code == thrd_success;
}
void rw(struct queue *q) {
  pthread_rwlock_rdlock(&q->rw);
  pthread_rwlock_unlock(&q->rw);
}
void setup(struct queue *q) {
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&q->again, &kind);
  mtx_init(&c, mtx_plain | mtx_recursive);
}
)",
              "unit.c");
  EXPECT_EQ(X.function("lock"), R"(
  B0 returns
    #0 acquire param0.m
    #1 acquire global<unit.c#c:unit.c@r> recursive
    #2 acquire param0.again recursive
    #3 release param0.m
    #4 acquire global<unit.c#c:unit.c@c> recursive
)");
  EXPECT_EQ(X.function("attempt"), R"(
  B0 -> B2 B1 if #0
    #0 acquire param0.m try try-lock
  B1 returns is #1
    #1 acquire global<unit.c#c:unit.c@c> try try-lock recursive
  B2 returns true
)");
  EXPECT_EQ(X.function("rw"), R"(
  B0 returns
    #0 acquire param0.rw shared
    #1 release param0.rw
)");
  EXPECT_EQ(X.function("setup"), R"(
  B0 work returns
)");
}

TEST(Locks, OnceAndStaticLocals) {
  Extracted X(R"(
#include <mutex>
std::once_flag flag;
struct Heavy { Heavy(); int x; };
void once() { std::call_once(flag, [] {}); }
int local() {
  static Heavy h;
  return h.x;
}
int constant() {
  static int n = 3;
  return n;
}
)");
  EXPECT_EQ(X.function("once"), R"(
  B0 returns
    #0 store temp1.$fn (function<once#$lambda@5:36>)
    #1 acquire global<flag>
    #2 call temp1 callee=once#$lambda@5:36
    #3 release global<flag>
)");
  EXPECT_EQ(X.function("local"), R"(
  B0 -> B2 B1
  B1 -> B2
    #0 acquire global<local#::h@7:16>
    #1 call global<local#::h@7:16> callee=Heavy#
    #2 release global<local#::h@7:16>
  B2 returns
)");
  EXPECT_EQ(X.function("constant"), R"(
  B0 returns
)");
}

TEST(Locks, CapabilityAttributes) {
  Extracted X(R"(
struct __attribute__((capability("mutex"))) Gate {
  void shut() __attribute__((acquire_capability()));
  void open() __attribute__((release_capability()));
  bool attempt() __attribute__((try_acquire_capability(true)));
};
struct Box { Gate gate; };
void needs(Box &box) __attribute__((requires_capability(box.gate)));
)");
  EXPECT_EQ(X.function("Gate::shut"), R"(
  declared acquires this exclusive
)");
  EXPECT_EQ(X.function("Gate::open"), R"(
  declared releases this exclusive
)");
  EXPECT_EQ(X.function("Gate::attempt"), R"(
  declared try-acquires this exclusive
)");
  EXPECT_EQ(X.function("needs"), R"(
  declared requires param0.gate exclusive
)");
}

TEST(Locks, OwnWrappersStayCalls) {
  Extracted X(R"(
#include <mutex>
#include <utility>
class Guard {
public:
  explicit Guard(std::mutex &m) : m_(&m) { m_->lock(); }
  Guard(Guard &&o) : m_(std::exchange(o.m_, nullptr)) {}
  ~Guard() {
    if (m_)
      m_->unlock();
  }
private:
  std::mutex *m_;
};
struct Own { void lock(); void unlock(); };
void use(std::mutex &m, Own &own) {
  Guard g(m);
  Guard(std::move(g));
  std::lock_guard<Own> l(own);
}
)");
  EXPECT_EQ(X.function("Guard::Guard"), R"(
  B0 returns
    #0 store this->m_ (param0)
    #1 acquire this->m_
)");
  EXPECT_EQ(X.function("Guard::~Guard"), R"(
  B0 -> B1 B2
  B1 -> B2
    #0 release this->m_
  B2 returns
)");
  EXPECT_EQ(X.function("use"), R"(
  B0 returns
    #0 call local0:g callee=Guard#&$@N@std@S@mutex# (param0)
    #1 call temp0 callee=Guard#&&$@S@Guard# (local0:g)
    #2 destroy temp0 callee=~Guard#
    #3 guard-init local1:l callee=lock# (param1)
    #4 destroy local1:l
    #5 destroy local0:g callee=~Guard#
)");
}
