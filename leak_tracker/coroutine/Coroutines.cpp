// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/Coroutines.h"
#include "leak_tracker/coroutine/FrameSymbols.h"
#include "leak_tracker/coroutine/Suspension.h"
#include "leak_tracker/track/Heap.h"
#include "leak_tracker/track/Kernel.h"
#include "runtime/core/InternalLock.h"
#include "runtime/core/Maps.h"
#include "runtime/interpose/Real.h"
#include "runtime/stack/StackStore.h"
#include "runtime/stack/Symbols.h"

namespace raddle::leaks {

namespace {

/// More than this is not read: the process has other things to do.
constexpr uint64_t MostBytes = uint64_t(1) << 30;

struct Range {
  uint64_t Start, End;
};

/// A coroutine's two functions.
struct Function {
  uint64_t Resume, Destroy;
  bool Gcc;
  bool Walked; ///< Place is set.
  IndexPlace Place;
};

struct Frame {
  uint64_t Address;
  uint32_t Of; ///< Index of a function.
  bool Runs;
};

/// Of known frames: the baseline that saw them first.
HashTable Known;
/// Those that were there when the test began that runs alone.
HashTable BeforeTest;
uint32_t Alone = 0; ///< Its number, or 0.
uint32_t Tests = 0; ///< That run now.
uint32_t Begun = 0;
InternalLock KnownLock;

uint64_t keyOf(uint64_t Address, uint64_t Resume) {
  return mix(Address, Resume) | 1;
}

class Scan {
public:
  ~Scan() {
    Code.release();
    Functions.release();
    Verdicts.release();
    Frames.release();
    Points.release();
    PointOf.release();
    ByAddress.release();
  }
  void run(const TaskList &Threads, const HostState &Host);
  /// Threads that run may be asked where, by a signal.
  bool MayAsk = false;
  const Function &functionOf(const Frame &F) const { return Functions[F.Of]; }
  Suspension suspensionOf(const Frame &F);
  List<Frame> Frames;

private:
  static bool wanted(uint64_t First, uint64_t Second, void *Context) {
    return static_cast<Scan *>(Context)->mayBeFrame(First, Second);
  }
  const Range *codeAt(uint64_t Address) const;
  bool mayBeFrame(uint64_t Resume, uint64_t Destroy) const;
  /// Index of the function plus 1, or 0.
  uint32_t coroutineOf(uint64_t Resume, uint64_t Destroy);
  void readHeap();
  void findRunning(const TaskInfo &Thread, const HostState &Host);
  uint32_t functionAt(uint64_t Pc) const;

