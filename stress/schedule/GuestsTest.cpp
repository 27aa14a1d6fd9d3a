// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The hostile programs of testdata/programs/runtime under controlled schedules:
// signals, cancellation, forks, ends of all kinds. They do what they do alone.
// Not among them are those that burn steps while the world outside is waited
// for (forks), and ten thousand threads.
#include "stress/schedule/ControlledRun.h"
#include <gtest/gtest.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;

namespace {

struct Case {
  const char *Name;
  std::vector<std::string> Arguments = {};
};

class ControlledGuest : public ::testing::TestWithParam<Case> {};

TEST_P(ControlledGuest, DoesAsAlone) {
  std::vector<std::string> Command = {std::string(RADDLE_RUNTIME_GUESTS "/") +
                                      GetParam().Name};
  Command.insert(Command.end(), GetParam().Arguments.begin(),
                 GetParam().Arguments.end());
  Outcome Alone = raddle::testing::run(Command);
  // The ends with a strategy that knows no fairness. Leak tracking and lock
  // recording are on top.
  std::string Schedule =
      GetParam().Arguments.empty() ? "random:seed=1" : "pct:seed=2";
  Outcome O = raddle::testing::run(
      Command, raddle::testing::preload(
                   "leaks=1:locks=1:grace_ms=0:quiet=1:exitcode=0:schedule=" +
                   Schedule));
  EXPECT_EQ(O.Out, Alone.Out);
  EXPECT_EQ(O.Err, Alone.Err);
  EXPECT_EQ(O.Status, Alone.Status);
}

INSTANTIATE_TEST_SUITE_P(Programs, ControlledGuest,
                         ::testing::Values(Case{"cpp-threads"}, Case{"cancel"},
                                           Case{"errors"}, Case{"signals"},
                                           Case{"destructors"}, Case{"limits"},
                                           Case{"descriptors"}, Case{"loading"},
                                           Case{"stacks"}),
                         [](const auto &Info) {
                           std::string Name = Info.param.Name;
                           std::erase(Name, '-');
                           return Name;
                         });

INSTANTIATE_TEST_SUITE_P(
    Ends, ControlledGuest,
    ::testing::Values(Case{"ends", {"return"}}, Case{"ends", {"_exit"}},
                      Case{"ends", {"quick_exit"}},
                      Case{"ends", {"exit-in-thread"}},
                      Case{"ends", {"exit-with-lock"}},
                      Case{"ends", {"main-first"}}, Case{"ends", {"abort"}},
                      Case{"ends", {"terminate"}}, Case{"ends", {"segv"}}),
    [](const auto &Info) {
      std::string Name = Info.param.Arguments[0];
      for (char &C : Name)
        if (C == '-')
          C = '_';
      return "at_" + Name;
    });

} // namespace
