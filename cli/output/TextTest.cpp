// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/TestResults.h"
#include "gtest/gtest.h"

using namespace raddle::cli;
using raddle::lockorder::Level;

namespace {

TEST(Text, ShowsEachStepAtItsSourceLine) {
  TestFolder Folder;
  EXPECT_EQ(
      written(Format::Text, inversion(Folder)),
      R"(src/cache.cpp:2:18: error: lock order inversion between 'Queue::mutex_' and 'Cache::mutex_' [raddle-lock-order-inversion]
    2 |         std::lock_guard lock(mutex_);
      |                         ^~~~
src/main.cpp:7:3: note: path 1 of 2: 'Queue::mutex_' is held, then 'Cache::mutex_' is taken, in a thread that starts in 'Worker::run()'
src/main.cpp:7:3: note: (1) a thread starts in 'Worker::run()'
src/queue.cpp:2:19: note: (2) takes 'Queue::mutex_'
    2 |   std::lock_guard lock(mutex_);
      |                   ^~~~
src/queue.cpp:3:3: note: (3) calls 'Cache::note(Job)'; held: 'Queue::mutex_'
    3 |   cache_.note(job);
      |   ^~~~~~~~~~~~~~~~
src/cache.cpp:2:18: note: (4) takes 'Cache::mutex_' while 'Queue::mutex_' is held; held: 'Queue::mutex_'
    2 |         std::lock_guard lock(mutex_);
      |                         ^~~~
src/cache.cpp:5:19: note: path 2 of 2: 'Cache::mutex_' is held, then 'Queue::mutex_' is taken
src/cache.cpp:5:19: note: (1) takes 'Cache::mutex_'
    5 |   std::lock_guard lock(mutex_);
      |                   ^~~~
src/cache.cpp:6:3: note: (2) calls 'Queue::push(Job)'; held: 'Cache::mutex_'
    6 |   queue_.push({});
      |   ^~~~~~~~~~~~~~~
src/queue.cpp:2:19: note: (3) takes 'Queue::mutex_' while 'Cache::mutex_' is held; held: 'Cache::mutex_'
    2 |   std::lock_guard lock(mutex_);
      |                   ^~~~
src/cache.cpp:2:18: note: the cheapest order to turn round is 'Queue::mutex_' -> 'Cache::mutex_': it is taken at 1 place
src/cache.cpp:2:18: note: a note

1 finding (1 error) in 2 translation units
)");
}

} // namespace
