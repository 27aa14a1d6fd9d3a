// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle::checkers;

TEST(Callables, Lambdas) {
  Extracted X(R"(
#include <mutex>
struct S { std::mutex m; void g(); void f(std::mutex &p, int n); };
void S::f(std::mutex &p, int n) {
  std::mutex local;
  auto run = [this, &p, &local, n] {
    m.lock();
    p.lock();
    local.lock();
    g();
  };
  run();
}
)");
  EXPECT_EQ(X.function("S::f"), R"(
  B0 returns
    #0 store temp0->$cap:this (this)
    #1 store temp0->$cap:p (param0)
    #2 store temp0->$cap:local (local0:local)
    #3 store temp0.$fn (function<f#&$@N@std@S@mutex#I#$lambda@6:14>)
    #4 store local1:run (temp0)
    #5 call local1:run callee=f#&$@N@std@S@mutex#I#$lambda@6:14
)");
}

TEST(Callables, FunctionsAsValues) {
  Extracted X(R"(
#include <functional>
#include <vector>
struct Button {
  std::function<void()> action;
  void (*plain)(int);
  std::vector<std::function<void()>> all;
  void set(std::function<void()> f) { action = std::move(f); }
  void press() {
    action();
    plain(1);
    for (auto &one : all)
      one();
  }
};
struct Window { Button b; void open(int); void wire(); };
void print(int);
void Window::wire() {
  b.set(std::bind(&Window::open, this, 1));
  b.set([this] { open(2); });
  b.plain = &print;
  b.all.push_back([] {});
}
)");
  EXPECT_EQ(X.function("Button::set"), R"(
  B0 work returns
    #0 store this.action (param0)
)");
  EXPECT_EQ(X.function("Button::press"), R"(
  loop0 head=B1 bounded
  B0 -> B1
    #0 call calling=this.action
    #1 call calling=this->plain (-)
  B1 loop0 -> B3 B2
  B2 returns
  B3 loop0 -> B1
    #2 call calling=this.all[]
)");
  EXPECT_EQ(X.function("Window::wire"), R"(
  B0 work returns
    #0 store temp6.$fn (function<open#I#>)
    #1 store temp6.$bind0 (this)
    #2 call this.b callee=set#$@N@std@S@function>#Fv()# (temp6)
    #3 store temp7->$cap:this (this)
    #4 store temp7.$fn (function<wire#$lambda@20:9>)
    #5 call this.b callee=set#$@N@std@S@function>#Fv()# (temp7)
    #6 store this.b->plain (function<print#I#>)
    #7 store temp8.$fn (function<wire#$lambda@22:19>)
    #8 store this.b.all[] (temp8)
)");
}

TEST(Callables, LibraryFunctionsThatCall) {
  Extracted X(R"(
#include <algorithm>
#include <functional>
#include <vector>
struct Less { bool operator()(int, int) const; };
void g(int);
void f(std::vector<int> &v) {
  std::for_each(v.begin(), v.end(), g);
  std::sort(v.begin(), v.end(), Less());
  std::invoke([](int) {}, 3);
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 work returns
    #0 call callee=g#I#
    #1 call temp1 callee=operator()#I#I#1
    #2 store temp2.$fn (function<f#&$@N@std@S@vector>#I#$@N@std@S@allocator>#I#$lambda@10:15>)
    #3 call temp2 callee=f#&$@N@std@S@vector>#I#$@N@std@S@allocator>#I#$lambda@10:15 (-)
)");
}

TEST(Callables, TemplatesAreTheirInstances) {
  Extracted X(R"(
template <class F> void with(F f) { f(); }
void use() { with([] {}); }
)");
  EXPECT_EQ(X.function("with<(lambda)>((lambda))"), R"(
  B0 returns
    #0 call param0 callee=use#$lambda@3:19
)");
  EXPECT_EQ(X.function("use"), R"(
  B0 returns
    #0 store temp0.$fn (function<use#$lambda@3:19>)
    #1 call callee=unit.cpp#c:unit.cpp@F@with<#$@F@use#@Sa>#S0_#$<use#$lambda@3:19> (temp0)
)");
}

TEST(Callables, VirtualCalls) {
  Extracted X(R"(
struct Base { virtual void f(); virtual ~Base(); };
struct Derived : Base { void f() override; };
struct Last final : Base { void f() override; };
void call(Base *b, Derived &d, Last *l) {
  b->f();
  d.Derived::f();
  l->f();
  Derived whole;
  whole.f();
}
)");
  EXPECT_EQ(X.function("call"), R"(
  B0 returns
    #0 call param0 callee=f# virtual
    #1 call param1 callee=f#
    #2 call param2 callee=f#
    #3 call local0:whole callee=Derived#
    #4 call local0:whole callee=f#
    #5 destroy local0:whole callee=~Derived#
)");
}

TEST(Callables, PredicatesRunUnderTheLock) {
  Extracted X(R"(
#include <condition_variable>
#include <mutex>
std::mutex m;
std::condition_variable c;
bool ready;
void f() {
  std::unique_lock<std::mutex> l(m);
  c.wait(l, [] { return ready; });
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 returns
    #0 guard-init local0:l (global<m>)
    #1 store temp0.$fn (function<f#$lambda@9:13>)
    #2 call temp0 callee=f#$lambda@9:13
    #3 wait global<c> (local0:l) predicate guard
    #4 destroy local0:l
)");
}
