// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/TaskFiles.h"
#include "runtime/core/KernelTasks.h"
#include "runtime/core/Match.h"

namespace raddle::leaks {

namespace {

uint64_t decimal(const char *&P) {
  uint64_t Value = 0;
  for (; *P >= '0' && *P <= '9'; ++P)
    Value = Value * 10 + uint64_t(*P - '0');
  return Value;
}

uint64_t hex(const char *&P) {
  while (*P == ' ' || *P == '\t')
    ++P;
  if (P[0] == '0' && P[1] == 'x')
    P += 2;
  uint64_t Value = 0;
  for (;; ++P) {
    if (*P >= '0' && *P <= '9')
      Value = Value * 16 + uint64_t(*P - '0');
    else if (*P >= 'a' && *P <= 'f')
      Value = Value * 16 + uint64_t(*P - 'a' + 10);
    else
      return Value;
  }
}

} // namespace

bool readCall(int Tid, InKernel &K) {
  char Text[256];
  if (!readTaskFile(Tid, "syscall", Text))
    return false;
  const char *P = Text;
  if (*P >= '0' && *P <= '9') {
    K.Calls = true;
    K.Number = decimal(P);
    for (uint64_t &A : K.Arguments)
      A = hex(P);
  } else if (P[0] == '-' && P[1] == '1') {
    P += 2;
  } else {
    return true; // "running"
  }
  K.Sp = hex(P);
  K.Pc = hex(P);
  return true;
}

bool blocksSignal(int Tid, int Signal) {
  char Text[4096];
  if (!readTaskFile(Tid, "status", Text))
    return true;
  for (const char *P = Text; *P; ++P)
    if (P[0] == '\n' && startsWith(P + 1, "SigBlk:")) {
      P += 8;
      return hex(P) >> (Signal - 1) & 1;
    }
  return true;
}

uint64_t switchesOf(int Tid) {
  char Text[4096];
  if (!readTaskFile(Tid, "status", Text))
    return ~uint64_t(0);
  uint64_t Sum = 0;
  unsigned Found = 0;
  for (const char *P = Text; *P; ++P)
    if (*P == '\n' && (startsWith(P + 1, "voluntary_ctxt_switches:") ||
                       startsWith(P + 1, "nonvoluntary_ctxt_switches:"))) {
      while (*P != ':')
        ++P;
      do
        ++P;
      while (*P == ' ' || *P == '\t');
      Sum += decimal(P);
      --P; // The loop goes on at the end of this line.
      ++Found;
    }
  return Found == 2 ? Sum : ~uint64_t(0);
}

} // namespace raddle::leaks
