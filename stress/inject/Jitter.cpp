// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/Jitter.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "stress/inject/Budget.h"
#include "stress/inject/Cores.h"
#include "stress/inject/DelayLog.h"
#include "stress/inject/patch/Patch.h"
#include <sys/syscall.h>
#include <time.h>

namespace raddle::stress {

bool JitterOn = false;

namespace {

uint64_t Seed = 0;
bool StaticSanitizer = false;
KnowledgeFile *Knowledge = nullptr;
RunUnderWay *Run = nullptr;
constinit Plan ThePlan{};
constinit Budget TheBudget;

__thread JitterThread *Mine __attribute__((tls_model("initial-exec")));
/// Its end has been seen, or there was no room for it.
JitterThread *const Nobody = reinterpret_cast<JitterThread *>(1);

uint64_t parseSeed(const char *Text) {
  uint64_t Value = 0;
  for (; *Text >= '0' && *Text <= '9'; ++Text)
    Value = Value * 10 + uint64_t(*Text - '0');
  return Value;
}

/// Two uses of an object of which neither changes anything commute.
bool changes(Op Kind) {
  switch (Kind) {
  case Op::Read:
  case Op::AtomicLoad:
  case Op::SharedLock:
  case Op::Join:
    return false;
  default:
    return true;
  }
}

void noteDelayed(uint64_t Place) {
  if (!Run || !Place)
    return;
  static uint32_t Count = 0;
  uint32_t I = __atomic_fetch_add(&Count, 1, __ATOMIC_RELAXED);
  Run->Delayed[I % RunUnderWay::MostDelayed] = Place;
}

/// Holds the core for short times, and gives it away for longer ones.
uint64_t pauseFor(uint64_t Ns, uint64_t Start) {
  uint64_t Now = Start;
  if (Ns <= 20000) {
    while ((Now = sys::now()) - Start < Ns)
      __builtin_ia32_pause();
    return Now - Start;
  }
  timespec Time = {time_t(Ns / 1000000000), long(Ns % 1000000000)};
  sys::call(SYS_clock_nanosleep, 1 /* MONOTONIC */, 0, long(&Time), 0);
  return sys::now() - Start;
}

void perform(JitterThread &T, PointSite &S, const Decision &D, uint64_t Object,
             uint64_t Now) {
  RunDelayRecord::Kind What = RunDelayRecord::Pause;
  uint64_t Took = 0;
  if (D.What == Decision::Yield) {
    sys::call(SYS_sched_yield);
    What = RunDelayRecord::YieldOnly;
    Took = sys::now() - Now;
    TheBudget.settle(0, Took);
  } else {
    bool OnlyHigher = D.What == Decision::LetOthersFirst;
    if (OnlyHigher && !TheJitterThreads.othersRun(T, true))
      return;
    uint64_t Granted = TheBudget.take(Now, D.Ns);
    if (!Granted)
      return;
    if (D.What == Decision::Pause) {
      Took = pauseFor(Granted, Now);
    } else {
      JitterThreads::Outcome O = TheJitterThreads.hold(
          T, Object, Granted, D.What == Decision::Trap, OnlyHigher);
      Took = O.Ns;
      count(S.Known->Delays);
      if (O.Met)
        count(S.Known->Effects);
      if (O.Nothing)
        count(S.Known->Ordered);
      noteDelayed(S.Known->Place);
      if (OnlyHigher)
        What = RunDelayRecord::Priority;
    }
    TheBudget.settle(Granted, Took);
  }
  TheDelayLog.delay(T.Number, What, S.Kind, S.After, S.Pc, Now, Took);
}

JitterThread *adopt() {
  Mine = Nobody; // A handler's calls from here on go straight through.
  JitterThread *T = TheJitterThreads.add(Seed, nullptr);
  if (!T)
    return nullptr;
  TheDelayLog.thread(T->Number, 0, 0);
  return Mine = T;
}

void threadCreated(Thread &New, Thread &) {
  JitterThread *Parent = jitterThread();
  if (!Parent)
    return;
  // From here on: a program of one thread is left alone.
  if (TheJitterThreads.started() == 1)
    // Which ones follows from the process's number: the runs of a campaign
    // would all sit on the first one otherwise.
    if (limitCores(ThePlan.Cores, unsigned(sys::pid())))
      TheDelayLog.delay(Parent->Number, RunDelayRecord::Affinity, Op::Create,
                        false, CurrentSite.Pc, sys::now(), 0);
  Parent->LastChild = TheJitterThreads.add(Seed, Parent);
  New.Jitter = Parent->LastChild;
  if (Parent->LastChild)
    TheDelayLog.thread(Parent->LastChild->Number, Parent->Number,
                       CurrentSite.Pc);
}

void threadStarts(Thread &T) {
  auto *J = static_cast<JitterThread *>(T.Jitter);
  Mine = J ? J : Nobody;
  if (!J || !isActive())
    return;
  // With a sanitizer in the program its creator waits for it to get going.
  if (StaticSanitizer)
    J->AtStart = true;
  else
    jitterCall(*J, Op::ThreadStart, true, nullptr,
               reinterpret_cast<uint64_t>(T.Start));
}

void threadEnds(Thread &) {
  JitterThread *J = Mine;
  Mine = Nobody;
  if (reinterpret_cast<uint64_t>(J) > 1)
    TheJitterThreads.ended(*J);
}

int atExit(int Status) {
  JitterOn = false;
  TheDelayLog.end(sys::now());
  if (Knowledge)
    endRun(*Knowledge, Run, Status != 0);
  return Status;
}

void inChild(Thread *) {
  JitterOn = false;
  unlimitCores();
}

constinit Observers JitterObservers{};

} // namespace

JitterThread *jitterThread() {
  if (RADDLE_UNLIKELY(!JitterOn || !isActive()))
    return nullptr;
  JitterThread *T = Mine;
  if (RADDLE_UNLIKELY(reinterpret_cast<uint64_t>(T) <= 1)) {
    if (T)
      return nullptr;
    T = adopt();
  }
  return !T || T->Busy ? nullptr : T;
}

void jitterPoint(JitterThread &T, PointSite &S, uint32_t Times,
                 uint64_t Object) {
  if (TheJitterThreads.alive() < 2)
    return;
  ++T.Busy;
  __atomic_store_n(&T.Points, T.Points + 1, __ATOMIC_RELAXED);
  // Whoever was cancelled in a wait, or jumped out of it, is back.
  if (RADDLE_UNLIKELY(T.Now != JitterThread::Running))
    TheJitterThreads.setState(T, JitterThread::Running);
  TheDelayLog.point();
  uint64_t Now = sys::now();
  SiteKnowledge &Known = *S.Known;
  if (!S.Hits)
    count(Known.Runs);
  S.Hits += Times;
  count(Known.Hits, Times);
  if (Object) {
    pass(Object, T.Number, changes(S.Kind), Known, Now);
    if (TheJitterThreads.anyHeld())
      TheJitterThreads.meet(T, Object);
  }
  Moment M = {T.AtStart ? Op::ThreadStart : S.Kind, S.After, &Known, S.Hits,
              Times};
  T.AtStart = false;
  Decision D = decide(ThePlan, T.Cards, M);
  if (D.What != Decision::Nothing)
    perform(T, S, D, Object, Now);
  --T.Busy;
}

void jitterCall(JitterThread &T, Op Kind, bool After, const void *Object,
                uint64_t Pc) {
  if (PointSite *S = siteAt(*Knowledge, Pc, Kind, After))
    jitterPoint(T, *S, 1, reinterpret_cast<uint64_t>(Object));
}

namespace {
/// \p Sp: within the calling thread's stack.
bool isOnOwnStack(uint64_t Address, uint64_t Sp) {
  Thread *Of = Self;
  return reinterpret_cast<uint64_t>(Of) > 1 && Of->StackHigh
             ? Address >= Of->StackLow && Address < Of->StackHigh
             : Address - Sp + 128 < 65536;
}
} // namespace

void jitterAtAccess(const void *Object, Op Kind, uint64_t Pc) {
  if (TheJitterThreads.alive() < 2)
    return;
  JitterThread *T = jitterThread();
  uint64_t Sp = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  if (!T || isOnOwnStack(reinterpret_cast<uint64_t>(Object), Sp))
    return;
  PointSite *S = siteAt(*Knowledge, Pc, Kind, false);
  if (!S)
    return;
  int32_t Left = __atomic_load_n(&S->Countdown, __ATOMIC_RELAXED) - 1;
  __atomic_store_n(&S->Countdown, Left, __ATOMIC_RELAXED);
  if (Left > 0)
    return;
  uint32_t Times = S->Step;
  S->Step = nextAsked(S->Hits + Times);
  __atomic_store_n(&S->Countdown, int32_t(S->Step), __ATOMIC_RELAXED);
  jitterPoint(*T, *S, Times, reinterpret_cast<uint64_t>(Object));
}

void patchedAccess(uint64_t Address, PointSite *S, uint64_t Sp) {
  uint32_t Times = __atomic_load_n(&S->Step, __ATOMIC_RELAXED);
  JitterThread *T = jitterThread();
  bool Counts = T && !isOnOwnStack(Address, Sp) && TheJitterThreads.alive() > 1;
  uint32_t Next = Counts ? nextAsked(S->Hits + Times) : nextAsked(++S->Alone);
  // Before there are threads a site is soon asked again.
  if (!Counts && Next > 64)
    Next = 64;
  __atomic_store_n(&S->Step, Next, __ATOMIC_RELAXED);
  __atomic_store_n(&S->Countdown, int32_t(Next), __ATOMIC_RELAXED);
  if (!Counts)
    return;
  if (!__atomic_load_n(&S->Known, __ATOMIC_ACQUIRE)) {
    PointSite New = {};
    makeSite(*Knowledge, New, S->Pc, S->Kind, false);
    __atomic_store_n(&S->Known, New.Known, __ATOMIC_RELEASE);
  }
  jitterPoint(*T, *S, Times, Address);
}

} // namespace raddle::stress

