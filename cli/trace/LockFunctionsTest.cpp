// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/LockFunctions.h"
#include "gtest/gtest.h"

using namespace raddle;
using namespace raddle::cli;
using lockorder::Frame;

namespace {

Frame frame(const std::string &Function, unsigned Line, uint64_t Offset) {
  Frame F;
  F.Function = Function;
  F.Where.File = "a.cpp";
  F.Where.Line = Line;
  F.Module = "/bin/test";
  F.Offset = Offset;
  return F;
}

const Frame Guard = frame("Guard::Guard(Mutex&)", 3, 10),
            Lock = frame("Mutex::lock()", 1, 20),
            Thread = frame("thread()", 90, 99);

unsigned lineOf(const LockFunctions &L, const FrameStack &S) {
  const Frame *F = L.site(&S);
  return F ? F->Where.Line : 0;
}

TEST(LockFunctions, AreThoseThatReturnedWithTheLock) {
  FrameStack Held = {Lock, Guard, frame("push()", 31, 31), Thread};
  FrameStack Now = {Lock, Guard, frame("pop()", 41, 41),
                    frame("push()", 32, 32), Thread};
  LockFunctions L;
  EXPECT_EQ(lineOf(L, Now), 1u);
  L.learn(&Held, &Now);
  EXPECT_EQ(lineOf(L, Now), 41u);
  EXPECT_EQ(lineOf(L, Held), 31u);
}

TEST(LockFunctions, InOneFunctionAndCutOff) {
  FrameStack Held = {Guard, frame("both()", 31, 31)};
  FrameStack Now = {Guard, frame("both()", 32, 32), Thread};
  LockFunctions L;
  L.learn(&Held, &Now);
  EXPECT_EQ(lineOf(L, Now), 32u);
}

// work() is still under way: it holds the lock itself.
TEST(LockFunctions, WhoeverIsStillThereIsNone) {
  FrameStack Held = {frame("work()", 11, 11), Thread};
  FrameStack Now = {frame("wait()", 21, 21), frame("work()", 12, 12), Thread};
  LockFunctions L;
  L.learn(&Held, &Now);
  EXPECT_EQ(lineOf(L, Held), 11u);
  EXPECT_EQ(lineOf(L, Now), 21u);
}

// The same call of the same guard: a guard that takes two locks, or a loop.
TEST(LockFunctions, SameInstructionsAreTheSameCall) {
  FrameStack Held = {Guard, frame("both()", 31, 31), Thread};
  LockFunctions L;
  L.learn(&Held, &Held);
  EXPECT_EQ(lineOf(L, Held), 3u);
}

TEST(LockFunctions, NothingIsLearntWhereStacksDoNotMeet) {
  FrameStack Held = {Guard, frame("left()", 31, 31)};
  FrameStack Now = {Guard, frame("here()", 41, 41), Thread};
  FrameStack Recursive = {Guard, frame("left()", 32, 32),
                          frame("left()", 33, 33), Thread};
  FrameStack Empty;
  LockFunctions L;
  L.learn(&Held, &Now);
  L.learn(&Held, &Recursive);
  L.learn(&Held, &Empty);
  L.learn(&Empty, &Now);
  L.learn(nullptr, &Now);
  L.learn(&Held, nullptr);
  EXPECT_EQ(lineOf(L, Now), 3u);
  EXPECT_EQ(L.site(nullptr), nullptr);
}

// Where all of a stack locks, it is as it was.
TEST(LockFunctions, SomeFrameIsAlwaysTheSite) {
  FrameStack Held = {Guard, frame("push()", 31, 31), Thread};
  FrameStack Now = {Guard, frame("push()", 32, 32), Thread};
  LockFunctions L;
  L.learn(&Held, &Now);
  FrameStack Only = {Guard};
  EXPECT_EQ(lineOf(L, Only), 3u);
}

} // namespace