  List<Range> Code; ///< Ascending.
  List<Function> Functions;
  HashTable Verdicts;  ///< Of pairs: 1 no, else index of the function plus 2.
  HashTable ByAddress; ///< Frames, to their index plus 1.
  /// Functions are read once for each number of a suspension.
  List<Suspension> Points;
  HashTable PointOf; ///< To the index plus 1.
};

const Range *Scan::codeAt(uint64_t Address) const {
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
bool Scan::mayBeFrame(uint64_t Resume, uint64_t Destroy) const {
  if (Resume < 4096 || Destroy < 4096 || Resume == Destroy)
    return false;
  const Range *R = codeAt(Resume);
  return R && Destroy >= R->Start && Destroy < R->End;
}

uint32_t Scan::coroutineOf(uint64_t Resume, uint64_t Destroy) {
  uint32_t *Verdict = Verdicts.insert(keyOf(Resume, Destroy));
  if (!Verdict)
    return 0;
  if (*Verdict)
    return *Verdict - 1;
  Symbol R, D;
  bool Yes = findSymbol(Resume, R) && !R.Offset && findSymbol(Destroy, D) &&
             !D.Offset && areFrameSymbols(R.Name, D.Name);
  Function *F = Yes ? Functions.add() : nullptr;
  if (F)
    *F = {Resume, Destroy, isGccSymbol(R.Name), false, {}};
  *Verdict = F ? uint32_t(Functions.size()) + 1 : 1;
  return *Verdict - 1;
}

Suspension Scan::suspensionOf(const Frame &F) {
  Function &Of = Functions[F.Of];
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

void Scan::readHeap() {
  Heap Blocks;
  Blocks.keepOnly(wanted, this);
  {
    MapsReader Maps;
    Mapping M;
    while (Maps.next(M)) {
      if (!M.Executable || M.Anonymous)
        continue;
      if (Range *R = Code.add())
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
  for (const HeapBlock &B : Blocks.blocks()) {
    uint64_t Words[2];
    if (!sys::safeRead(Words, B.Start, sizeof(Words)) ||
        !mayBeFrame(Words[0], Words[1]))
      continue;
    uint32_t Of = coroutineOf(Words[0], Words[1]);
    Frame *F = Of ? Frames.add() : nullptr;
    if (!F)
      continue;
    *F = {B.Start, Of - 1, false};
    if (uint32_t *Index = ByAddress.insert(B.Start))
      *Index = uint32_t(Frames.size());
  }
}

/// The function that \p Pc returns into, as index plus 1, or 0.
uint32_t Scan::functionAt(uint64_t Pc) const {
  constexpr uint64_t MostCode = 1 << 20;
  for (const Function &F : Functions) {
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
void Scan::findRunning(const TaskInfo &T, const HostState &Host) {
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
    for (Frame &F : Frames)
      F.Runs |= !Seen && F.Of == Of;
  }
  In.release();
  OnStack.release();
}

void Scan::run(const TaskList &Threads, const HostState &Host) {
  if (!hasGlibcHeap())
    return;
  readHeap();
  if (Frames.empty())
    return;
  for (const TaskInfo &T : Threads)
    findRunning(T, Host);
}

} // namespace

void lookAtCoroutines(TaskList &Tasks, const HostState &Host) {
  Scan S;
  S.MayAsk = true;
  S.run(Tasks, Host);
  InternalGuard G(KnownLock);
  for (const Frame &F : S.Frames) {
    Suspension Where = S.suspensionOf(F);
    if (F.Runs || Where.Ends)
      continue;
    uint64_t Resume = S.functionOf(F).Resume;
    TaskInfo *T = Tasks.add();
    if (!T)
      return;
    T->Kind = trace::TaskKind::Coroutine;
    T->State = trace::TaskState::Suspended;
    T->Address = F.Address;
    T->ResumePoint = T->StartRoutine = Resume;
    T->ResumeIndex = Where.Index;
    T->Stack = TheStacks.intern(Where.At ? &Where.At : &T->ResumePoint, 1,
                                trace::StackExactTop);
    const uint32_t *Epoch = Known.find(keyOf(F.Address, Resume));
    T->Epoch = Epoch ? *Epoch : ~uint32_t(0);
    if (Alone && !BeforeTest.find(keyOf(F.Address, Resume)))
      T->Test = Alone;
  }
}

void keepCoroutines(uint32_t Epoch, const HostState &Host) {
  // Those that run are of the baseline too: no stack is looked at.
  TaskList None;
  Scan S;
  S.run(None, Host);
  InternalGuard G(KnownLock);
  for (const Frame &F : S.Frames)
    if (uint32_t *E = Known.insert(keyOf(F.Address, S.functionOf(F).Resume));
        E && !*E)
      *E = Epoch;
}

/// Asked again only when modules were loaded.
static bool hasCoroutines() {
  static uint64_t Loads = 0;
  static bool Has = false;
  uint64_t Now = 0;
  if (Real.dl_iterate_phdr)
    Real.dl_iterate_phdr(
        [](dl_phdr_info *Info, size_t, void *Context) {
          *static_cast<uint64_t *>(Context) = Info->dlpi_adds;
          return 1;
        },
        &Now);
  if (__atomic_load_n(&Loads, __ATOMIC_ACQUIRE) == Now)
    return Has;
  bool Found = false;
  forEachSymbol(
      [](const char *Name, size_t) {
        return readFrameSymbol(Name).Part == FramePart::Resume;
      },
      [](const char *, uint64_t, uint64_t, void *Context) {
        *static_cast<bool *>(Context) = true;
      },
      &Found);
  Has = Found;
  __atomic_store_n(&Loads, Now, __ATOMIC_RELEASE);
  return Found;
}

void testBegins(uint32_t Test, const HostState &Host) {
  uint32_t Number;
  bool First;
  {
    InternalGuard G(KnownLock);
    First = Tests++ == 0;
    Number = ++Begun;
    Alone = 0;
  }
  // Without the lock: the loader's is taken meanwhile.
  if (!First || !hasCoroutines())
    return;
  TaskList None;
  Scan S;
  S.run(None, Host);
  InternalGuard G(KnownLock);
  if (Begun != Number)
    return;
  Alone = Test;
  BeforeTest.release();
  for (const Frame &F : S.Frames)
    if (uint32_t *Seen =
            BeforeTest.insert(keyOf(F.Address, S.functionOf(F).Resume)))
      *Seen = 1;
}

void testEnds(uint32_t Test) {
  InternalGuard G(KnownLock);
  Tests -= Tests != 0;
  if (Alone == Test)
    Alone = 0;
}

uint32_t testAlone() {
  InternalGuard G(KnownLock);
  return Alone;
}

void nameCoroutine(uint64_t ResumePoint, TextSink &To) {
  Symbol S;
  if (!findSymbol(ResumePoint, S))
    return;
  const char *Name;
  size_t Length;
  findCoroutineName(S.Name, Name, Length);
  TextBuffer<4096> Own;
  Own.append(Name, Length);
  demangle(Own.text(), To);
}

} // namespace raddle::leaks
