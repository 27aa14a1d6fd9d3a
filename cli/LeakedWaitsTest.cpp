// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread that is left behind in a wait, for each thing that it can wait for:
// the report says for what.
#include "cli/testing/TestProject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace raddle::cli::testing;
using ::testing::HasSubstr;

namespace {

struct Wait {
  const char *Case, *Says;
};

void PrintTo(const Wait &W, std::ostream *Out) { *Out << W.Case; }

class LeakedWaits : public ::testing::TestWithParam<Wait> {};

TEST_P(LeakedWaits, AreTold) {
  TestProject P;
  Ran R = P.raddle({"leaks", "--", RADDLE_LEAKS_WAITS, GetParam().Case});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("[raddle-leaked-thread]"));
  EXPECT_THAT(R.Err, HasSubstr(GetParam().Says));
  EXPECT_THAT(R.Err, HasSubstr("leaks-waits.cpp:"));
}

constexpr const char *ByMain = ", held by the main thread",
                     *Signal = "for a signal to the condition variable",
                     *Atomic = "for a change of the atomic";

INSTANTIATE_TEST_SUITE_P(
    All, LeakedWaits,
    ::testing::Values(
        Wait{"mutex", ByMain}, Wait{"recursive-mutex", ByMain},
        Wait{"timed-mutex", ByMain}, Wait{"try-lock-for", ByMain},
        Wait{"writer", "for the lock"}, Wait{"reader", ByMain},
        Wait{"rwlock", "::rwlock', held by the main thread"},
        Wait{"spin-lock", "::spinlock'"}, Wait{"thread-barrier", "::threads'"},
        Wait{"semaphore", "::semaphore'"}, Wait{"condition", Signal},
        Wait{"condition-for", Signal}, Wait{"any-condition", Signal},
        Wait{"latch", Atomic}, Wait{"barrier", Atomic},
        Wait{"counting-semaphore", Atomic}, Wait{"atomic", Atomic},
        Wait{"future", Atomic}, Wait{"async", Signal},
        Wait{"c11-mutex", "::c11Mutex', held by the main thread"},
        Wait{"c11-condition", "::c11Condition'"},
        Wait{"call-once", "for the system call futex"},
        Wait{"join", "for the end of thread 3"},
        Wait{"poll", "for files or sockets"},
        Wait{"epoll", "for files or sockets"},
        Wait{"read", "for the system call read on pipe:["},
        Wait{"accept", "for the system call accept on socket:["},
        Wait{"sigwait", "for a signal"}, Wait{"pause", "for a signal"},
        Wait{"sleep", "it still sleeps"}),
    [](const auto &Info) {
      std::string Name = Info.param.Case;
      std::erase(Name, '-');
      return Name;
    });

} // namespace
