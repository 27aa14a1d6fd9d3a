// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Members that refer to another object's mutex: several objects share one lock, and none has a lock of its own.
#include <mutex>

namespace good_shared {
// An input and its buffer work with the mutex of the player that made them.
class Buffer {
public:
  explicit Buffer(std::mutex &mutex) : mutex_(mutex) {}
  void fill() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++filled_;
  }
  int filled() {
    std::lock_guard<std::mutex> lock(mutex_);
    return filled_;
  }

private:
  std::mutex &mutex_;
  int filled_ = 0;
};

class Input {
public:
  explicit Input(std::mutex &shared) : mutex(shared) {}
  std::mutex &mutex;
  int position = 0;
};

class Player {
public:
  Player() : input_(mutex_), buffer_(mutex_) {}
  void seek() {
    std::lock_guard<std::mutex> list(list_);
    std::lock_guard<std::mutex> lock(input_.mutex);
    ++input_.position;
  }
  void next() {
    std::lock_guard<std::mutex> list(list_);
    buffer_.fill();
  }

private:
  std::mutex mutex_, list_;
  Input input_;
  Buffer buffer_;
};
void use(Player &player) {
  player.seek();
  player.next();
}
} // namespace good_shared

namespace good_one_lock_under_many_names {
// Were each name a lock of its own, first() and second() would take them in both orders.
class Part {
public:
  explicit Part(std::mutex &mutex) : mutex(mutex) {}
  std::mutex &mutex;
  int value = 0;
};

class Whole {
public:
  Whole() : left_(mutex_), right_(mutex_) {}
  void first() {
    std::unique_lock<std::mutex> lock(left_.mutex);
    ++left_.value;
    lock.unlock();
    addRight();
  }
  void second() {
    std::unique_lock<std::mutex> lock(right_.mutex);
    ++right_.value;
    lock.unlock();
    addLeft();
  }

private:
  void addRight() {
    std::lock_guard<std::mutex> other(other_);
    std::lock_guard<std::mutex> lock(right_.mutex);
    ++right_.value;
  }
  void addLeft() {
    std::lock_guard<std::mutex> other(other_);
    std::lock_guard<std::mutex> lock(left_.mutex);
    ++left_.value;
  }

  std::mutex mutex_, other_;
  Part left_, right_;
};
void use(Whole &whole) {
  whole.first();
  whole.second();
}
} // namespace good_one_lock_under_many_names

namespace good_different_wholes {
// The same member is set to the mutex of one class here and of another there: which it is is not known.
class Part {
public:
  explicit Part(std::mutex &mutex) : mutex(mutex) {}
  std::mutex &mutex;
  int value = 0;
};
class Source {
public:
  Source() : part(mutex) {}
  std::mutex mutex;
  Part part;
};
class Sink {
public:
  Sink() : part(mutex) {}
  std::mutex mutex;
  Part part;
};
void fromSource(Source &source, std::mutex &log) {
  std::lock_guard<std::mutex> outer(source.part.mutex);
  std::lock_guard<std::mutex> inner(log);
  ++source.part.value;
}
void toSink(Sink &sink, std::mutex &log) {
  std::lock_guard<std::mutex> outer(log);
  std::lock_guard<std::mutex> inner(sink.part.mutex);
  ++sink.part.value;
}
void use(Source &source, Sink &sink, std::mutex &log) {
  fromSource(source, log);
  toSink(sink, log);
}
} // namespace good_different_wholes

namespace bad_other_lock {
class Part {
public:
  explicit Part(std::mutex &mutex) : mutex(mutex) {}
  std::mutex &mutex;
  int value = 0;
};
class Whole {
public:
  Whole() : part_(mutex_) {}
  void forward() {
    std::lock_guard<std::mutex> list(list_);
    std::lock_guard<std::mutex> lock(part_.mutex); // expect-any(other): raddle-lock-order-inversion
    ++part_.value;
  }
  void backward() {
    std::lock_guard<std::mutex> lock(part_.mutex);
    std::lock_guard<std::mutex> list(list_); // expect-any(other): raddle-lock-order-inversion
    ++part_.value;
  }

private:
  std::mutex mutex_, list_;
  Part part_;
};
void use(Whole &whole) {
  whole.forward();
  whole.backward();
}
} // namespace bad_other_lock
