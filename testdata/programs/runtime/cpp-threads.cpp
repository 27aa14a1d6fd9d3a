// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The C++ library's threads, locks and waits, with exceptions through all of
// them, and libc's own threads (timers, asynchronous files).
#include "check.h"
#include <aio.h>
#include <atomic>
#include <barrier>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

void exceptions() {
  std::mutex M;
  for (int I = 0; I != 100; ++I)
    try {
      std::lock_guard<std::mutex> G(M);
      throw std::runtime_error("x");
    } catch (const std::exception &) {
      CHECK(M.try_lock());
      M.unlock();
    }
  auto F = std::async(std::launch::async, []() -> int {
    throw std::runtime_error("from a thread");
  });
  try {
    F.get();
    puts("no exception");
  } catch (const std::exception &E) {
    puts(E.what());
  }
  std::thread([] {
    try {
      pthread_exit(nullptr);
    } catch (...) {
      puts("the forced unwinding passes by");
      throw;
    }
  }).join();
}

void waits() {
  std::condition_variable_any Any;
  std::shared_mutex Shared;
  std::timed_mutex Timed;
  std::recursive_timed_mutex Again;
  {
    std::unique_lock<std::shared_mutex> L(Shared);
    CHECK(Any.wait_for(L, 1ms) == std::cv_status::timeout);
  }
  {
    std::shared_lock<std::shared_mutex> L(Shared);
    CHECK(Any.wait_for(L, 1ms, [] { return true; }));
  }
  Timed.lock();
  std::thread([&] { CHECK(!Timed.try_lock_for(1ms)); }).join();
  Timed.unlock();
  Again.lock();
  CHECK(Again.try_lock_for(1ms));
  Again.unlock();
  Again.unlock();
  std::latch L(3);
  std::barrier B(3);
  std::counting_semaphore<> S(0);
  std::atomic<int> A{0};
  {
    std::jthread One([&](std::stop_token) {
      L.arrive_and_wait();
      B.arrive_and_wait();
      S.release(2);
      A = 1;
      A.notify_all();
    }),
        Two([&] {
          L.arrive_and_wait();
          B.arrive_and_wait();
          S.acquire();
          A.wait(0);
        });
    L.arrive_and_wait();
    B.arrive_and_wait();
    S.acquire();
  }
  std::condition_variable_any Stopped;
  std::mutex M;
  bool Saw = false;
  {
    std::jthread T([&](std::stop_token Stop) {
      std::unique_lock<std::mutex> L(M);
      Stopped.wait(L, Stop, [] { return false; });
      Saw = Stop.stop_requested();
    });
    std::this_thread::sleep_for(2ms);
  }
  CHECK(Saw);
  std::once_flag Once;
  int Calls = 0;
  for (int I = 0; I != 3; ++I)
    try {
      std::call_once(Once, [&] {
        if (++Calls == 1)
          throw 1;
      });
    } catch (int) {
    }
  CHECK(Calls == 2);
  std::mutex X, Y;
  std::thread P([&] {
    for (int I = 0; I != 1000; ++I)
      std::scoped_lock G(X, Y);
  });
  for (int I = 0; I != 1000; ++I)
    std::scoped_lock G(Y, X);
  P.join();
  std::error_code Said;
  try {
    std::unique_lock<std::mutex> Twice(X);
    Twice.lock();
  } catch (const std::system_error &E) {
    Said = E.code();
  }
  CHECK(Said == std::errc::resource_deadlock_would_occur);
}

std::atomic<int> Fired{0};
void libcsThreads() {
  sigevent To = {};
  To.sigev_notify = SIGEV_THREAD;
  To.sigev_notify_function = [](sigval) {
    static std::mutex M, N;
    std::lock_guard<std::mutex> G(M);
    std::lock_guard<std::mutex> H(N);
    ++Fired;
  };
  timer_t Timer;
  CHECK(timer_create(CLOCK_MONOTONIC, &To, &Timer) == 0);
  itimerspec Often = {{0, 1000000}, {0, 1000000}};
  CHECK(timer_settime(Timer, 0, &Often, nullptr) == 0);
  while (Fired < 20)
    usleep(1000);
  CHECK(timer_delete(Timer) == 0);
  char Name[] = "/tmp/raddle-guest-XXXXXX", Text[] = "text", Back[8] = "";
  int File = mkstemp(Name);
  unlink(Name);
  for (int I = 0; I != 2; ++I) {
    aiocb Request = {};
    Request.aio_fildes = File;
    Request.aio_buf = I ? Back : Text;
    Request.aio_nbytes = 4;
    CHECK((I ? aio_read(&Request) : aio_write(&Request)) == 0);
    const aiocb *List[] = {&Request};
    while (aio_error(&Request) == EINPROGRESS)
      aio_suspend(List, 1, nullptr);
    CHECK(aio_return(&Request) == 4);
  }
  close(File);
  puts(Back);
}

} // namespace

int main() {
  exceptions();
  waits();
  libcsThreads();
  puts("cpp-threads: done");
}
