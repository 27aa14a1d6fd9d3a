// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/patch/Stub.h"
#include "stress/inject/patch/Patch.h"

// rdi: address, rsi: site. The stub keeps those two and rax; a call may change
// the others that are named here. The runtime is built for plain x86-64, and
// its instructions leave the upper halves of wide registers alone.
asm(R"(
  .text
  .type raddleStubEntry, @function
  .hidden raddleStubEntry
  .globl raddleStubEntry
raddleStubEntry:
  .cfi_startproc
  push %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  mov %rsp, %rbp
  .cfi_def_cfa_register %rbp
  push %rcx
  push %rdx
  push %r8
  push %r9
  push %r10
  push %r11
  lea 16(%rbp), %rdx
  sub $256, %rsp
  and $-16, %rsp
  movaps %xmm0, (%rsp)
  movaps %xmm1, 16(%rsp)
  movaps %xmm2, 32(%rsp)
  movaps %xmm3, 48(%rsp)
  movaps %xmm4, 64(%rsp)
  movaps %xmm5, 80(%rsp)
  movaps %xmm6, 96(%rsp)
  movaps %xmm7, 112(%rsp)
  movaps %xmm8, 128(%rsp)
  movaps %xmm9, 144(%rsp)
  movaps %xmm10, 160(%rsp)
  movaps %xmm11, 176(%rsp)
  movaps %xmm12, 192(%rsp)
  movaps %xmm13, 208(%rsp)
  movaps %xmm14, 224(%rsp)
  movaps %xmm15, 240(%rsp)
  call raddlePatchedAccess
  movaps (%rsp), %xmm0
  movaps 16(%rsp), %xmm1
  movaps 32(%rsp), %xmm2
  movaps 48(%rsp), %xmm3
  movaps 64(%rsp), %xmm4
  movaps 80(%rsp), %xmm5
  movaps 96(%rsp), %xmm6
  movaps 112(%rsp), %xmm7
  movaps 128(%rsp), %xmm8
  movaps 144(%rsp), %xmm9
  movaps 160(%rsp), %xmm10
  movaps 176(%rsp), %xmm11
  movaps 192(%rsp), %xmm12
  movaps 208(%rsp), %xmm13
  movaps 224(%rsp), %xmm14
  movaps 240(%rsp), %xmm15
  lea -48(%rbp), %rsp
  pop %r11
  pop %r10
  pop %r9
  pop %r8
  pop %rdx
  pop %rcx
  pop %rbp
  .cfi_def_cfa %rsp, 8
  ret
  .cfi_endproc
  .size raddleStubEntry, . - raddleStubEntry
)");

extern "C" __attribute__((visibility("hidden"), used)) void
raddlePatchedAccess(uint64_t Address, raddle::stress::PointSite *S,
                    uint64_t Sp) {
  raddle::stress::patchedAccess(Address, S, Sp);
}

namespace raddle::stress {

namespace {

const uint8_t *codeAt(uint64_t Address) {
  return reinterpret_cast<const uint8_t *>(Address);
}

/// sub dword ptr [rip + Countdown], 1; then jg past what follows. Returns the
/// place of the jump's distance.
uint64_t writeCountdown(CodeBuffer &To, PointSite &S) {
  To.code({0x83, 0x2d});
  To.distance(reinterpret_cast<uint64_t>(&S.Countdown), 1);
  To.byte(1);
  To.code({0x7f, 0});
  return To.at() - 1;
}

/// lea rsi, [rip + S]; call [rip + Entry].
void writeEntry(CodeBuffer &To, PointSite &S, uint64_t Entry) {
  To.code({0x48, 0x8d, 0x35});
  To.distance(reinterpret_cast<uint64_t>(&S));
  To.code({0xff, 0x15});
  To.distance(Entry);
}

/// lea rdi, the operand of \p I.
void writeOperand(CodeBuffer &To, const Instruction &I, uint64_t From) {
  const uint8_t *Code = codeAt(From);
  To.byte(uint8_t(0x48 | I.RexXB));
  To.byte(0x8d);
  To.byte(uint8_t((Code[I.Modrm] & 0xc7) | 7 << 3));
  if (I.RipRelative) {
    int32_t D;
    __builtin_memcpy(&D, Code + I.Displacement, 4);
    To.distance(From + I.Length + uint64_t(int64_t(D)));
  } else {
    To.bytes(Code + I.Modrm + 1, I.AddressEnd - I.Modrm - 1u);
  }
}

} // namespace

void writePoint(CodeBuffer &To, const Instruction &I, uint64_t From,
                PointSite &S, uint64_t Entry) {
  To.code({0x48, 0x8d, 0x64, 0x24, 0x80}); // lea rsp, [rsp - 128]
  To.code({0x50});                         // push rax
  // Most of the flags, at a fraction of pushf's price; overflow by itself.
  To.code({0x9f, 0x0f, 0x90, 0xc0}); // lahf; seto al
  uint64_t Fast = writeCountdown(To, S);
  To.code({0x57, 0x56, 0x50});             // push rdi; push rsi; push rax
  To.code({0x48, 0x8b, 0x44, 0x24, 0x18}); // mov rax, [rsp + 24]: as it was
  writeOperand(To, I, From);
  writeEntry(To, S, Entry);
  To.code({0x58, 0x5e, 0x5f}); // pop rax; pop rsi; pop rdi
  To.here(Fast);
  To.code({0x04, 0x7f, 0x9e});                      // add al, 127; sahf
  To.code({0x58});                                  // pop rax
  To.code({0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0}); // lea rsp, [rsp + 128]
}

void writeMoved(CodeBuffer &To, const Instruction &I, uint64_t From) {
  const uint8_t *Code = codeAt(From);
  if (!I.RipRelative) {
    To.bytes(Code, I.Length);
    return;
  }
  int32_t D;
  __builtin_memcpy(&D, Code + I.Displacement, 4);
  To.bytes(Code, I.Displacement);
  unsigned Rest = I.Length - I.Displacement - 4u;
  To.distance(From + I.Length + uint64_t(int64_t(D)), Rest);
  To.bytes(Code + I.Displacement + 4, Rest);
}

void writeCallPoint(CodeBuffer &To, uint64_t Target, PointSite &S,
                    uint64_t Entry) {
  // Flags and rax mean nothing at a call of these functions; arguments do. At
  // the entry of a function the stack is 8 off from being aligned.
  uint64_t Fast = writeCountdown(To, S);
  To.code({0x57, 0x56, 0x50}); // push rdi; push rsi; push rax
  writeEntry(To, S, Entry);
  To.code({0x58, 0x5e, 0x5f}); // pop rax; pop rsi; pop rdi
  To.here(Fast);
  To.byte(0xe9);
  To.distance(Target);
}

} // namespace raddle::stress
