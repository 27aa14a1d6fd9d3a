// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/FrameSize.h"
#include <gtest/gtest.h>
#include <vector>

namespace {

using namespace raddle::leaks;

CodeRange rangeOf(const std::vector<uint8_t> &Code) {
  return {reinterpret_cast<uint64_t>(Code.data()), Code.size()};
}

// mov $0x7f0, %edi; call
const std::vector<uint8_t> Makes = {0xBF, 0xF0, 0x07, 0, 0, 0xE8, 0, 0, 0, 0};
// mov $0x7f0, %esi; mov %rax, %rdi; jmp
const std::vector<uint8_t> DeletesSized = {0xBE, 0xF0, 0x07, 0,    0,
                                           0x48, 0x89, 0xC7, 0xE9, 0};
// mov $4, %esi; mov %eax, %ecx
const std::vector<uint8_t> Other = {0xBE, 4, 0, 0, 0, 0x89, 0xC1, 0x90};

// 0x7f0 bytes are a chunk of 0x800, of which 0x7f8 can be used.
TEST(FrameSize, OfTheMaker) {
  EXPECT_TRUE(mayBeFrameSize(rangeOf(Makes), {}, 0x7F8));
  EXPECT_TRUE(mayBeFrameSize(rangeOf(Makes), rangeOf(Other), 0x808));
  EXPECT_FALSE(mayBeFrameSize(rangeOf(Makes), rangeOf(Other), 0x7E8));
  EXPECT_FALSE(mayBeFrameSize(rangeOf(Makes), {}, 8008));
  EXPECT_FALSE(mayBeFrameSize(rangeOf(Makes), {}, 24));
}

TEST(FrameSize, OfTheDestroyer) {
  EXPECT_TRUE(mayBeFrameSize({}, rangeOf(DeletesSized), 0x7F8));
  EXPECT_FALSE(mayBeFrameSize({}, rangeOf(DeletesSized), 8008));
  EXPECT_TRUE(mayBeFrameSize(rangeOf(Other), rangeOf(DeletesSized), 0x7F8));
}

TEST(FrameSize, NotKnown) {
  EXPECT_TRUE(mayBeFrameSize({}, {}, 8008));
  EXPECT_TRUE(mayBeFrameSize({}, rangeOf(Other), 8008));
  EXPECT_TRUE(mayBeFrameSize({16, 64}, {}, 8008)) << "no memory is there";
}

TEST(FrameSize, OverTheEdgeOfWhatIsReadAtOnce) {
  for (size_t Before : {4085u, 4090u, 4095u, 4096u, 9000u}) {
    std::vector<uint8_t> Code(Before, 0x90);
    Code.insert(Code.end(), Makes.begin(), Makes.end());
    EXPECT_TRUE(mayBeFrameSize(rangeOf(Code), {}, 0x7F8)) << Before;
    Code.resize(Before + 4);
    EXPECT_FALSE(mayBeFrameSize(rangeOf(Code), {}, 0x7F8)) << Before;
  }
}

} // namespace
