// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle::checkers;

TEST(Threads, StartsAndJoins) {
  Extracted X(R"(
#include <functional>
#include <thread>
#include <vector>
struct Pool {
  std::vector<std::thread> workers;
  std::thread one;
  void run(int);
  void start() {
    for (int i = 0; i < 4; ++i)
      workers.emplace_back([this, i] { run(i); });
    workers.push_back(std::thread(&Pool::run, this, 9));
    one = std::thread(std::bind(&Pool::run, this, 1));
  }
  void stop() {
    for (auto &w : workers)
      w.join();
    if (one.joinable())
      one.join();
  }
};
)");
  EXPECT_EQ(X.function("Pool::start"), R"(
  loop0 head=B1 bounded
  B0 -> B1
  B1 loop0 -> B3 B2
  B2 work returns
    #0 spawn this.workers[] callee=run#I# (this, -) as thread with-object
    #1 store temp2.$fn (function<run#I#>)
    #2 store temp2.$bind0 (this)
    #3 spawn this.one calling=temp2 as thread
  B3 loop0 work -> B1
    #4 store temp3->$cap:this (this)
    #5 store temp3.$fn (function<start#$lambda@11:28>)
    #6 spawn this.workers[] callee=start#$lambda@11:28 (temp3) as thread with-object in-loop
)");
  EXPECT_EQ(X.function("Pool::stop"), R"(
  loop0 head=B1 bounded
  B0 -> B1
    #0 join this.workers[]
  B1 loop0 -> B5 B2
  B2 -> B3 B4
  B3 -> B4
    #1 join this.one
  B4 returns
  B5 loop0 -> B1
    #2 join this.workers[]
)");
}

TEST(Threads, OtherWaysToStart) {
  Extracted X(R"(
#include <future>
#include <stop_token>
#include <thread>
void worker(std::stop_token, int);
int compute();
void f() {
  std::jthread j(worker, 3);
  auto now = std::async(std::launch::async, compute);
  auto later = std::async(std::launch::deferred, compute);
  now.get();
  std::thread(compute).detach();
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 returns
    #0 spawn local0:j callee=worker#$@N@std@S@stop_token#I# (-, -) as jthread
    #1 spawn local1:now callee=compute# as async
    #2 call callee=compute#
    #3 block local1:now unbounded
    #4 spawn temp0 callee=compute# as thread
    #5 detach temp0
    #6 destroy local0:j
)");
}

TEST(Threads, Posix) {
  Extracted X(R"(
#include <pthread.h>
static void *body(void *p) { return p; }
void start(void *p) {
  pthread_t t;
  pthread_create(&t, 0, body, p);
  pthread_join(t, 0);
}
)",
              "unit.c");
  EXPECT_EQ(X.function("body"), R"(
  B0 returns param0
)");
  EXPECT_EQ(X.function("start"), R"(
  B0 returns
    #0 spawn local0:t callee=unit.c#c:unit.c@F@body (param0) as thread
    #1 join local0:t
)");
}

TEST(Threads, Waits) {
  Extracted X(R"(
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <pthread.h>
using namespace std::chrono_literals;
std::condition_variable_any any;
std::condition_variable cv;
std::mutex m;
void condition(std::stop_token stop) {
  std::unique_lock<std::mutex> l(m);
  any.wait(l, stop, [] { return true; });
  cv.wait(l);
  cv.wait_for(l, 5s);
  cv.wait_for(l, 0s);
  cv.notify_one();
  cv.notify_all();
}
void posix(pthread_cond_t *c, pthread_mutex_t *m) {
  pthread_cond_wait(c, m);
  pthread_cond_broadcast(c);
}
void futures(std::future<int> f) {
  f.wait();
  f.wait_for(1s);
  f.wait_for(0ms);
}
void semaphores(std::counting_semaphore<> &s, std::latch &l) {
  s.acquire();
  s.try_acquire();
  s.release();
  l.wait();
}
)");
  EXPECT_EQ(X.function("condition"), R"(
  handle param0 stop-token
  B0 returns
    #0 guard-init local0:l (global<m>)
    #1 store temp3.$fn (function<condition#$@N@std@S@stop_token#$lambda@15:21>)
    #2 call temp3 callee=condition#$@N@std@S@stop_token#$lambda@15:21
    #3 wait global<any> (local0:l, param0) cancellable predicate guard cancel=2
    #4 wait global<cv> (local0:l) guard
    #5 wait global<cv> (local0:l) timed guard
    #6 poll global<cv> zero-wait
    #7 notify global<cv>
    #8 notify global<cv> all
    #9 destroy local0:l
)");
  EXPECT_EQ(X.function("posix"), R"(
  B0 returns
    #0 wait param0 (param1)
    #1 notify param0 all
)");
  EXPECT_EQ(X.function("futures"), R"(
  B0 returns
    #0 block param0 unbounded
    #1 block param0 unbounded timed
    #2 poll param0 zero-wait
)");
  EXPECT_EQ(X.function("semaphores"), R"(
  B0 returns
    #0 block param0 unbounded
    #1 poll param0 zero-wait
    #2 notify param0
    #3 block param1 unbounded
)");
}

