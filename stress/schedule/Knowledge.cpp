// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Knowledge.h"
#include "runtime/core/Print.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

namespace raddle::stress {

Knowledge TheKnowledge;

namespace {

/// A new run counts for this much of a mean, once there are some.
constexpr double Weight = 0.25;

bool mergeable(Op Kind) {
  switch (Kind) {
  case Op::Lock:
  case Op::TryLock:
  case Op::SharedLock:
  case Op::TrySharedLock:
  case Op::Wait:
  case Op::Relock:
  case Op::Signal:
  case Op::Broadcast:
  case Op::SemaphoreWait:
  case Op::SemaphorePost:
  case Op::FutexWait:
  case Op::FutexWake:
  case Op::Read:
  case Op::Write:
  case Op::AtomicLoad:
  case Op::AtomicStore:
  case Op::AtomicUpdate:
    return true;
  default:
    // Nobody's order with these is a wish: a thread's begin, end and join, and
    // the giving back of a lock, which comes when it comes.
    return false;
  }
}

/// Another process writes for some microseconds.
bool lockFile(int File, int How) {
  for (unsigned Try = 0; Try != 50; ++Try) {
    if (sys::call(SYS_flock, File, How | LOCK_NB) == 0)
      return true;
    timespec Time = {0, 200000};
    sys::call(SYS_nanosleep, long(&Time), 0);
  }
  return false;
}

bool readAt(int File, void *To, size_t Size, uint64_t Offset) {
  return sys::call(SYS_pread64, File, long(To), long(Size), long(Offset)) ==
         long(Size);
}
bool writeAt(int File, const void *From, size_t Size, uint64_t Offset) {
  return sys::call(SYS_pwrite64, File, long(From), long(Size), long(Offset)) ==
         long(Size);
}

uint64_t countKey(uint32_t Place, uint32_t Thread) {
  return (uint64_t(Place) << 32 | Thread) + 1;
}

} // namespace

bool Knowledge::read(int File) {
  KnowledgeHead &H = Model->Head;
  long Got = sys::call(SYS_pread64, File, long(&H), sizeof(H), 0);
  bool Ours = true;
  for (long I = 0; I < Got && I < long(sizeof(H.Magic)); ++I)
    Ours = Ours && H.Magic[I] == ScheduleKnowledgeMagic[I];
  if (!Ours || Got < long(sizeof(H)) || H.Version != ScheduleKnowledgeVersion) {
    // Empty, or cut: nothing is known.
    Ours = Ours && Got < long(sizeof(H));
    H = {};
    return Ours;
  }
  uint64_t At = sizeof(H);
  bool Good = !H.Busy && H.Places <= MostPlaces && H.Counts <= MostCounts &&
              H.Threads <= MostThreads && H.Orders <= MostOrders &&
              H.Points >= 0 && H.Points < 1e15;
  Good = Good &&
         readAt(File, Model->Places, H.Places * sizeof(KnowledgePlace), At);
  At += H.Places * sizeof(KnowledgePlace);
  Good = Good &&
         readAt(File, Model->Counts, H.Counts * sizeof(KnowledgeCount), At);
  At += H.Counts * sizeof(KnowledgeCount);
  Good = Good &&
         readAt(File, Model->Parents, (H.Threads + 1) * sizeof(uint32_t), At);
  At += (H.Threads + 1) * sizeof(uint32_t);
  Good = Good &&
         readAt(File, Model->Orders, H.Orders * sizeof(KnowledgeOrder), At);
  // Nothing of it is trusted to be in range.
  for (uint32_t I = 0; Good && I != H.Places; ++I) {
    const KnowledgePlace &P = Model->Places[I];
    uint32_t *Index = PlaceIndex.insert(P.Hash);
    Good = P.Hash && P.Group <= H.Places && Index && !*Index;
    if (Good)
      *Index = I + 1;
  }
  for (uint32_t I = 0; Good && I != H.Counts; ++I) {
    const KnowledgeCount &C = Model->Counts[I];
    Good = C.Place < H.Places && C.Thread && C.Thread <= MostThreads &&
           C.Count >= 0 && C.Count < 1e15;
    uint32_t *Index =
        Good ? CountIndex.insert(countKey(C.Place, C.Thread)) : nullptr;
    Good = Good && Index && !*Index;
    if (Good)
      *Index = I + 1;
  }
  for (uint32_t I = 0; Good && I != H.Orders; ++I) {
    const KnowledgeOrder &O = Model->Orders[I];
    uint32_t *Index = O.Key ? OrderIndex.insert(O.Key) : nullptr;
    Good = Index && !*Index;
    if (Good)
      *Index = I + 1;
  }
  for (uint32_t T = 2; Good && T <= H.Threads; ++T)
    Good = Model->Parents[T] && Model->Parents[T] < T;
  if (!Good) {
    uint64_t Generation = H.Generation;
    H = {};
    H.Generation = Generation;
    PlaceIndex.release();
    CountIndex.release();
    OrderIndex.release();
  }
  return true;
}

bool Knowledge::load(const char *From) {
  Asked = 0;
  PlaceIndex.release();
  CountIndex.release();
  OrderIndex.release();
  if (Model)
    sys::unmap(Model, sizeof(*Model));
  Model = nullptr;
  TextSink(Path, sizeof(Path)) << From;
  if (!*Path)
    return true;
  Model = static_cast<ModelType *>(sys::map(sizeof(*Model)));
  if (!Model)
    return true;
  int File = sys::open(Path, O_RDONLY | O_NOFOLLOW);
  bool Ours = true;
  if (File >= 0) {
    if (lockFile(File, LOCK_SH))
      Ours = read(File);
    sys::close(File);
  }
  if (!Ours)
    Path[0] = 0;
  for (uint32_t I = 0; I != Model->Head.Places; ++I)
    Model->Known[I] = Model->Places[I].Shared;
  makeView();
  return Ours;
}

void Knowledge::makeView() {
  KnowledgeHead &H = Model->Head;
  Expectation &V = Model->View;
  V.Runs = H.Runs;
  // Groups of which nobody writes, or that have one place and one thread, are
  // none; the others are numbered without gaps.
  HashTable Numbers;
  for (uint32_t I = 0; I != H.Places; ++I) {
    const KnowledgePlace &P = Model->Places[I];
    uint32_t Number = 0;
    if (P.Group)
      if (uint32_t *N = Numbers.insert(root(I) + 1)) {
        if (!*N)
          *N = ++V.Groups;
        Number = *N;
      }
    Model->ViewPlaces[I] = {P.Hash,
                            Number,
                            Op(P.Kind),
                            (P.Writes & 1) != 0,
                            (P.Writes & 2) != 0,
                            (P.Writes & 4) != 0,
                            0};
  }
  Numbers.release();
  for (uint32_t I = 0; I != H.Counts; ++I) {
    const KnowledgeCount &C = Model->Counts[I];
    Model->ViewCounts[I] = {C.Place, C.Thread, C.Count};
    Model->ViewPlaces[C.Place].Threads |= uint64_t(1) << C.Thread % 64;
  }
  __builtin_memcpy(Model->ViewParents, Model->Parents,
                   (H.Threads + 1) * sizeof(uint32_t));
  V.Places = Model->ViewPlaces;
  V.PlaceCount = H.Places;
  V.Counts = Model->ViewCounts;
  V.CountCount = H.Counts;
  V.Parents = Model->ViewParents;
  V.ThreadCount = H.Threads;
  V.TimesTried = [](uint64_t Key) { return TheKnowledge.timesTried(Key); };
  V.Trying = [](uint64_t Key) { TheKnowledge.trying(Key); };
  V.IsSettled = [](uint64_t Key) { return TheKnowledge.isSettled(Key); };
}

uint32_t Knowledge::place(uint64_t Hash) {
  if (!Model || !Hash)
    return NoPlace;
  uint32_t *Index = PlaceIndex.insert(Hash);
  if (!Index)
    return NoPlace;
  if (!*Index) {
    if (Model->Head.Places == MostPlaces)
      return NoPlace;
    Model->Places[Model->Head.Places] = {Hash, 0, 0, 0, 0};
    *Index = ++Model->Head.Places;
  }
  return *Index - 1;
}

bool Knowledge::isKnown(uint32_t Place) const {
  return Place < MostPlaces && Model && Model->Known[Place];
}

void Knowledge::touchedShared(uint32_t Place) {
  if (Place < MostPlaces && Model)
    Model->Places[Place].Shared = 1;
}

uint32_t Knowledge::root(uint32_t Place) {
  // Each names another of its group, or itself; with halving of the paths. A
  // hostile file may have made a circle.
  for (unsigned Steps = 0; Steps != MostPlaces; ++Steps) {
    uint32_t Next = Model->Places[Place].Group - 1;
    if (Next >= MostPlaces || Next == Place)
      return Place;
    uint32_t After = Model->Places[Next].Group;
    if (After)
      Model->Places[Place].Group = After;
    Place = Next;
  }
  return Place;
}

void Knowledge::join(uint32_t A, uint32_t B) {
  A = root(A);
  B = root(B);
  uint32_t Low = A < B ? A : B;
  Model->Places[A].Group = Model->Places[B].Group = Low + 1;
}

void Knowledge::meet(Object &O, uint32_t Place, const Step &S) {
  if (!O.Thread) {
    O.Thread = uint16_t(S.Thread);
    O.First = Place + 1;
  } else if (O.Thread != uint16_t(S.Thread)) {
    O.Shared = true;
  }
  O.Written |= S.Writes;
  if (O.First != Place + 1 && !O.Other)
    O.Other = Place + 1;
  if (!O.Shared || !O.Written)
    return;
  join(Place, O.First - 1);
  if (O.Other)
    join(Place, O.Other - 1);
}

void Knowledge::taken(const Step &S) {
  if (!Model || !S.Object)
    return;
  if (mergeable(S.Kind))
    learn(S);
  Model->Seen.holds(S);
}

void Knowledge::learn(const Step &S) {
  uint32_t At = place(knownAs(S));
  if (At == NoPlace)
    return;
  KnowledgePlace &P = Model->Places[At];
  P.Kind = uint16_t(S.Kind);
  P.Writes |= uint8_t(S.Writes);
  if (S.Object < MostObjects) {
    Object &O = Model->Objects[S.Object];
    meet(O, At, S);
    if (S.Writes && O.LastThread == S.Thread && !O.LastWrote &&
        O.LastPlace != At + 1)
      P.Writes |= 2;
    O.LastThread = S.Thread;
    O.LastPlace = At + 1;
    O.LastWrote = S.Writes;
  }
  if ((S.Kind == Op::Lock || S.Kind == Op::SharedLock) &&
      Model->Seen.holdsAny(S.Thread))
    P.Writes |= 4;
  Model->Seen.taken(At, S);
  if (!S.Thread || S.Thread > MostThreads)
    return;
  uint32_t *Index = CountIndex.insert(countKey(At, S.Thread));
  if (!Index)
    return;
  if (!*Index) {
    if (Model->Head.Counts == MostCounts)
      return;
    Model->Counts[Model->Head.Counts] = {At, S.Thread, -1};
    *Index = ++Model->Head.Counts;
  }
  ++Model->Now[*Index - 1];
}

void Knowledge::created(uint32_t Thread, uint32_t Parent) {
  if (!Model || Thread < 2 || Thread > MostThreads || Parent >= Thread)
    return;
  Model->Parents[Thread] = Parent;
  // Without gaps: numbers are given in order of creation.
  if (Thread > Model->Head.Threads) {
    for (uint32_t T = Model->Head.Threads + 1; T < Thread; ++T)
      if (T > 1 && !Model->Parents[T])
        Model->Parents[T] = 1;
    Model->Head.Threads = Thread;
  }
}

const Expectation &Knowledge::expectation() const { return Model->View; }

uint64_t Knowledge::points() const {
  return Model ? uint64_t(Model->Head.Points + 0.5) : 0;
}

void Knowledge::store() {
  if (!Model || !*Path)
    return;
  KnowledgeHead &H = Model->Head;
  double Share = H.Runs ? Weight : 1;
  H.Points += (double(Asked) - H.Points) * Share;
  for (uint32_t I = 0; I != H.Counts; ++I) {
    KnowledgeCount &C = Model->Counts[I];
    C.Count = C.Count < 0 ? Model->Now[I]
                          : C.Count + (Model->Now[I] - C.Count) * Share;
  }
  ++H.Runs;
  settleOrders();
  int File = sys::open(Path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (File < 0)
    return;
  KnowledgeHead There = {};
  bool Changed =
      !lockFile(File, LOCK_EX) || (readAt(File, &There, sizeof(There), 0) &&
                                   There.Generation != H.Generation);
  if (!Changed) {
    __builtin_memcpy(H.Magic, ScheduleKnowledgeMagic, sizeof(H.Magic));
    H.Version = ScheduleKnowledgeVersion;
    ++H.Generation;
    H.Busy = 1;
    uint64_t At = sizeof(H);
    bool Good =
        writeAt(File, &H, sizeof(H), 0) &&
        writeAt(File, Model->Places, H.Places * sizeof(KnowledgePlace), At);
    At += H.Places * sizeof(KnowledgePlace);
    Good = Good &&
           writeAt(File, Model->Counts, H.Counts * sizeof(KnowledgeCount), At);
    At += H.Counts * sizeof(KnowledgeCount);
    Good = Good && writeAt(File, Model->Parents,
                           (H.Threads + 1) * sizeof(uint32_t), At);
    At += (H.Threads + 1) * sizeof(uint32_t);
    Good = Good &&
           writeAt(File, Model->Orders, H.Orders * sizeof(KnowledgeOrder), At);
    H.Busy = 0;
    if (Good)
      writeAt(File, &H, sizeof(H), 0);
  }
  sys::close(File);
}

} // namespace raddle::stress
