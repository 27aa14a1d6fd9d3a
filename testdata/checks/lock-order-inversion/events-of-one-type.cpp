// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Members of one type in two classes: the lock inside is another in each. Which object it is, the call chain says.
#include <functional>
#include <mutex>
#include <utility>

namespace good_two_owners {
class Event {
public:
  void subscribe(std::function<void()> handler) {
    std::lock_guard<std::mutex> lock(mutex_);
    handler_ = std::move(handler);
  }
  int count() {
    std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

private:
  std::mutex mutex_;
  std::function<void()> handler_;
  int count_ = 0;
};

class Reader {
public:
  void start() {
    std::lock_guard<std::mutex> lock(mutex_);
    opened_.subscribe([] {});
  }

private:
  std::mutex mutex_;
  Event opened_;
};

class Writer {
public:
  // The event of the writer is held, never the reader's.
  void flush(Reader &reader) {
    std::lock_guard<std::mutex> lock(flushMutex_);
    flushed_.subscribe([] {});
    ++flushes_;
    reader.start();
  }

private:
  std::mutex flushMutex_;
  Event flushed_;
  int flushes_ = 0;
};
void use(Reader &reader, Writer &writer) {
  reader.start();
  writer.flush(reader);
}
} // namespace good_two_owners

namespace good_notified_under_the_event {
std::mutex list;

class Event {
public:
  void notify() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::lock_guard<std::mutex> all(list);
    ++count_;
  }
  int count() {
    std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

private:
  std::mutex mutex_;
  int count_ = 0;
};

// Here an event is taken under the list's lock ...
class Reader {
public:
  int opened() {
    std::lock_guard<std::mutex> lock(list);
    return opened_.count();
  }

private:
  Event opened_;
};
// ... and there the list's lock under an event, but another one.
class Writer {
public:
  void close() { closed_.notify(); }

private:
  Event closed_;
};
int use(Reader &reader, Writer &writer) {
  writer.close();
  return reader.opened();
}
} // namespace good_notified_under_the_event

namespace bad_same_event {
std::mutex list;

class Event {
public:
  void notify() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::lock_guard<std::mutex> all(list); // expect-any(same): raddle-lock-order-inversion
    ++count_;
  }
  int count() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(same): raddle-lock-order-inversion
    return count_;
  }

private:
  std::mutex mutex_;
  int count_ = 0;
};
class Reader {
public:
  int opened() {
    std::lock_guard<std::mutex> lock(list);
    return opened_.count(); // expect-any(same): raddle-lock-order-inversion
  }
  void close() { opened_.notify(); } // expect-any(same): raddle-lock-order-inversion

private:
  Event opened_;
};
int use(Reader &reader) {
  reader.close();
  return reader.opened();
}
} // namespace bad_same_event
