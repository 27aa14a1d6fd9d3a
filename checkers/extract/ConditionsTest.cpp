// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle::checkers;

TEST(Conditions, SuccessOfATry) {
  Extracted X(R"(
#include <mutex>
std::mutex a, b;
void use();
void direct() {
  if (a.try_lock())
    a.unlock();
}
void negated() {
  if (!a.try_lock())
    return;
  a.unlock();
}
void compound(bool wanted) {
  if (wanted && a.try_lock())
    a.unlock();
}
void variable() {
  const bool got = a.try_lock();
  use();
  if (got)
    a.unlock();
}
void assigned() {
  bool got;
  while (!(got = a.try_lock()))
    use();
}
bool returned() { return a.try_lock(); }
bool wrapper() {
  if (!returned())
    return false;
  return true;
}
)");
  EXPECT_EQ(X.function("direct"), R"(
  B0 -> B1 B2 if #0
    #0 acquire global<a> try try-lock
  B1 -> B2
    #1 release global<a>
  B2 returns
)");
  EXPECT_EQ(X.function("negated"), R"(
  B0 -> B2 B1 if !#0
    #0 acquire global<a> try try-lock
  B1 returns
    #1 release global<a>
  B2 returns
)");
  EXPECT_EQ(X.function("compound"), R"(
  B0 -> B1 B3
  B1 -> B2 B3 if #0
    #0 acquire global<a> try try-lock
  B2 -> B3
    #1 release global<a>
  B3 returns
)");
  EXPECT_EQ(X.function("variable"), R"(
  B0 -> B1 B2 if #0
    #0 acquire global<a> try try-lock
    #1 call callee=use#
  B1 -> B2
    #2 release global<a>
  B2 returns
)");
  EXPECT_EQ(X.function("assigned"), R"(
  loop0 head=B1
  B0 -> B1
  B1 loop0 -> B3 B2 if !#0
    #0 acquire global<a> try try-lock
  B2 returns
  B3 loop0 -> B1
    #1 call callee=use#
)");
  EXPECT_EQ(X.function("returned"), R"(
  B0 returns is #0
    #0 acquire global<a> try try-lock
)");
  EXPECT_EQ(X.function("wrapper"), R"(
  B0 -> B2 B1 if !#0
    #0 call callee=returned#
  B1 returns true
  B2 returns false
)");
}

TEST(Conditions, CountsAndCodes) {
  Extracted X(R"(
#include <pthread.h>
#include <poll.h>
#include <errno.h>
int posix(pthread_mutex_t *m) {
  int rc = pthread_mutex_trylock(m);
  if (rc == EBUSY)
    return 1;
  return rc;
}
void counts(pollfd *p) {
  while (poll(p, 1, 0) > 0)
    ;
}
)");
  EXPECT_EQ(X.function("posix"), R"(
  B0 -> B2 B1 if !#0
    #0 acquire param0 try try-lock
  B1 returns is !#0
  B2 returns true
)");
  EXPECT_EQ(X.function("counts"), R"(
  loop0 head=B1
  B0 -> B1
  B1 loop0 -> B1 B2 if #0
    #0 poll ready-now
  B2 returns
)");
}

