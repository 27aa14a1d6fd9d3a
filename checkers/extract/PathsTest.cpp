// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle::checkers;

TEST(Paths, FieldsPointersAndElements) {
  Extracted X(R"(
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <vector>
struct Node { std::mutex m; Node *next; union { struct { std::mutex inner; }; }; };
struct Table {
  Node node, *pointer, nodes[4];
  std::unique_ptr<Node> owned;
  std::shared_ptr<Node> shared;
  std::vector<Node> vector;
  std::map<int, std::unique_ptr<Node>> map;
  static std::mutex global;
  void f(int i) {
    node.m.lock();
    node.inner.lock();
    (*pointer).m.lock();
    (&pointer[i])->m.lock();
    nodes[i].next->m.lock();
    owned->m.lock();
    owned.get()->m.lock();
    shared->next->m.lock();
    vector.at(i).m.lock();
    vector.back().m.lock();
    map[i]->m.lock();
    map.find(i)->second->m.lock();
    global.lock();
    pointer->next->next->next->next->next->next->m.lock();
  }
};
)");
  EXPECT_EQ(X.function("Table::f"), R"(
  B0 returns
    #0 acquire this.node.m
    #1 acquire this.node.inner
    #2 acquire this->pointer.m
    #3 acquire this->pointer[].m
    #4 acquire this.nodes[]->next.m
    #5 acquire this->owned.m
    #6 acquire this->owned.m
    #7 acquire this->shared->next.m
    #8 acquire this.vector[].m
    #9 acquire this.vector[].m
    #10 acquire this.map[].m
    #11 acquire this.map[].m
    #12 acquire global<global>
    #13 acquire opaque0.m
)");
}

