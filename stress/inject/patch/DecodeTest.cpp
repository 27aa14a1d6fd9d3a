// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Instruction lengths as LLVM has them, over the code of this very program and
// over bytes at random; operands by example.
#include "stress/inject/patch/Decode.h"
#include <gtest/gtest.h>
#include <link.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <vector>

using namespace raddle::stress;

namespace {

struct DecodeTest : ::testing::Test {
  static void SetUpTestSuite() {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    Disassembler = LLVMCreateDisasmCPUFeatures("x86_64-linux-gnu", "",
                                               "+avx512f,+avx2,+bmi2,+sse4.2",
                                               nullptr, 0, nullptr, nullptr);
    ASSERT_NE(Disassembler, nullptr);
  }
  static void TearDownTestSuite() { LLVMDisasmDispose(Disassembler); }
  static size_t lengthOf(const uint8_t *Code, size_t Limit, char (&Text)[256]) {
    return LLVMDisasmInstruction(Disassembler, const_cast<uint8_t *>(Code),
                                 Limit, 0, Text, sizeof(Text));
  }
  static LLVMDisasmContextRef Disassembler;
};
LLVMDisasmContextRef DecodeTest::Disassembler;

struct Range {
  const uint8_t *Begin;
  size_t Size;
};
int codeOf(dl_phdr_info *Info, size_t, void *Context) {
  for (unsigned I = 0; I != Info->dlpi_phnum; ++I) {
    const auto &P = Info->dlpi_phdr[I];
    if (P.p_type == PT_LOAD && (P.p_flags & PF_X))
      static_cast<std::vector<Range> *>(Context)->push_back(
          {reinterpret_cast<const uint8_t *>(Info->dlpi_addr + P.p_vaddr),
           P.p_memsz});
  }
  return 0;
}

TEST_F(DecodeTest, LengthsInRealCode) {
  std::vector<Range> Code;
  dl_iterate_phdr(codeOf, &Code);
  size_t Compared = 0, Unknown = 0, Different = 0;
  char Text[256];
  for (const Range &R : Code) {
    // A part of each library is enough.
    size_t Size = std::min<size_t>(R.Size, 300000);
    for (size_t At = 0; At + 15 < Size;) {
      size_t Length = lengthOf(R.Begin + At, Size - At, Text);
      if (!Length) {
        ++At;
        continue;
      }
      Instruction I;
      // LLVM takes a prefix alone for an instruction.
      std::string Name = Text;
      bool Alone = Length == 1 && (R.Begin[At] == 0xf0 || R.Begin[At] == 0xf2 ||
                                   R.Begin[At] == 0xf3 || R.Begin[At] == 0x66 ||
                                   R.Begin[At] == 0x67 || R.Begin[At] == 0x2e ||
                                   R.Begin[At] == 0x64 || R.Begin[At] == 0x3e);
      if (!Alone) {
        ++Compared;
        if (!decode(R.Begin + At, Size - At, 0, I))
          ++Unknown;
        else if (I.Length != Length && ++Different < 10)
          ADD_FAILURE() << Text << ": " << Length << ", not "
                        << unsigned(I.Length);
      }
      At += Length;
    }
  }
  EXPECT_EQ(Different, 0u);
  EXPECT_GT(Compared, 100000u);
  EXPECT_LT(Unknown, Compared / 500);
}

Instruction of(std::initializer_list<uint8_t> Bytes, uint64_t Address = 0) {
  std::vector<uint8_t> Code(Bytes);
  Instruction I;
  EXPECT_TRUE(decode(Code.data(), Code.size(), Address, I));
  EXPECT_EQ(I.Length, Code.size());
  // Never looks further than it may.
  for (size_t Size = 0; Size != Code.size(); ++Size) {
    std::vector<uint8_t> Cut(Code.begin(), Code.begin() + long(Size));
    Instruction Other;
    EXPECT_FALSE(decode(Cut.data(), Size, Address, Other));
  }
  return I;
}

TEST_F(DecodeTest, Operands) {
  // mov dword ptr [rip + 0x12345678], 1
  Instruction I = of({0xc7, 0x05, 0x78, 0x56, 0x34, 0x12, 1, 0, 0, 0});
  EXPECT_TRUE(I.HasMemory && I.RipRelative && I.Writes && I.Addressable);
  EXPECT_EQ(I.Displacement, 2);
  EXPECT_EQ(I.AddressEnd, 6);
  // mov eax, [rdi + 0x10]
  I = of({0x8b, 0x47, 0x10});
  EXPECT_TRUE(I.HasMemory && !I.RipRelative && !I.Writes);
  EXPECT_EQ(I.Base, 7);
  EXPECT_EQ(I.Index, Instruction::None);
  // add [r12 + r9*4 - 1], rax
  I = of({0x4b, 0x01, 0x44, 0x8c, 0xff});
  EXPECT_TRUE(I.Writes);
  EXPECT_EQ(I.Base, 12);
  EXPECT_EQ(I.Index, 9);
  EXPECT_EQ(I.RexXB, 3);
  // lock cmpxchg [rsi], ecx
  I = of({0xf0, 0x0f, 0xb1, 0x0e});
  EXPECT_TRUE(I.Locked && I.Writes);
  // cmp dword ptr [rax], 0: reads
  I = of({0x83, 0x38, 0x00});
  EXPECT_TRUE(I.HasMemory && !I.Writes);
  // lea rax, [rip + 1]; nop [rax]: no access
  EXPECT_FALSE(of({0x48, 0x8d, 0x05, 1, 0, 0, 0}).HasMemory);
  EXPECT_FALSE(of({0x0f, 0x1f, 0x00}).HasMemory);
  // mov rax, fs:[0x28]
  I = of({0x64, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0});
  EXPECT_FALSE(I.Addressable);
  // vmovdqu ymm0, [r8 + 4]
  I = of({0xc4, 0xc1, 0x7e, 0x6f, 0x40, 0x04});
  EXPECT_TRUE(I.HasMemory && I.Addressable);
  EXPECT_EQ(I.Base, 8);
  // mov eax, ecx
  EXPECT_FALSE(of({0x89, 0xc8}).HasMemory);
}

TEST_F(DecodeTest, WhereItGoes) {
  EXPECT_EQ(of({0xe8, 0x10, 0, 0, 0}, 0x1000).Target, 0x1015u);
  EXPECT_EQ(of({0xe8, 0x10, 0, 0, 0}).Goes, Instruction::Call);
  EXPECT_EQ(of({0x75, 0xfe}, 0x1000).Target, 0x1000u);
  EXPECT_EQ(of({0x0f, 0x84, 0xfa, 0xff, 0xff, 0xff}, 0x1000).Target, 0x1000u);
  EXPECT_EQ(of({0xc3}).Goes, Instruction::Away);
  EXPECT_EQ(of({0x0f, 0x05}).Goes, Instruction::Away);
  EXPECT_EQ(of({0xff, 0xe0}).Goes, Instruction::IndirectJump);
  EXPECT_EQ(of({0xff, 0x15, 0, 0, 0, 0}).Goes, Instruction::Call);
  EXPECT_EQ(of({0x90}).Goes, Instruction::Next);
}

TEST_F(DecodeTest, RandomBytes) {
  uint64_t State = 1;
  unsigned Different = 0, Compared = 0;
  for (unsigned Round = 0; Round != 200000; ++Round) {
    uint8_t Code[15];
    for (uint8_t &Byte : Code) {
      State = State * 6364136223846793005u + 1442695040888963407u;
      Byte = uint8_t(State >> 56);
    }
    Instruction I;
    char Text[256];
    if (!decode(Code, sizeof(Code), 0, I))
      continue;
    ASSERT_LE(I.Length, 15);
    // What LLVM does not take for an instruction may be anything; what it does
    // with prefixes that mean nothing is its own affair.
    bool Prefixed = Code[0] == 0xf2 || Code[0] == 0xf3 || Code[0] == 0xf0 ||
                    Code[0] == 0x66 || Code[0] == 0x67 ||
                    (Code[0] & 0xe7) == 0x26 || (Code[0] & 0xfe) == 0x64 ||
                    (Code[0] & 0xf0) == 0x40 || Code[0] == 0x9b;
    if (Prefixed)
      continue;
    size_t Length = lengthOf(Code, sizeof(Code), Text);
    if (!Length)
      continue;
    ++Compared;
    if (Length != I.Length && ++Different < 10)
      ADD_FAILURE() << Text << ": " << Length << ", not " << unsigned(I.Length);
  }
  EXPECT_EQ(Different, 0u);
  EXPECT_GT(Compared, 10000u);
}

} // namespace
