// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A callback goes through several functions before a thread, or a service's queue, gets it. What the one who hands it on
// holds is not held where it runs.
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace good_thread {
using Body = void (*)(void *);
class Thread {
public:
  void start(Body body, void *argument) {
    handle_ = std::thread([body, argument] { body(argument); });
  }

private:
  std::thread handle_;
};

class Context {
public:
  void create() {
    std::lock_guard<std::mutex> slots(slots_);
    startWorker(&workerMain, this);
    ++created_;
  }
  void close() {
    std::lock_guard<std::mutex> own(own_);
    std::lock_guard<std::mutex> slots(slots_);
    --created_;
  }

private:
  void startWorker(Body body, void *argument) { startThread(thread_, body, argument); }
  static void startThread(Thread &thread, Body body, void *argument) { thread.start(body, argument); }
  static void workerMain(void *argument) { static_cast<Context *>(argument)->work(); }
  void work() {
    std::lock_guard<std::mutex> own(own_);
    ++worked_;
  }

  std::mutex slots_, own_;
  Thread thread_;
  int created_ = 0, worked_ = 0;
};
void use(Context &context) {
  context.create();
  context.close();
}
} // namespace good_thread

namespace good_service {
class Service {
public:
  void post(std::function<void()> job) {
    std::lock_guard<std::mutex> lock(jobsMutex_);
    jobs_.push_back(std::move(job));
  }
  void run() {
    std::vector<std::function<void()>> jobs;
    {
      std::lock_guard<std::mutex> lock(jobsMutex_);
      jobs.swap(jobs_);
    }
    for (auto &job : jobs)
      job();
  }

private:
  std::mutex jobsMutex_;
  std::vector<std::function<void()>> jobs_;
};

class Tunnels {
public:
  explicit Tunnels(Service &service) : service_(service) {}
  void build() {
    std::lock_guard<std::mutex> pools(pools_);
    later([this] { count(); });
  }
  void drop() {
    std::lock_guard<std::mutex> counts(counts_);
    std::lock_guard<std::mutex> pools(pools_);
    --count_;
  }

private:
  void later(std::function<void()> job) { send(std::move(job)); }
  void send(std::function<void()> job) { service_.post(std::move(job)); }
  void count() {
    std::lock_guard<std::mutex> counts(counts_);
    ++count_;
  }

  Service &service_;
  std::mutex pools_, counts_;
  int count_ = 0;
};
void use(Service &service, Tunnels &tunnels) {
  tunnels.build();
  tunnels.drop();
  service.run();
}
} // namespace good_service

namespace bad_called_at_the_end {
using Body = void (*)(void *);
class Context {
public:
  void create() {
    std::lock_guard<std::mutex> slots(slots_);
    handOn(&workerMain, this);
    ++created_;
  }
  void close() {
    std::lock_guard<std::mutex> own(own_);
    std::lock_guard<std::mutex> slots(slots_); // expect-any(called): raddle-lock-order-inversion
    --created_;
  }

private:
  static void handOn(Body body, void *argument) { call(body, argument); }
  static void call(Body body, void *argument) { body(argument); }
  static void workerMain(void *argument) { static_cast<Context *>(argument)->work(); }
  void work() {
    std::lock_guard<std::mutex> own(own_); // expect-any(called): raddle-lock-order-inversion
    ++worked_;
  }

  std::mutex slots_, own_;
  int created_ = 0, worked_ = 0;
};
void use(Context &context) {
  context.create();
  context.close();
}
} // namespace bad_called_at_the_end
