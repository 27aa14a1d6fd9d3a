// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Our walk against libgcc's, over the frames that compilers make.
#include "runtime/stack/Unwind.h"
#include "gtest/gtest.h"
#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include <vector>

using namespace raddle;

namespace {

struct Walks {
  std::vector<uint64_t> Ours, Libgcc, Far;
};

/// Whole stack of the main thread: far more than any test has.
StackRange around(uint64_t Sp) {
  pthread_attr_t Attributes;
  void *Low;
  size_t Size;
  pthread_getattr_np(pthread_self(), &Attributes);
  pthread_attr_getstack(&Attributes, &Low, &Size);
  pthread_attr_destroy(&Attributes);
  return {Sp, reinterpret_cast<uint64_t>(Low) + Size};
}

/// Both walks, from the caller outwards.
__attribute__((noinline)) void walk(Walks &W) {
  CallSite Site = RADDLE_CALL_SITE();
  Frame Frames[128];
  unsigned Count = unwind(Site, around(Site.Sp), Frames, 128);
  for (unsigned I = 0; I != Count; ++I)
    W.Ours.push_back(Frames[I].Pc);
  Count = unwindOther(Site, Frames, 128);
  for (unsigned I = 0; I != Count; ++I)
    W.Far.push_back(Frames[I].Pc);
  void *Addresses[128];
  int Found = backtrace(Addresses, 128);
  // The first is in this function.
  for (int I = 1; I < Found; ++I)
    W.Libgcc.push_back(reinterpret_cast<uint64_t>(Addresses[I]));
  __asm__ volatile("" ::: "memory");
}

void check(const Walks &W, size_t AtLeast) {
  EXPECT_GE(W.Ours.size(), AtLeast);
  EXPECT_EQ(W.Ours, W.Libgcc);
  EXPECT_EQ(W.Far, W.Ours) << "read by system calls";
}

__attribute__((noinline)) void recurse(Walks &W, int Depth) {
  if (Depth)
    recurse(W, Depth - 1);
  else
    walk(W);
  __asm__ volatile("" ::: "memory");
}

TEST(Unwind, Recursion) {
  Walks W;
  recurse(W, 40);
  check(W, 45);
}

__attribute__((noinline)) void withAlloca(Walks &W, size_t Size) {
  char *Memory = static_cast<char *>(alloca(Size));
  __asm__ volatile("" ::"r"(Memory) : "memory");
  walk(W);
  __asm__ volatile("" ::"r"(Memory) : "memory");
}

TEST(Unwind, FrameOfUnknownSize) {
  Walks W;
  withAlloca(W, 1000);
  withAlloca(W, 8);
  // Twice in one: only the first of each is compared.
  Walks One;
  withAlloca(One, 12345);
  check(One, 5);
}

__attribute__((noinline)) void realigned(Walks &W, int A) {
  alignas(128) char Buffer[256];
  Buffer[0] = char(A);
  __asm__ volatile("" ::"r"(Buffer) : "memory");
  walk(W);
  __asm__ volatile("" ::"r"(Buffer) : "memory");
}

TEST(Unwind, RealignedStack) {
  Walks W;
  realigned(W, 3);
  check(W, 5);
}

__attribute__((noinline, optnone)) void unoptimised(Walks &W, int Depth) {
  if (Depth == 0)
    withAlloca(W, 64);
  else
    unoptimised(W, Depth - 1);
}

TEST(Unwind, UnoptimisedAndOptimisedMixed) {
  Walks W;
  unoptimised(W, 5);
  check(W, 10);
}

int compare(const void *, const void *);
Walks *InCallback;
int compare(const void *, const void *) {
  if (InCallback->Ours.empty())
    walk(*InCallback);
  return 0;
}

TEST(Unwind, ThroughLibc) {
  Walks W;
  InCallback = &W;
  int Numbers[4] = {3, 1, 2, 0};
  qsort(Numbers, 4, sizeof(int), compare);
  check(W, 6);
}

Walks *InHandler;
void handler(int) { walk(*InHandler); }

TEST(Unwind, ThroughASignalFrame) {
  Walks W;
  InHandler = &W;
  signal(SIGUSR1, handler);
  raise(SIGUSR1);
  signal(SIGUSR1, SIG_DFL);
  check(W, 7);
}

uint64_t *InterruptedAt;
std::vector<uint64_t> *Interrupted;
void interrupted(int, siginfo_t *, void *Context) {
  auto *C = static_cast<ucontext_t *>(Context);
  CallSite Site = {uint64_t(C->uc_mcontext.gregs[REG_RIP]),
                   uint64_t(C->uc_mcontext.gregs[REG_RSP]),
                   uint64_t(C->uc_mcontext.gregs[REG_RBP])};
  *InterruptedAt = Site.Pc;
  Frame Frames[64];
  unsigned Count = unwind(Site, around(Site.Sp), Frames, 64, true);
  for (unsigned I = 0; I != Count; ++I)
    Interrupted->push_back(Frames[I].Pc);
}

__attribute__((noinline)) void trap() { __asm__ volatile("int3; nop"); }

TEST(Unwind, FromAnInterruptedInstruction) {
  uint64_t At = 0;
  std::vector<uint64_t> Pcs;
  InterruptedAt = &At;
  Interrupted = &Pcs;
  struct sigaction Action = {};
  Action.sa_sigaction = interrupted;
  Action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &Action, nullptr);
  trap();
  signal(SIGTRAP, SIG_DFL);
  ASSERT_GE(Pcs.size(), 5u);
  uint64_t Begin = reinterpret_cast<uint64_t>(&trap);
  EXPECT_TRUE(At >= Begin && At < Begin + 16);
  EXPECT_EQ(Pcs[0], At);
  void *Here[64];
  int Found = backtrace(Here, 64);
  // From the caller of this test on, both are the same.
  ASSERT_GT(Found, 2);
  EXPECT_EQ(std::vector<uint64_t>(Pcs.begin() + 2, Pcs.end()),
            std::vector<uint64_t>(reinterpret_cast<uint64_t *>(Here) + 1,
                                  reinterpret_cast<uint64_t *>(Here) + Found));
}

