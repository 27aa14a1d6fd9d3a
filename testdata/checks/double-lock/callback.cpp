// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function calls back with its lock held, and what it calls takes the lock again.
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace bad_std_function {
class Registry {
public:
  void forEach(const std::function<void(int)> &visit) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (int item : items_)
      visit(item); // expect-any(function): raddle-double-lock
  }
  void remove(int item) {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(function): raddle-double-lock "Registry::mutex_"
    std::erase(items_, item);
  }

private:
  std::mutex mutex_;
  std::vector<int> items_;
};

class Owner {
public:
  void clear() {
    registry_.forEach([this](int item) { // expect-any(function): raddle-double-lock
      registry_.remove(item); // expect-any(function): raddle-double-lock
    });
  }

private:
  Registry registry_;
};
void use(Owner &owner) { owner.clear(); }
} // namespace bad_std_function

namespace bad_template {
class Registry {
public:
  template <typename Visitor> void forEach(Visitor visit) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (int item : items_)
      visit(item); // expect-any(template): raddle-double-lock
  }
  int size() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(template): raddle-double-lock
    return static_cast<int>(items_.size());
  }

private:
  std::mutex mutex_;
  std::vector<int> items_;
};
int use(Registry &registry) {
  int sum = 0;
  registry.forEach([&](int item) { sum += item * registry.size(); }); // expect-any(template): raddle-double-lock
  return sum;
}
} // namespace bad_template

// not followed: a callback that an object keeps, on its owner's own lock; which owner belongs to which object is not known.
namespace kept {
class Timer {
public:
  explicit Timer(std::function<void()> action) : action_(std::move(action)) {}
  void fire() { action_(); }

private:
  std::function<void()> action_;
};

class Clock {
public:
  Clock() : timer_([this] { tick(); }) {}
  void tick() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++ticks_;
  }
  void hurry() {
    std::lock_guard<std::mutex> lock(mutex_);
    timer_.fire();
  }

private:
  std::mutex mutex_;
  int ticks_ = 0;
  Timer timer_;
};
void use(Clock &clock) { clock.hurry(); }
} // namespace kept

namespace bad_virtual {
class Stream {
public:
  virtual ~Stream() = default;
  void flush() {
    std::lock_guard<std::mutex> lock(mutex_);
    writeOut(); // expect-any(virtual): raddle-double-lock
  }
  int pending() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(virtual): raddle-double-lock "Stream::mutex_"
    return pending_;
  }

protected:
  virtual void writeOut() = 0;
  std::mutex mutex_;
  int pending_ = 0;
};
class FileStream : public Stream {
protected:
  void writeOut() override { written_ += pending(); } // expect-any(virtual): raddle-double-lock

private:
  int written_ = 0;
};
void use(FileStream &stream) { stream.flush(); }
} // namespace bad_virtual

namespace good_copied_first {
class Registry {
public:
  void forEach(const std::function<void(int)> &visit) {
    std::vector<int> copy;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      copy = items_;
    }
    for (int item : copy)
      visit(item);
  }
  void remove(int item) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::erase(items_, item);
  }

private:
  std::mutex mutex_;
  std::vector<int> items_;
};
void use(Registry &registry) {
  registry.forEach([&](int item) { registry.remove(item); });
}
} // namespace good_copied_first

namespace good_other_object {
// The lambda works on another registry.
class Registry {
public:
  void forEach(const std::function<void(int)> &visit) {
    std::lock_guard<std::mutex> lock(mutex_);
    for (int item : items_)
      visit(item);
  }
  void add(int item) {
    std::lock_guard<std::mutex> lock(mutex_);
    items_.push_back(item);
  }

private:
  std::mutex mutex_;
  std::vector<int> items_;
};
class Copier {
public:
  void copy() {
    from_.forEach([this](int item) { to_.add(item); });
  }

private:
  Registry from_;
  Registry to_;
};
void use(Copier &copier) { copier.copy(); }
} // namespace good_other_object

namespace good_other_callers_lambda {
// One caller's lambda takes the lock; it is passed to the function that does not hold it.
class Registry {
public:
  template <typename Visitor> void withLock(Visitor visit) {
    std::lock_guard<std::mutex> lock(mutex_);
    visit();
  }
  template <typename Visitor> void withoutLock(Visitor visit) { visit(); }
  void touch() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++touched_;
  }
  int plain = 0;

private:
  std::mutex mutex_;
  int touched_ = 0;
};
void use(Registry &registry) {
  registry.withLock([&] { ++registry.plain; });
  registry.withoutLock([&] { registry.touch(); });
}
} // namespace good_other_callers_lambda