namespace raddle {

using namespace stress;

void startJitter() {
  // The controller decides who runs; two who do so are one too many.
  if (*TheOptions.Schedule)
    return;
  Seed = parseSeed(TheOptions.Seed);
  Knowledge =
      *TheOptions.Knowledge ? openKnowledge(TheOptions.Knowledge) : nullptr;
  if (!Knowledge)
    Knowledge = privateKnowledge();
  if (!Knowledge)
    return;
  uint64_t Now = sys::now();
  TheModules.read();
  if (*TheOptions.RunLog && !TheDelayLog.open(TheOptions.RunLog, Seed, Now))
    say("the run is not noted: run_log has to name a file that the runner "
        "made");
  for (unsigned I = 0; I != TheModules.count(); ++I)
    TheDelayLog.module(TheModules[I]);
  ThePlan = makePlan(Seed, *Knowledge, TheOptions.Cores, coresThere());
  Run = beginRun(*Knowledge, uint32_t(ThePlan.Kind));
  // Enough for a few holds in a program that runs for a millisecond.
  uint64_t Percent = TheOptions.SlowdownPercent;
  uint64_t Capital = (Percent < 500 ? Percent : 500) * 40000;
  TheBudget.begin(Now, Capital, TheOptions.SlowdownPercent);
  JitterObservers.ThreadCreated = threadCreated;
  JitterObservers.ThreadStarts = threadStarts;
  JitterObservers.ThreadEnds = threadEnds;
  JitterObservers.AtExit = atExit;
  JitterObservers.InChild = inChild;
  TheObservers.add(&JitterObservers);
  adopt();
  uint64_t Begin, End;
  StaticSanitizer = findStaticSanitizer(Begin, End);
  if (StaticSanitizer)
    setSanitizerRange(Begin, End);
  if (TheOptions.AccessPoints)
    patchAccesses(Seed);
  noteSites();
  hookCalls();
  JitterOn = true;
}

} // namespace raddle
