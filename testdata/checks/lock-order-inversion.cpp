// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two locks taken in opposite orders: in one function, through calls, in a cycle of three.
#include <mutex>

namespace bad_direct {
std::mutex first;
std::mutex second;
int balance;

void deposit() {
  std::lock_guard<std::mutex> a(first);
  std::lock_guard<std::mutex> b(second); // expect-any(direct): raddle-lock-order-inversion "first" "second"
  ++balance;
}

void withdraw() {
  std::lock_guard<std::mutex> b(second);
  std::lock_guard<std::mutex> a(first); // expect-any(direct): raddle-lock-order-inversion "first" "second"
  --balance;
}
} // namespace bad_direct

namespace bad_members {
class Directory;

class Cache {
public:
  void refresh(Directory &directory);
  void drop();

private:
  std::mutex mutex_;
  int entries_ = 0;
};

class Directory {
public:
  void lookUp() {
    std::lock_guard<std::mutex> lock(mutex_); // expect-any(members): raddle-lock-order-inversion "Cache::mutex_" "Directory::mutex_"
    ++lookUps_;
  }
  void invalidate(Cache &cache) {
    std::lock_guard<std::mutex> lock(mutex_);
    cache.drop();
  }

private:
  std::mutex mutex_;
  int lookUps_ = 0;
};

void Cache::refresh(Directory &directory) {
  std::lock_guard<std::mutex> lock(mutex_);
  directory.lookUp();
}

void Cache::drop() {
  std::lock_guard<std::mutex> lock(mutex_); // expect-any(members): raddle-lock-order-inversion "Cache::mutex_" "Directory::mutex_"
  entries_ = 0;
}
} // namespace bad_members

namespace bad_three {
std::mutex input;
std::mutex filter;
std::mutex output;
int counter;

void read() {
  std::scoped_lock a(input);
  std::scoped_lock b(filter); // expect-any(three): raddle-lock-order-inversion
  ++counter;
}
void transform() {
  std::scoped_lock a(filter);
  std::scoped_lock b(output); // expect-any(three): raddle-lock-order-inversion
  ++counter;
}
void report() {
  std::scoped_lock a(output);
  std::scoped_lock b(input); // expect-any(three): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_three

namespace bad_by_hand {
std::mutex first;
std::mutex second;
int counter;

void forward() {
  first.lock();
  second.lock(); // expect-any(hand): raddle-lock-order-inversion
  ++counter;
  second.unlock();
  first.unlock();
}
void backward() {
  second.lock();
  first.lock(); // expect-any(hand): raddle-lock-order-inversion
  --counter;
  first.unlock();
  second.unlock();
}
} // namespace bad_by_hand

namespace good_one_order {
std::mutex first;
std::mutex second;
int balance;

void deposit() {
  std::lock_guard<std::mutex> a(first);
  std::lock_guard<std::mutex> b(second);
  ++balance;
}
void withdraw() {
  std::lock_guard<std::mutex> a(first);
  std::lock_guard<std::mutex> b(second);
  --balance;
}
void audit() {
  std::lock_guard<std::mutex> b(second);
  ++balance;
}
} // namespace good_one_order

namespace good_called_without_lock {
std::mutex first;
std::mutex second;
int counter;

void countSecond() {
  std::lock_guard<std::mutex> b(second);
  ++counter;
}
void forward() {
  std::lock_guard<std::mutex> a(first);
  countSecond();
}
void countFirst() {
  std::lock_guard<std::mutex> a(first);
  ++counter;
}
void backward() {
  countSecond();
  countFirst();
}
} // namespace good_called_without_lock

namespace tricky_same_names {
struct Reader {
  std::mutex mutex_;
  int value = 0;
};
struct Writer {
  std::mutex mutex_;
  int value = 0;
};
struct Log {
  std::mutex mutex_;
  int value = 0;
};

// Reader, then Log; Log, then Writer: three different locks of one name.
void read(Reader &reader, Log &log) {
  std::lock_guard<std::mutex> a(reader.mutex_);
  std::lock_guard<std::mutex> b(log.mutex_);
  log.value = reader.value;
}
void write(Writer &writer, Log &log) {
  std::lock_guard<std::mutex> a(log.mutex_);
  std::lock_guard<std::mutex> b(writer.mutex_);
  writer.value = log.value;
}
} // namespace tricky_same_names