void *threadBody(void *Argument) {
  recurse(*static_cast<Walks *>(Argument), 3);
  return nullptr;
}

TEST(Unwind, EndsAtAThreadsStart) {
  Walks W;
  pthread_t Thread;
  ASSERT_EQ(pthread_create(&Thread, nullptr, threadBody, &W), 0);
  pthread_join(Thread, nullptr);
  EXPECT_GE(W.Ours.size(), 6u);
  EXPECT_LE(W.Ours.size(), W.Libgcc.size());
  for (size_t I = 0; I != W.Ours.size(); ++I)
    EXPECT_EQ(W.Ours[I], W.Libgcc[I]);
}

TEST(Unwind, GarbageIsNoStack) {
  Frame Frames[16];
  // Nothing there, not aligned, in the middle of data.
  EXPECT_LE(unwindOther({0x1234567, 0x7001, 0x7001}, Frames, 16), 1u);
  EXPECT_LE(unwindOther({0, 0, 0}, Frames, 16), 0u);
  uint64_t Words[32];
  for (uint64_t &W : Words)
    W = reinterpret_cast<uint64_t>(&W);
  uint64_t At = reinterpret_cast<uint64_t>(Words);
  EXPECT_LE(unwindOther({At, At, At}, Frames, 16), 16u);
  uint64_t Code = reinterpret_cast<uint64_t>(&threadBody) + 4;
  EXPECT_LE(unwindOther({Code, 0x8, 0x8}, Frames, 16), 1u);
}

TEST(Unwind, TheLimitIsKept) {
  Frame Frames[3] = {};
  CallSite Site = {};
  // A walk of its own, with room for two.
  Site = callSiteOf(static_cast<uint64_t *>(__builtin_frame_address(0)));
  EXPECT_EQ(unwind(Site, around(Site.Sp), Frames, 2), 2u);
  EXPECT_EQ(Frames[2].Pc, 0u);
}

} // namespace
