// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random numbers of the system's follow from the seed. The processor's own
// (rdrand) cannot be seen.
#include "stress/schedule/Names.h"
#include "stress/schedule/Random.h"
#include <sys/random.h>

namespace raddle::stress {

namespace {

Random Numbers;

/// False: the thread is not controlled.
bool fill(void *To, size_t Size) {
  Controlled *Me = controlled();
  if (!Me)
    return false;
  InController In(*Me, InController::Access);
  auto *At = static_cast<unsigned char *>(To);
  while (Size) {
    uint64_t Value = Numbers.next();
    size_t Now = Size < sizeof(Value) ? Size : sizeof(Value);
    __builtin_memcpy(At, &Value, Now);
    At += Now;
    Size -= Now;
  }
  return true;
}

ssize_t getRandom(void *To, size_t Size, unsigned Flags) {
  // What it refuses, it refuses here too.
  if ((Flags & ~7u) || !To || !fill(To, Size))
    return Original.getrandom(To, Size, Flags);
  return ssize_t(Size);
}

int getEntropy(void *To, size_t Size) {
  return Size > 256 || !fill(To, Size) ? Original.getentropy(To, Size) : 0;
}

uint32_t arc4() {
  uint32_t Value;
  return fill(&Value, sizeof(Value)) ? Value : Original.arc4random();
}

void arc4Fill(void *To, size_t Size) {
  if (!fill(To, Size))
    Original.arc4random_buf(To, Size);
}

uint32_t arc4Below(uint32_t Limit) {
  uint64_t Value;
  return fill(&Value, sizeof(Value)) ? uint32_t((Value >> 32) * Limit >> 32)
                                     : Original.arc4random_uniform(Limit);
}

unsigned randomDevice(void *Device) {
  unsigned Value;
  if (fill(&Value, sizeof(Value)))
    return Value;
  auto &Next = Original._ZNSt13random_device9_M_getvalEv;
  if (!Next)
    put(Next, reinterpret_cast<unsigned (*)(void *)>(
                  findNext("_ZNSt13random_device9_M_getvalEv")));
  return Next(Device);
}

} // namespace

bool fillRandom(void *To, size_t Size) { return fill(To, Size); }

void seedRandomness(uint64_t Seed) { Numbers.seed(Seed ^ 0x72616E646F6D6E73u); }

void controlRandomness() {
  put(Real.getrandom, getRandom);
  put(Real.getentropy, getEntropy);
  put(Real.arc4random, arc4);
  put(Real.arc4random_buf, arc4Fill);
  put(Real.arc4random_uniform, arc4Below);
  put(Real._ZNSt13random_device9_M_getvalEv, randomDevice);
}

} // namespace raddle::stress
