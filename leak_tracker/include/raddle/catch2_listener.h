// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes a Catch2 test fail that leaves threads or other tasks behind:
//
//   #include "raddle/catch2_listener.h"
//   RADDLE_CATCH2_LEAK_CHECK();
//
// once in the program, at namespace scope of any file. It links nothing but
// Catch2 and does nothing unless the program runs under raddle (raddle leaks --
// ./test). Catch2 2 and 3, also amalgamated if that header is included before.
// With Catch2 2, include this before catch.hpp, unless in the file that defines
// CATCH_CONFIG_MAIN or CATCH_CONFIG_RUNNER.
//
// A task belongs to the test case on whose thread it was started, or whose
// threads and tasks started it. Each run of a test case, one for each of its
// sections, is looked at by itself.
#ifndef RADDLE_CATCH2_LISTENER_H
#define RADDLE_CATCH2_LISTENER_H

#include "raddle/raddle.h"
#include <cstdio>
#include <string>

#if defined(CATCH_AMALGAMATED_HPP_INCLUDED)
#define RADDLE_CATCH2_VERSION 3
#elif !defined(TWOBLUECUBES_SINGLE_INCLUDE_CATCH_HPP_INCLUDED) &&              \
    defined(__has_include)
#if __has_include(<catch2/catch_test_macros.hpp>)
#define RADDLE_CATCH2_VERSION 3
#include <catch2/catch_test_macros.hpp>
#include <catch2/interfaces/catch_interfaces_reporter.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#endif
#endif
#ifndef RADDLE_CATCH2_VERSION
#define RADDLE_CATCH2_VERSION 2
#ifndef TWOBLUECUBES_SINGLE_INCLUDE_CATCH_HPP_INCLUDED
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <catch2/catch.hpp>
#endif
#ifndef CATCH_REGISTER_LISTENER
#error "include raddle/catch2_listener.h before catch.hpp"
#endif
#endif

namespace raddle {

#if RADDLE_CATCH2_VERSION == 2
using CatchListenerBase = Catch::TestEventListenerBase;
using CatchAssertionEnded = bool;
#else
using CatchListenerBase = Catch::EventListenerBase;
using CatchAssertionEnded = void;
#endif

class CatchLeakListener : public CatchListenerBase {
public:
  using CatchListenerBase::CatchListenerBase;

  // The outermost section is the test case's body.
  void sectionStarting(const Catch::SectionInfo &Info) override {
    CatchListenerBase::sectionStarting(Info);
    if (Depth++ == 0)
      Test = raddle_test_begin(Info.name.c_str());
  }

  // When a section has ended the test case's result still takes failures, which
  // is no longer so when the test case has, and the reporters are called after
  // the listeners.
  void sectionEnded(const Catch::SectionStats &Stats) override {
    if (--Depth == 0 && Test && !Crashed)
      check(Stats);
    CatchListenerBase::sectionEnded(Stats);
  }

  // All that follows a fatal signal happens in its handler.
  CatchAssertionEnded
  assertionEnded(const Catch::AssertionStats &Stats) override {
    if (Stats.assertionResult.getResultType() ==
        Catch::ResultWas::FatalErrorCondition)
      Crashed = true;
    return CatchListenerBase::assertionEnded(Stats);
  }

private:
  void check(const Catch::SectionStats &Stats) {
    if (Text.empty())
      Text.resize(std::size_t(1) << 16);
    std::size_t Leaks = raddle_test_end(Test, &Text[0], Text.size());
    Test = 0;
    if (!Leaks)
      return;
    // A test that stopped half-way may well leave things behind.
    if (Stats.assertions.failed || Stats.assertions.failedButOk) {
      std::fputs(Text.c_str(), stderr);
      return;
    }
    std::string Message = "leaves " + std::to_string(Leaks) +
                          (Leaks == 1 ? " task" : " tasks") + " behind\n" +
                          Text.c_str();
#ifdef __cpp_exceptions
    // With --abort Catch2 throws what only a test may throw; it ends the run
    // after this test all the same.
    try {
      fail(Stats, std::move(Message));
    } catch (...) {
    }
#else
    fail(Stats, std::move(Message));
#endif
  }

  // FAIL_CHECK, at the test's line.
  static void fail(const Catch::SectionStats &Stats, std::string &&Message) {
    Catch::AssertionHandler Handler(
        "FAIL_CHECK", Stats.sectionInfo.lineInfo, Catch::StringRef(),
        Catch::ResultDisposition::ContinueOnFailure);
    Handler.handleMessage(Catch::ResultWas::ExplicitFailure,
                          std::move(Message));
    Handler.complete();
  }

  uint32_t Test = 0;
  unsigned Depth = 0;
  bool Crashed = false;
  std::string Text;
};

} // namespace raddle

#define RADDLE_CATCH2_LEAK_CHECK()                                             \
  using RaddleCatchLeakListener = ::raddle::CatchLeakListener;                 \
  CATCH_REGISTER_LISTENER(RaddleCatchLeakListener)                             \
  static_assert(true, "")

#endif