TEST(Conditions, Loops) {
  Extracted X(R"(
#include <atomic>
#include <chrono>
#include <vector>
void use();
bool more();
struct Node { Node *next; };
void kinds(std::vector<int> &v, int n) {
  for (int i = 0; i < n; ++i)
    use();
  for (int x : v)
    use();
  while (true)
    use();
}
void deadline(std::chrono::steady_clock::time_point end) {
  while (std::chrono::steady_clock::now() < end)
    use();
}
void queue() {
  int tries = 0;
  while (more()) {
    if (++tries > 10)
      break;
  }
  do
    use();
  while (more());
}
void retry(std::atomic<int> &a) {
  int seen = a.load();
  while (!a.compare_exchange_weak(seen, seen + 1)) {
  }
}
void jump() {
again:
  if (more())
    goto again;
}
void list(Node *n) {
  for (Node *p = n; p; p = p->next)
    use();
}
)");
  EXPECT_EQ(X.function("kinds"), R"(
  loop0 head=B1 bounded
  loop1 head=B2 bounded
  loop2 head=B3 forever
  B0 -> B1
  B1 loop0 -> B5 B2
  B2 loop1 -> B4 B3
  B3 loop2 -> B3
    #0 call callee=use#
  B4 loop1 -> B2
    #1 call callee=use#
  B5 loop0 -> B1
    #2 call callee=use#
)");
  EXPECT_EQ(X.function("deadline"), R"(
  loop0 head=B1 bounded
  B0 -> B1
  B1 loop0 -> B3 B2
  B2 returns
  B3 loop0 -> B1
    #0 call callee=use#
)");
  EXPECT_EQ(X.function("queue"), R"(
  loop0 head=B1 bounded
  loop1 head=B3
  B0 -> B1
  B1 loop0 -> B2 B3 if #0
    #0 call callee=more#
  B2 loop0 -> B3 B1
  B3 loop1 -> B3 B4 if #2
    #1 call callee=use#
    #2 call callee=more#
  B4 returns
)");
  EXPECT_EQ(X.function("retry"), R"(
  loop0 head=B1 retries-atomic
  B0 -> B1
    #0 poll param0 atomic-load
  B1 loop0 -> B1 B2 if !#1
    #1 atomic-update param0
  B2 returns
)");
  EXPECT_EQ(X.function("jump"), R"(
  loop0 head=B1
  B0 -> B1
  B1 loop0 -> B1 B2 if #0
    #0 call callee=more#
  B2 returns
)");
  EXPECT_EQ(X.function("list"), R"(
  loop0 head=B1 bounded
  B0 -> B1
    #0 store local0:p (param0)
  B1 loop0 -> B3 B2
  B2 returns
  B3 loop0 -> B1
    #1 call callee=use#
    #2 store local0:p (local0:p->next)
)");
}

TEST(Conditions, NestedLoops) {
  Extracted X(R"(
void use();
bool more();
void f() {
  while (more()) {
    for (;;) {
      use();
      if (more())
        break;
    }
  }
}
)");
  EXPECT_EQ(X.function("f"), R"(
  loop0 head=B1
  loop1 head=B3 in loop0 forever
  B0 -> B1
  B1 loop0 -> B3 B2 if #0
    #0 call callee=more#
  B2 returns
  B3 loop1 -> B1 B3 if #2
    #1 call callee=use#
    #2 call callee=more#
)");
}

TEST(Conditions, ControlFlow) {
  Extracted X(R"(
#include <cstdlib>
void one(); void two();
void switched(int k) {
  switch (k) {
  case 1: one(); break;
  default: two();
  }
}
void thrown(int k) {
  try {
    one();
    if (k)
      throw k;
  } catch (int) {
    two();
  }
}
void dead(bool x) {
  if (x) {
    one();
    std::abort();
  }
  two();
}
)");
  EXPECT_EQ(X.function("switched"), R"(
  B0 -> B2 B1
  B1 -> B3
    #0 call callee=two#
  B2 -> B3
    #1 call callee=one#
  B3 returns
)");
  EXPECT_EQ(X.function("thrown"), R"(
  B0 -> B1 B3
  B1 -> B2 B4
    #0 call callee=one#
  B2 work -> B3
  B3 -> B4
    #1 call callee=two#
  B4 returns
)");
  EXPECT_EQ(X.function("dead"), R"(
  B0 -> B2 B1
  B1 returns
    #0 call callee=two#
  B2 work
    #1 call callee=one#
)");
}

TEST(Conditions, HandlersFollowTheStartOfTheirTry) {
  Extracted X(R"(
#include <mutex>
std::mutex m;
void one(); void two();
void f() {
  m.lock();
  try {
    std::lock_guard<std::mutex> inner(m);
    one();
  } catch (...) {
    m.unlock();
    throw;
  }
  m.unlock();
}
void nested() {
  for (;;) {
    try {
      one();
    } catch (int) {
      try {
        two();
      } catch (...) {
        return;
      }
    }
  }
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 -> B1 B2
    #0 acquire global<m>
  B1 returns
    #1 guard-init local0:inner (global<m>)
    #2 call callee=one#
    #3 destroy local0:inner
    #4 release global<m>
  B2 work
    #5 release global<m>
)");
  EXPECT_EQ(X.function("nested"), R"(
  loop0 head=B1 forever
  B0 -> B1
  B1 loop0 -> B2 B3
  B2 loop0 -> B1
    #0 call callee=one#
  B3 loop0 -> B4 B5
  B4 loop0 -> B1
    #1 call callee=two#
  B5 returns
)");
}
