// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recursive locks may be taken again by their holder.
#include <Poco/Mutex.h>
#include <QMutex>
#include <boost/thread.hpp>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <atomic>

namespace good_families {
std::recursive_mutex a;
std::recursive_timed_mutex b;
boost::recursive_mutex c;
QRecursiveMutex d;
Poco::Mutex e;
int counter;

void standard() {
  std::lock_guard<std::recursive_mutex> x(a);
  std::unique_lock<std::recursive_mutex> y(a);
  b.lock();
  std::lock_guard<std::recursive_timed_mutex> z(b);
  ++counter;
  b.unlock();
}
void boosted() {
  boost::lock_guard<boost::recursive_mutex> x(c);
  boost::unique_lock<boost::recursive_mutex> y(c);
  ++counter;
}
void qt() {
  QMutexLocker<QRecursiveMutex> x(&d);
  QMutexLocker<QRecursiveMutex> y(&d);
  ++counter;
}
void poco() {
  Poco::Mutex::ScopedLock x(e);
  Poco::Mutex::ScopedLock y(e);
  ++counter;
}
} // namespace good_families

namespace good_pthread_initialiser {
pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
int counter;

void twice() {
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&mutex);
  ++counter;
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&mutex);
}
} // namespace good_pthread_initialiser

namespace good_pthread_attribute {
// The wrapper makes its mutex recursive.
class Section {
public:
  Section() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }
  ~Section() { pthread_mutex_destroy(&mutex_); }
  void enter() { pthread_mutex_lock(&mutex_); }
  void leave() { pthread_mutex_unlock(&mutex_); }

private:
  pthread_mutex_t mutex_;
};
Section section;
int counter;

void twice() {
  section.enter();
  section.enter();
  ++counter;
  section.leave();
  section.leave();
}
} // namespace good_pthread_attribute

namespace good_own_recursive {
// A recursive lock made of a plain one and the holder's id.
class Recursive {
public:
  void lock() {
    const std::thread::id me = std::this_thread::get_id();
    if (holder_.load() == me) {
      ++depth_;
      return;
    }
    mutex_.lock();
    holder_.store(me);
    depth_ = 1;
  }
  void unlock() {
    if (--depth_ == 0) {
      holder_.store(std::thread::id());
      mutex_.unlock();
    }
  }

private:
  std::mutex mutex_;
  std::atomic<std::thread::id> holder_;
  int depth_ = 0;
};
Recursive mutex;
int counter;

void twice() {
  std::lock_guard<Recursive> x(mutex);
  std::lock_guard<Recursive> y(mutex);
  ++counter;
}
} // namespace good_own_recursive

namespace bad_plain_families {
boost::mutex c;
QMutex d;
Poco::FastMutex e;
pthread_mutex_t f = PTHREAD_MUTEX_INITIALIZER;
int counter;

void boosted() {
  boost::mutex::scoped_lock x(c);
  boost::mutex::scoped_lock y(c); // expect: raddle-double-lock
  ++counter;
}
void qt() {
  QMutexLocker x(&d);
  QMutexLocker y(&d); // expect: raddle-double-lock
  ++counter;
}
void poco() {
  Poco::FastMutex::ScopedLock x(e);
  e.lock(); // expect: raddle-double-lock
  ++counter;
}
void threads() {
  pthread_mutex_lock(&f);
  pthread_mutex_lock(&f); // expect: raddle-double-lock
  ++counter;
  pthread_mutex_unlock(&f);
}
} // namespace bad_plain_families
