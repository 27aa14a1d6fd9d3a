// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Replay.h"
#include "runtime/Runtime.h"
#include "runtime/core/Print.h"
#include "stress/schedule/Shadow.h"
#include <fcntl.h>

namespace raddle::stress {

Replay TheReplay;

namespace {

/// Reads digits at \p At; false if there are none, or too many.
bool number(const char *&At, const char *End, uint64_t &Value) {
  while (At != End && (*At == ' ' || *At == '\t'))
    ++At;
  const char *Begin = At;
  for (Value = 0; At != End && *At >= '0' && *At <= '9'; ++At)
    if (__builtin_mul_overflow(Value, 10, &Value) ||
        __builtin_add_overflow(Value, uint64_t(*At - '0'), &Value))
      return false;
  return At != Begin;
}

template <typename Less, typename T>
void sort(T *A, unsigned Count, Less Before) {
  // Shell's, with Ciura's gaps: no memory, and nearly sorted is what comes.
  constexpr unsigned Gaps[] = {260609, 90927, 31725, 11062, 3862, 1347, 470,
                               163,    57,    20,    7,     3,    1};
  for (unsigned Gap : Gaps)
    for (unsigned I = Gap; I < Count; ++I) {
      T Moved = A[I];
      unsigned J = I;
      for (; J >= Gap && Before(Moved, A[J - Gap]); J -= Gap)
        A[J] = A[J - Gap];
      A[J] = Moved;
    }
}

} // namespace

bool Replay::read(const char *Path, bool IsStrict) {
  All = nullptr;
  Count = Made = 0;
  Strict = IsStrict;
  TextBuffer<512> Sentence;
  int File = sys::open(Path, O_RDONLY);
  long Size = File < 0 ? -1 : sys::call(SYS_lseek, File, 0, SEEK_END);
  constexpr long Most = 1 << 30;
  char *Text = Size < 0 || Size > Most
                   ? nullptr
                   : static_cast<char *>(sys::map(size_t(Size) + 1));
  long Got = 0;
  if (Text) {
    sys::call(SYS_lseek, File, 0, SEEK_SET);
    for (long Now; Got < Size &&
                   (Now = sys::read(File, Text + Got, size_t(Size - Got))) > 0;)
      Got += Now;
  }
  if (File >= 0)
    sys::close(File);
  if (!Text || Got != Size) {
    Sentence << "cannot read the schedule '" << Path
             << "'; name a file with lines 'thread clock next' by replay=";
    say(Sentence.text());
    return false;
  }
  unsigned Lines = 1;
  for (long I = 0; I != Size; ++I)
    Lines += Text[I] == '\n';
  All = static_cast<Switch *>(sys::map(Lines * sizeof(Switch)));
  bool Good = All != nullptr;
  unsigned Line = 1;
  for (const char *At = Text, *End = Text + Size; Good && At != End; ++Line) {
    const char *Stop = At;
    while (Stop != End && *Stop != '\n')
      ++Stop;
    uint64_t From, Clock, Next;
    if (At != Stop && *At != '#') {
      Good = number(At, Stop, From) && number(At, Stop, Clock) &&
             number(At, Stop, Next) && From <= UINT32_MAX && Next <= UINT32_MAX;
      while (Good && At != Stop && (*At == ' ' || *At == '\r'))
        ++At;
      Good = Good && At == Stop;
      if (!Good)
        break;
      All[Count++] = {uint32_t(From), uint32_t(Next), Clock};
    }
    At = Stop == End ? End : Stop + 1;
  }
  sys::unmap(Text, size_t(Size) + 1);
  if (!Good) {
    Sentence << "the schedule '" << Path
             << "' has no 'thread clock next' in line " << Line
             << "; it is not followed";
    say(Sentence.text());
    return false;
  }
  sort(All, Count, [](const Switch &A, const Switch &B) {
    return A.From != B.From ? A.From < B.From : A.Clock < B.Clock;
  });
  return true;
}

Replay::Switch *Replay::find(uint32_t From, uint64_t Clock) {
  unsigned Low = 0, High = Count;
  while (Low != High) {
    unsigned Middle = Low + (High - Low) / 2;
    const Switch &S = All[Middle];
    if (S.From < From || (S.From == From && S.Clock < Clock))
      Low = Middle + 1;
    else
      High = Middle;
  }
  return Low != Count && All[Low].From == From && All[Low].Clock == Clock
             ? &All[Low]
             : nullptr;
}

unsigned Replay::choose(const Step *Enabled, unsigned EnabledCount, int Current,
                        uint32_t From, uint64_t Clock) {
  if (Switch *S = find(From, Clock)) {
    for (unsigned I = 0; I != EnabledCount; ++I)
      if (Enabled[I].Thread == S->Next) {
        ++Made;
        return I;
      }
    if (Strict)
      return EnabledCount;
  }
  return Current >= 0 ? unsigned(Current) : 0;
}

} // namespace raddle::stress
