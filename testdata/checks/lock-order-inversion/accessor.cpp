// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mutexes reached through accessors, pointers and references.
#include <memory>
#include <mutex>

namespace bad_accessor {
class Channel {
public:
  std::mutex &mutex() { return mutex_; }
  int sent = 0;

private:
  std::mutex mutex_;
};
class Connection {
public:
  std::mutex *mutex() const { return mutex_.get(); }
  int opened = 0;

private:
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

void open(Connection &connection, Channel &channel) {
  std::lock_guard<std::mutex> x(*connection.mutex());
  std::lock_guard<std::mutex> y(channel.mutex()); // expect-any(accessor): raddle-lock-order-inversion "Connection::mutex_" "Channel::mutex_"
  ++connection.opened;
}
void close(Connection &connection, Channel &channel) {
  std::lock_guard<std::mutex> y(channel.mutex());
  std::lock_guard<std::mutex> x(*connection.mutex()); // expect-any(accessor): raddle-lock-order-inversion "Connection::mutex_" "Channel::mutex_"
  --connection.opened;
}
} // namespace bad_accessor

namespace bad_singleton {
class Registry {
public:
  static Registry &instance() {
    static Registry registry;
    return registry;
  }
  std::mutex &mutex() { return mutex_; }
  int size = 0;

private:
  std::mutex mutex_;
};
static std::mutex &logMutex() {
  static std::mutex mutex;
  return mutex;
}

void add() {
  std::lock_guard<std::mutex> x(Registry::instance().mutex());
  std::lock_guard<std::mutex> y(logMutex()); // expect-any(singleton): raddle-lock-order-inversion
  ++Registry::instance().size;
}
void print() {
  std::lock_guard<std::mutex> y(logMutex());
  std::lock_guard<std::mutex> x(Registry::instance().mutex()); // expect-any(singleton): raddle-lock-order-inversion
  --Registry::instance().size;
}
} // namespace bad_singleton

namespace bad_shared_mutex_object {
// Both objects point to a mutex that belongs to neither; the pointer's field names it.
struct Half {
  std::mutex *shared = nullptr;
  std::mutex own;
  int value = 0;
};

void forward(Half &half) {
  std::lock_guard<std::mutex> x(*half.shared);
  std::lock_guard<std::mutex> y(half.own); // expect-any(pointer): raddle-lock-order-inversion
  ++half.value;
}
void backward(Half &half) {
  std::lock_guard<std::mutex> y(half.own);
  std::mutex &shared = *half.shared;
  std::lock_guard<std::mutex> x(shared); // expect-any(pointer): raddle-lock-order-inversion
  ++half.value;
}
} // namespace bad_shared_mutex_object

namespace good_accessor {
class Channel {
public:
  std::mutex &mutex() { return mutex_; }
  std::mutex &other() { return other_; }
  int sent = 0;

private:
  std::mutex mutex_;
  std::mutex other_;
};
void one(Channel &channel) {
  std::lock_guard<std::mutex> x(channel.mutex());
  std::lock_guard<std::mutex> y(channel.other());
  ++channel.sent;
}
void two(Channel &channel) {
  std::mutex &first = channel.mutex();
  std::mutex &second = channel.other();
  std::lock_guard<std::mutex> x(first);
  std::lock_guard<std::mutex> y(second);
  ++channel.sent;
}
} // namespace good_accessor