TEST(Paths, LocalsAndReferences) {
  Extracted X(R"(
#include <memory>
#include <mutex>
#include <vector>
struct Node { std::mutex m; Node *next; };
Node *find(int);
Node &deref(Node *);
void f(Node *n, std::shared_ptr<Node> p, std::vector<Node> &v) {
  Node &r = *n->next;
  r.m.lock();
  Node *l = n->next;
  l->m.lock();
  Node *found = find(1);
  found->m.lock();
  deref(n).m.lock();
  auto it = v.begin();
  it->m.lock();
  auto copy = p;
  copy->m.lock();
  std::unique_ptr<Node> made = std::make_unique<Node>();
  made->m.lock();
  (n ? n : l)->m.lock();
}
void loop(std::vector<Node> &v, std::vector<Node *> &w) {
  for (Node &n : v)
    n.m.lock();
  for (auto *n : w)
    n->m.lock();
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 work returns
    #0 acquire param0->next.m
    #1 store local0:l (param0->next)
    #2 acquire local0:l.m
    #3 call callee=find#I# (-)
    #4 store local1:found (result#3)
    #5 acquire local1:found.m
    #6 call callee=deref#*$@S@Node# (param0)
    #7 acquire result#6.m
    #8 store local2:it (param2[])
    #9 acquire local2:it.m
    #10 store local3:copy (param1)
    #11 acquire local3:copy.m
    #12 store local4:made (temp0)
    #13 acquire local4:made.m
    #14 acquire opaque0.m
)");
  EXPECT_EQ(X.function("loop"), R"(
  loop0 head=B1 bounded
  loop1 head=B2 bounded
  B0 -> B1
  B1 loop0 -> B5 B2
  B2 loop1 -> B4 B3
  B3 returns
  B4 loop1 -> B2
    #0 store local0:n (param1[])
    #1 acquire local0:n.m
  B5 loop0 -> B1
    #2 acquire param0[].m
)");
}

TEST(Paths, StoresOfPointers) {
  Extracted X(R"(
#include <mutex>
struct Holder {
  explicit Holder(std::mutex &m) : reference(m), pointer(&m) {}
  void set(Holder *other) {
    pointer = other->pointer;
    other->pointer = nullptr;
  }
  std::mutex &reference, *pointer, *none = nullptr;
};
struct Plain { std::mutex *m; int n; };
Plain fill(std::mutex &m) {
  Plain p{&m, 1};
  return p;
}
)");
  EXPECT_EQ(X.function("Holder::Holder"), R"(
  B0 returns
    #0 store this->reference (param0)
    #1 store this->pointer (param0)
    #2 store this->none (null)
)");
  EXPECT_EQ(X.function("Holder::set"), R"(
  B0 work returns
    #0 store this->pointer (param0->pointer)
    #1 store param0->pointer (null)
)");
  EXPECT_EQ(X.function("fill"), R"(
  B0 returns local0:p
    #0 store local0:p->m (param0)
    #1 store return (local0:p)
)");
}

TEST(Paths, Destruction) {
  Extracted X(R"(
#include <memory>
#include <mutex>
std::mutex m;
struct Guard { Guard(); ~Guard(); };
struct Owner { ~Owner() {} Guard guard; std::unique_lock<std::mutex> lock; };
struct Implicit { Guard first; std::unique_ptr<Owner> second; int third; };
struct Nothing { int *p; };
void locals() {
  Guard g;
  Implicit i;
  Nothing n;
  {
    std::unique_ptr<Guard> p;
  }
}
void temporary() {
  Guard(), m.lock();
  m.unlock();
}
void deleted(Owner *o) { delete o; }
)");
  EXPECT_EQ(X.function("locals"), R"(
  B0 returns
    #0 call local0:g callee=Guard#
    #1 call local1:i callee=Implicit#
    #2 store local2:p (null)
    #3 destroy local2:p callee=~Guard#
    #4 destroy local1:i callee=~Implicit#
    #5 destroy local0:g callee=~Guard#
)");
  EXPECT_EQ(X.function("temporary"), R"(
  B0 returns
    #0 call temp0 callee=Guard#
    #1 acquire global<m>
    #2 destroy temp0 callee=~Guard#
    #3 release global<m>
)");
  EXPECT_EQ(X.function("deleted"), R"(
  B0 work returns
    #0 destroy param0 callee=~Owner#
)");
  EXPECT_EQ(X.function("Owner::~Owner"), R"(
  B0 returns
    #0 destroy this.lock
    #1 destroy this.guard callee=~Guard#
)");
  EXPECT_EQ(X.function("Implicit::~Implicit"), R"(
  B0 returns
    #0 destroy this->second callee=~Owner#
    #1 destroy this.first callee=~Guard#
)");
}

TEST(Paths, OrderedPairs) {
  Extracted X(R"(
#include <functional>
#include <mutex>
struct Account { std::mutex m; int id; int rank() const; };
void byAddress(Account &a, Account &b) {
  if (&a < &b)
    a.m.lock();
}
void byId(Account *a, Account *b) {
  if (a->id > b->id)
    a->m.lock();
}
bool byFunction(Account &a, Account &b) {
  return std::less<Account *>()(&a, &b) || a.rank() < b.rank();
}
)");
  EXPECT_EQ(X.function("byAddress"), R"(
  ordered param0 < param1
  B0 -> B1 B2
  B1 -> B2
    #0 acquire param0.m
  B2 returns
)");
  EXPECT_EQ(X.function("byId"), R"(
  ordered param0 < param1
  B0 -> B1 B2
  B1 -> B2
    #0 acquire param0.m
  B2 returns
)");
  EXPECT_EQ(X.function("byFunction"), R"(
  ordered param0 < param1
  ordered param0 < param1
  B0 -> B2 B1
  B1 -> B2
    #0 call param0 callee=rank#1
    #1 call param1 callee=rank#1
  B2 returns
)");
}

TEST(Paths, CoroutineBody) {
  Extracted X(R"(
#include <coroutine>
#include <mutex>
std::mutex m;
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
Task run() {
  m.lock();
  co_await std::suspend_always{};
  m.unlock();
  co_return;
}
)");
  EXPECT_EQ(X.function("run"), R"(
  B0 work returns
    #0 acquire global<m>
    #1 release global<m>
    #2 call local0:__promise callee=return_void#
)");
}

TEST(Paths, OwnersThatAreMovedFrom) {
  Extracted X(R"(
#include <memory>
#include <utility>
struct Guard { Guard(); ~Guard(); };
void eat(std::unique_ptr<Guard>);
void hand() {
  auto p = std::make_unique<Guard>();
  eat(std::move(p));
}
std::unique_ptr<Guard> make() {
  std::unique_ptr<Guard> p(new Guard);
  return p;
}
void keep() { auto p = make(); }
)");
  EXPECT_EQ(X.function("hand"), R"(
  B0 work returns
    #0 call temp1 callee=Guard#
    #1 store local0:p (temp1)
    #2 call callee=eat#$@N@std@S@unique_ptr>#$@S@Guard#$@N@std@S@default_delete>#S1_# (local0:p)
)");
  EXPECT_EQ(X.function("make"), R"(
  B0 work returns local0:p
    #0 call temp0 callee=Guard#
    #1 store local0:p (temp0)
)");
  EXPECT_EQ(X.function("keep"), R"(
  B0 returns
    #0 call callee=make#
    #1 store local0:p (result#0)
    #2 destroy local0:p callee=~Guard#
)");
}

TEST(Paths, GlobalInitialisers) {
  Extracted X(R"(
#include <functional>
#include <mutex>
void first(int);
struct Row { const char *name; void (*run)(int); };
static const Row rows[] = {{"a", first}, {"b", &first}};
std::function<void()> callback = [] { first(1); };
struct Registrar { Registrar(std::function<void()>); } registrar([] {});
std::mutex m, &alias = m;
void use() {
  alias.lock();
  rows[1].run(2);
}
)");
  EXPECT_EQ(X.function("initialisation of globals in unit.cpp"), R"(
  B0 returns
    #0 store global<unit.cpp#c:unit.cpp@rows>[]->run (function<first#I#>)
    #1 store global<unit.cpp#c:unit.cpp@rows>[]->run (function<first#I#>)
    #2 store temp3.$fn (function<$unit.cpp$lambda@7:34>)
    #3 store global<callback> (temp3)
    #4 store temp4.$fn (function<$unit.cpp$lambda@8:66>)
    #5 call global<registrar> callee=Registrar#$@N@std@S@function>#Fv()# (temp4)
)");
  EXPECT_EQ(X.function("use"), R"(
  B0 returns
    #0 acquire global<m>
    #1 call calling=global<unit.cpp#c:unit.cpp@rows>[]->run (-)
)");
}
