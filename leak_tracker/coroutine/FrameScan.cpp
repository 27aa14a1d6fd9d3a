// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/FrameScan.h"
#include "leak_tracker/coroutine/FrameSymbols.h"
#include "leak_tracker/track/Kernel.h"
#include "runtime/core/InternalLock.h"
#include "runtime/core/Maps.h"
#include "runtime/stack/StackStore.h"
#include "runtime/stack/Symbols.h"

namespace raddle::leaks {

namespace {

/// More than this is not read: the process has other things to do.
constexpr uint64_t MostBytes = uint64_t(1) << 30;

/// Names that are looked for in all symbol tables, with numbers.
struct NameSet {
  HashTable Numbers;
  uint64_t Lengths[4]; ///< A bit for each length, modulo 256.
  static uint64_t hash(const char *Name, size_t Length) {
    uint64_t H = Length;
    for (size_t I = 0; I != Length; ++I)
      H = mix(H + 1, uint64_t(Name[I]) + 1);
    return H | 1;
  }
  void add(const char *Name, size_t Length, uint32_t Number) {
    Lengths[Length / 64 % 4] |= uint64_t(1) << Length % 64;
    if (uint32_t *N = Numbers.insert(hash(Name, Length)))
      *N = Number;
  }
  uint32_t find(const char *Name, size_t Length) {
    if (!(Lengths[Length / 64 % 4] >> Length % 64 & 1))
      return 0;
    uint32_t *N = Numbers.find(hash(Name, Length));
    return N ? *N : 0;
  }
};

} // namespace

const CodeMapping *FrameScan::codeAt(uint64_t Address) const {
  size_t Low = 0, High = Code.size();
  while (Low != High) {
    size_t Middle = (Low + High) / 2;
    if (Code[Middle].End <= Address)
      Low = Middle + 1;
    else
      High = Middle;
  }
  return Low != Code.size() && Address >= Code[Low].Start ? &Code[Low]
                                                          : nullptr;
}

/// Nearly all blocks are passed over here.
bool FrameScan::mayBeFrame(uint64_t Resume, uint64_t Destroy) const {
  if (Resume < 4096 || Destroy < 4096 || Resume == Destroy)
    return false;
  const CodeMapping *R = codeAt(Resume);
  return R && Destroy >= R->Start && Destroy < R->End;
}

uint32_t FrameScan::coroutineOf(uint64_t Resume, uint64_t Destroy) {
  uint32_t *Verdict = Verdicts.insert(frameKey(Resume, Destroy));
  if (!Verdict)
    return 0;
  if (*Verdict)
    return *Verdict - 1;
  Symbol R, D;
  bool Yes = findSymbol(Resume, R) && !R.Offset && findSymbol(Destroy, D) &&
             !D.Offset && areFrameSymbols(R.Name, D.Name);
  CoroutineCode *F = Yes ? Functions.add() : nullptr;
  if (F)
    *F = {Resume, Destroy, isGccSymbol(R.Name), false, {}, {}, {}};
  *Verdict = F ? uint32_t(Functions.size()) + 1 : 1;
  return *Verdict - 1;
}

Suspension FrameScan::suspensionOf(const CoroutineFrame &F) {
  CoroutineCode &Of = Functions[F.Of];
  if (!Of.Walked) {
    Of.Walked = true;
    Of.Place = findIndex(F.Address, Of.Resume, Of.Destroy, Of.Gcc);
  }
  uint64_t Index = 0;
  if (!Of.Place.Bytes ||
      !sys::safeRead(&Index, F.Address + Of.Place.Offset, Of.Place.Bytes))
    return {};
  uint32_t *Point = PointOf.insert(mix(Of.Resume, Index) | 1);
  if (!Point)
    return {};
  if (!*Point) {
    Suspension *S = Points.add();
    if (!S)
      return {};
    *S = findSuspension(F.Address, Of.Resume, Of.Gcc);
    *Point = uint32_t(Points.size());
  }
  return Points[*Point - 1];
}

void FrameScan::readHeap() {
  Heap Blocks;
  Blocks.keepOnly(wanted, this);
  {
    MapsReader Maps;
    Mapping M;
    while (Maps.next(M)) {
      if (!M.Executable || M.Anonymous)
        continue;
      if (CodeMapping *R = Code.add())
        *R = {M.Start, M.End};
    }
  }
  uint64_t Bytes = 0;
  MapsReader Maps;
  Mapping M;
  while (Maps.next(M) && Bytes <= MostBytes) {
    if (!M.Readable || !M.Writable || !M.Anonymous || M.IsStack)
      continue;
    // Other threads may allocate meanwhile, and the headers not fit.
    bool Done = false;
    for (unsigned Try = 0; Try != 3 && !Done; ++Try)
      Done = M.IsHeap ? Blocks.addMain(M.Start, M.End)
                      : Blocks.addArena(M.Start, M.End);
    if (Done)
      Bytes += M.End - M.Start;
  }
  auto FunctionsOf = [this](const HeapBlock &B) -> uint32_t {
    uint64_t Words[2];
    return sys::safeRead(Words, B.Start, sizeof(Words)) &&
                   mayBeFrame(Words[0], Words[1])
               ? coroutineOf(Words[0], Words[1])
               : 0;
  };
  for (const HeapBlock &B : Blocks.blocks())
    FunctionsOf(B);
  if (Functions.empty())
    return;
  findCode();
  for (const HeapBlock &B : Blocks.blocks()) {
    uint32_t Of = FunctionsOf(B);
    CoroutineFrame *F = Of && fits(B, Of - 1) ? Frames.add() : nullptr;
    if (!F)
      continue;
    *F = {B.Start, Of - 1, false};
    if (uint32_t *Index = ByAddress.insert(B.Start))
      *Index = uint32_t(Frames.size());
  }
}

/// Sizes of the functions, and the function that makes the coroutine, which has
/// its plain name. In one pass over all symbols.
void FrameScan::findCode() {
  static InternalLock Lock;
  static NameSet *Names; // Who asks whether a name is wanted has no context.
  NameSet Mine = {};
  for (const CoroutineCode &F : Functions) {
    Symbol R, D;
    if (!findSymbol(F.Resume, R) || !findSymbol(F.Destroy, D))
      continue;
    const char *Name;
    size_t Length;
    findCoroutineName(R.Name, Name, Length);
    uint32_t Number = uint32_t(&F - Functions.begin()) + 1;
    Mine.add(Name, Length, Number);
    Mine.add(D.Name, strlen(D.Name), Number);
  }
  {
    InternalGuard G(Lock);
    Names = &Mine;
    forEachSymbol(
        [](const char *Name, size_t Length) {
          return Names->find(Name, Length) != 0;
        },
        [](const char *Name, uint64_t Start, uint64_t Size, void *Context) {
          uint32_t Number = Names->find(Name, strlen(Name));
          CoroutineCode &F =
              static_cast<FrameScan *>(Context)->Functions[Number - 1];
          (Start == F.Destroy ? F.DestroyCode : F.Maker) = {Start, Size};
        },
        this);
  }
  Mine.Numbers.release();
}

bool FrameScan::fits(const HeapBlock &B, uint32_t Of) {
  uint64_t Usable = B.End - B.Start;
  uint32_t *Verdict = Sizes.insert(mix(Of + 1, Usable) | 1);
  if (!Verdict)
    return false;
  if (!*Verdict)
    *Verdict =
        mayBeFrameSize(Functions[Of].Maker, Functions[Of].DestroyCode, Usable)
            ? 2
            : 1;
  return *Verdict == 2;
}

/// The function that \p Pc returns into, as index plus 1, or 0.
uint32_t FrameScan::functionAt(uint64_t Pc) const {
  constexpr uint64_t MostCode = 1 << 20;
  for (const CoroutineCode &F : Functions) {
    Symbol S;
    bool Near = Pc - F.Resume <= MostCode || Pc - F.Destroy <= MostCode;
    if (!Near || !findFrameSymbol(Pc, false, S))
      continue;
    uint64_t Start = Pc - 1 - S.Offset;
    if (Start == F.Resume || Start == F.Destroy)
      return uint32_t(&F - Functions.begin()) + 1;
  }
  return 0;
}

/// A thread that is in a coroutine has an address of its code on its stack,
/// and, most often, the frame's. If it has not, it may be in any frame of that
/// coroutine.
void FrameScan::findRunning(const TaskInfo &T, const HostState &Host) {
  if (T.Kind != trace::TaskKind::Thread ||
      T.State == trace::TaskState::FinishedUnjoined || !T.StackHigh)
    return;
  // Below the call that waits are the registers that libc and we have saved.
  uint64_t From = T.IsMe ? Host.Sp : stackPointerOf(T.Tid);
  if (!From && T.blocked())
    From = T.Wait.Site.Sp;
  if (From < T.StackLow || From >= T.StackHigh)
    From = T.StackLow;
  List<uint32_t> In;      // Functions whose code is on the stack.
  List<uint32_t> OnStack; // Frames.
  auto Visit = [&](uint64_t Word) {
    if (uint32_t *Index = ByAddress.find(Word)) {
      if (uint32_t *I = OnStack.add())
        *I = *Index - 1;
    } else if (uint32_t Of = codeAt(Word) ? functionAt(Word) : 0) {
      if (uint32_t *I = In.add())
        *I = Of - 1;
    }
  };
  WordReader Words;
  uint64_t Word;
  for (uint64_t At = (From + 7) & ~uint64_t(7); At + 8 <= T.StackHigh; At += 8)
    if (Words.load(At, Word) && Word)
      Visit(Word);
  if (T.blocked() && T.Wait.Site.Pc)
    Visit(T.Wait.Site.Pc);
  if (T.IsMe)
    for (uint64_t Register : Host.Registers)
      if (Register)
        Visit(Register);
  // One that runs may be in a coroutine that has called nothing.
  bool Anywhere = !T.IsMe && !T.blocked() && !isAsleep(T.Tid);
  for (uint32_t Index : OnStack)
    Frames[Index].Runs |= Anywhere;
  if (Anywhere && MayAsk) {
    TaskInfo Now = T;
    lookAtKernel(Now, true);
    const StoredStack *S = TheStacks.get(Now.Stack);
    for (uint32_t I = 0; S && I != S->Count; ++I)
      // The innermost is the instruction itself.
      if (uint32_t Of = functionAt(S->Pcs[I] + (I == 0)))
        if (uint32_t *F = In.add())
          *F = Of - 1;
  }
  for (uint32_t Of : In) {
    bool Seen = false;
    for (uint32_t Index : OnStack)
      if (Frames[Index].Of == Of)
        Seen = Frames[Index].Runs = true;
    for (CoroutineFrame &F : Frames)
      F.Runs |= !Seen && F.Of == Of;
  }
  In.release();
  OnStack.release();
}

void FrameScan::run(const TaskList &Threads, const HostState &Host) {
  if (!hasGlibcHeap())
    return;
  readHeap();
  if (Frames.empty())
    return;
  for (const TaskInfo &T : Threads)
    findRunning(T, Host);
}

} // namespace raddle::leaks