TEST(Threads, SystemCalls) {
  Extracted X(R"(
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
void f(int fd, pollfd *p, int timeout) {
  poll(p, 1, 0);
  poll(p, 1, -1);
  poll(p, 1, 100);
  poll(p, 1, timeout);
  timeval zero = {0, 0};
  select(1, nullptr, nullptr, nullptr, &zero);
  select(1, nullptr, nullptr, nullptr, nullptr);
  char b[8];
  recv(fd, b, 8, MSG_DONTWAIT);
  recv(fd, b, 8, 0);
  usleep(10);
}
)");
  EXPECT_EQ(X.function("f"), R"(
  B0 work returns
    #0 poll ready-now
    #1 block unbounded
    #2 block unbounded timed
    #3 block unbounded timed
    #4 poll ready-now
    #5 block unbounded
    #6 poll dont-wait
    #7 block io
    #8 block sleep timed
)");
}

TEST(Threads, Cancellation) {
  Extracted X(R"(
#include <atomic>
#include <stop_token>
void helper(std::stop_token);
struct Service {
  std::atomic<bool> stop_{false};
  std::atomic<bool> ready{false};
  void loop() {
    while (!stop_) {
    }
    while (!ready.load()) {
    }
  }
  void stop() { stop_ = true; }
};
void handed(std::stop_token token) {
  if (!token.stop_requested())
    helper(token);
}
void callback(std::stop_token token) {
  std::stop_callback<void (*)()> c(token, [] {});
}
)");
  EXPECT_EQ(X.function("Service::loop"), R"(
  handle this.stop_ flag
  loop0 head=B1
  loop1 head=B2
  B0 -> B1
  B1 loop0 -> B1 B2 if !#1
    #0 consult this.stop_
    #1 poll this.stop_ atomic-load
  B2 loop1 -> B2 B3 if !#2
    #2 poll this.ready atomic-load
  B3 returns
)");
  EXPECT_EQ(X.function("Service::stop"), R"(
  B0 work returns
)");
  EXPECT_EQ(X.function("handed"), R"(
  handle param0 stop-token
  B0 -> B1 B2 if !#1
    #0 consult param0
    #1 poll param0 atomic-load
  B1 -> B2
    #2 call callee=helper#$@N@std@S@stop_token# (param0) cancel=1
  B2 returns
)");
  EXPECT_EQ(X.function("callback"), R"(
  handle param0 stop-token
  B0 returns
    #0 store temp1.$fn (function<callback#$@N@std@S@stop_token#$lambda@21:43>)
    #1 cancel-callback param0 callee=callback#$@N@std@S@stop_token#$lambda@21:43
)");
}

TEST(Threads, ThreadsOnTheHeap) {
  Extracted X(R"(
#include <memory>
#include <thread>
struct T {
  std::thread *plain;
  std::unique_ptr<std::thread> owned;
  void go();
  void start() {
    plain = new std::thread(&T::go, this);
    owned = std::make_unique<std::thread>([this] { go(); });
  }
  void stop() {
    plain->join();
    owned->join();
  }
};
)");
  EXPECT_EQ(X.function("T::start"), R"(
  B0 work returns
    #0 spawn temp2 callee=go# (this) as thread with-object
    #1 store this->plain (temp2)
    #2 store temp3->$cap:this (this)
    #3 store temp3.$fn (function<start#$lambda@10:43>)
    #4 spawn temp4 callee=start#$lambda@10:43 (temp3) as thread with-object
    #5 store this->owned (temp4)
)");
  EXPECT_EQ(X.function("T::stop"), R"(
  B0 returns
    #0 join this->plain
    #1 join this->owned
)");
}
