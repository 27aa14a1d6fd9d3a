// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/HeldLocks.h"
#include "gtest/gtest.h"
#include <memory>
#include <random>
#include <set>

using namespace raddle;

namespace {

constexpr uint64_t PageSize = 4096, Count = 1 << 15;

struct Pages {
  std::unique_ptr<LockPages> Real = std::make_unique<LockPages>();
  std::set<uint64_t> Model;
  void set(uint64_t Address) {
    Real->set(Address);
    Model.insert(Address / PageSize % Count);
  }
  bool modelHas(uint64_t Address, uint64_t Size) const {
    uint64_t First = Address / PageSize, Last = (Address + Size - 1) / PageSize;
    for (uint64_t Page = First; Page <= Last; ++Page)
      if (Model.count(Page % Count))
        return true;
    return false;
  }
};

TEST(LockPages, OneBytePastARangeIsNotInIt) {
  Pages P;
  P.set(0x7f0000040000);
  EXPECT_TRUE(P.Real->mayHave(0x7f0000040fff));
  EXPECT_FALSE(P.Real->mayHave(0x7f0000041000, 63 * PageSize));
  EXPECT_FALSE(P.Real->mayHave(0x7f0000000000, 0x40000));
  EXPECT_TRUE(P.Real->mayHave(0x7f0000000000, 0x40001));
}

TEST(LockPages, AnswersAsPageByPage) {
  std::mt19937_64 Random(7);
  for (int Round = 0; Round != 50; ++Round) {
    Pages P;
    for (int I = 0; I != 20; ++I)
      P.set(Random() >> 17);
    for (int I = 0; I != 200; ++I) {
      uint64_t Address = Random() >> 17;
      uint64_t Size =
          1 + Random() % ((uint64_t(1) << Random() % 14) * PageSize);
      ASSERT_EQ(P.Real->mayHave(Address, Size), P.modelHas(Address, Size))
          << std::hex << Address << " + " << Size;
    }
  }
}

TEST(LockPages, MoreThanAllPagesMayHaveOne) {
  Pages P;
  EXPECT_TRUE(P.Real->mayHave(0x1000, (Count + 1) * PageSize));
  EXPECT_FALSE(P.Real->mayHave(0x1000, Count * PageSize));
}

} // namespace
