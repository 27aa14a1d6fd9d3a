// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Thread bodies: functions, lambdas, members, std::bind, std::ref, pthread_create, std::async.
#include <functional>
#include <future>
#include <mutex>
#include <pthread.h>
#include <thread>

namespace bad_function_with_arguments {
struct Shared {
  std::mutex a, b;
  int counter = 0;
};
static void forward(Shared &shared) {
  std::lock_guard<std::mutex> x(shared.a);
  std::lock_guard<std::mutex> y(shared.b); // expect-any(arguments): raddle-lock-order-inversion
  ++shared.counter;
}
static void backward(Shared *shared) {
  std::lock_guard<std::mutex> y(shared->b);
  std::lock_guard<std::mutex> x(shared->a); // expect-any(arguments): raddle-lock-order-inversion
  ++shared->counter;
}
void run() {
  Shared shared;
  std::thread one(forward, std::ref(shared));
  std::thread two(backward, &shared);
  one.join();
  two.join();
}
} // namespace bad_function_with_arguments

namespace bad_member_pointer {
class Engine {
public:
  void start() {
    one_ = std::thread(&Engine::forward, this);
    two_ = std::thread(std::bind(&Engine::backward, this));
  }
  void stop() {
    one_.join();
    two_.join();
  }

private:
  void forward() {
    std::lock_guard<std::mutex> x(a_);
    std::lock_guard<std::mutex> y(b_); // expect-any(memberPointer): raddle-lock-order-inversion "Engine::a_" "Engine::b_"
    ++counter_;
  }
  void backward() {
    std::lock_guard<std::mutex> y(b_);
    std::lock_guard<std::mutex> x(a_); // expect-any(memberPointer): raddle-lock-order-inversion "Engine::a_" "Engine::b_"
    ++counter_;
  }

  std::mutex a_, b_;
  int counter_ = 0;
  std::thread one_, two_;
};
void use(Engine &engine) {
  engine.start();
  engine.stop();
}
} // namespace bad_member_pointer

namespace bad_lambdas {
class Engine {
public:
  void start() {
    one_ = std::jthread([this] { forward(); });
    two_ = std::jthread([this](std::stop_token) { backward(); });
  }

private:
  void forward() {
    std::lock_guard<std::mutex> x(a_);
    std::lock_guard<std::mutex> y(b_); // expect-any(lambdas): raddle-lock-order-inversion
    ++counter_;
  }
  void backward() {
    std::lock_guard<std::mutex> y(b_);
    std::lock_guard<std::mutex> x(a_); // expect-any(lambdas): raddle-lock-order-inversion
    ++counter_;
  }

  std::mutex a_, b_;
  int counter_ = 0;
  std::jthread one_, two_;
};
void use(Engine &engine) { engine.start(); }
} // namespace bad_lambdas

namespace bad_pthread {
struct Shared {
  pthread_mutex_t a, b;
  int counter;
};
static void *forward(void *argument) {
  auto *shared = static_cast<Shared *>(argument);
  pthread_mutex_lock(&shared->a);
  pthread_mutex_lock(&shared->b); // expect-any(pthread): raddle-lock-order-inversion
  ++shared->counter;
  pthread_mutex_unlock(&shared->b);
  pthread_mutex_unlock(&shared->a);
  return nullptr;
}
static void *backward(void *argument) {
  auto *shared = static_cast<Shared *>(argument);
  pthread_mutex_lock(&shared->b);
  pthread_mutex_lock(&shared->a); // expect-any(pthread): raddle-lock-order-inversion
  ++shared->counter;
  pthread_mutex_unlock(&shared->a);
  pthread_mutex_unlock(&shared->b);
  return nullptr;
}
void run(Shared *shared) {
  pthread_t one, two;
  pthread_create(&one, nullptr, forward, shared);
  pthread_create(&two, nullptr, backward, shared);
  pthread_join(one, nullptr);
  pthread_join(two, nullptr);
}
} // namespace bad_pthread

namespace bad_async {
std::mutex a, b;
int counter;

void run() {
  auto one = std::async(std::launch::async, [] {
    std::lock_guard<std::mutex> x(a);
    std::lock_guard<std::mutex> y(b); // expect-any(async): raddle-lock-order-inversion
    ++counter;
  });
  {
    std::lock_guard<std::mutex> y(b);
    std::lock_guard<std::mutex> x(a); // expect-any(async): raddle-lock-order-inversion
    ++counter;
  }
  one.get();
}
} // namespace bad_async

namespace good_one_after_the_other {
// Each thread is over before the other order is taken.
static std::mutex a, b;
static int counter;

static void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
static void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
} // namespace good_one_after_the_other

int main() {
  std::thread one(good_one_after_the_other::forward);
  one.join();
  std::thread two(good_one_after_the_other::backward);
  two.join();

  bad_function_with_arguments::run();
  bad_member_pointer::Engine engine;
  bad_member_pointer::use(engine);
  bad_lambdas::Engine other;
  bad_lambdas::use(other);
  bad_pthread::Shared shared{PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, 0};
  bad_pthread::run(&shared);
  bad_async::run();
}
