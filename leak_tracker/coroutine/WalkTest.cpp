// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/Walk.h"
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace {

using raddle::leaks::Walk;

struct Frame {
  uint64_t Resume = 0, Destroy = 0;
  uint8_t Early = 0, Index = 0;
  uint16_t Wide = 0;
};

Walk walk(const Frame &F, std::vector<uint8_t> Code) {
  Code.resize(Code.size() + 64, 0xF4); // hlt
  Walk W(reinterpret_cast<uint64_t>(&F),
         reinterpret_cast<uint64_t>(Code.data()));
  W.run();
  // As an offset: the code is gone afterwards.
  if (W.Target)
    W.Target -= reinterpret_cast<uint64_t>(Code.data());
  return W;
}

TEST(Walk, FollowsWhatTheIndexDecides) {
  // cmpb $2, 17(%rdi); je +4; cmpb $1, 17(%rdi); je +8
  std::vector<uint8_t> Code = {0x80, 0x7F, 17, 2, 0x74, 6,
                               0x80, 0x7F, 17, 1, 0x74, 8};
  Frame F;
  for (auto [Index, Target] :
       std::vector<std::pair<uint8_t, uint64_t>>{{0, 12}, {1, 20}, {2, 12}}) {
    F.Index = Index;
    Walk W = walk(F, Code);
    EXPECT_EQ(W.Target, Target) << int(Index);
    EXPECT_EQ(W.IndexBytes, 1u);
    EXPECT_EQ(W.Index, Index);
    EXPECT_EQ(W.IndexAddress, reinterpret_cast<uint64_t>(&F.Index));
  }
}

TEST(Walk, KeepsWhatGoesThroughTheStack) {
  // push %rbp; mov %rsp,%rbp; sub $0x20,%rsp; mov %rdi,-8(%rbp);
  // mov -8(%rbp),%rax; movzwl 18(%rax),%eax; cmp $4,%eax; ja +16
  std::vector<uint8_t> Code = {0x55, 0x48, 0x89, 0xE5, 0x48, 0x83, 0xEC,
                               0x20, 0x48, 0x89, 0x7D, 0xF8, 0x48, 0x8B,
                               0x45, 0xF8, 0x0F, 0xB7, 0x40, 18,   0x83,
                               0xF8, 4,    0x77, 16};
  Frame F;
  F.Wide = 6;
  Walk W = walk(F, Code);
  EXPECT_EQ(W.IndexBytes, 2u);
  EXPECT_EQ(W.Index, 6u);
  EXPECT_EQ(W.Target, 41u);
  F.Wide = 4;
  EXPECT_EQ(walk(F, Code).Target, 25u);
}

TEST(Walk, BranchesByOtherThingsAreNoTarget) {
  // cmpq $0, (%rdi); je +2; movzbl 17(%rdi), %eax
  Walk W = walk({}, {0x48, 0x83, 0x3F, 0, 0x74, 0, 0x0F, 0xB6, 0x47, 17});
  EXPECT_EQ(W.Target, 0u);
  EXPECT_EQ(W.IndexBytes, 1u);
}

TEST(Walk, StopsWhereItDoesNotUnderstand) {
  EXPECT_EQ(walk({}, {0xE8, 0, 0, 0, 0, 0x8A, 0x47, 17}).IndexBytes, 0u);
  EXPECT_EQ(walk({}, {0xC7, 0x07, 0, 0, 0, 0, 0x8A, 0x47, 17}).IndexBytes, 0u);
  // A branch by what nobody knows.
  EXPECT_EQ(walk({}, {0x85, 0xC0, 0x74, 0, 0x8A, 0x47, 17}).IndexBytes, 0u);
  // For ever.
  EXPECT_EQ(walk({}, {0xEB, 0xFE}).Target, 0u);
  // Nowhere.
  Walk W(0, 16);
  W.run();
  EXPECT_EQ(W.Target, 0u);
}

TEST(Walk, SurvivesAnything) {
  std::mt19937_64 Random(1);
  constexpr uint8_t Usual[] = {0x0F, 0x48, 0x8B, 0x89, 0x83, 0x80, 0x74,
                               0xEB, 0xFF, 0x47, 0x66, 0xE9, 0x63, 0x24};
  for (int Round = 0; Round != 20000; ++Round) {
    std::vector<uint8_t> Code(64);
    for (uint8_t &B : Code)
      B = Random() % 2 ? uint8_t(Random()) : Usual[Random() % sizeof(Usual)];
    Frame F;
    F.Index = uint8_t(Random());
    Walk W = walk(F, Code);
    EXPECT_LE(W.IndexBytes, 2u);
  }
}

} // namespace
