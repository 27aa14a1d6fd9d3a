// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/RunFindings.h"
#include "cli/trace/LockFunctions.h"
#include "cli/trace/StackSteps.h"
#include "cli/trace/Symbolise.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

std::string durationText(double Seconds) {
  if (Seconds < 1)
    return formatv("{0} ms", uint64_t(Seconds * 1e3)).str();
  if (Seconds < 100)
    return formatv("{0:f1} s", Seconds).str();
  uint64_t Whole = uint64_t(Seconds);
  return formatv("{0} min {1} s", Whole / 60, Whole % 60).str();
}

namespace {

using Stack = FrameStack;

class RunFindings {
public:
  explicit RunFindings(const RunTime &Run) : Run(Run) {}
  Diagnosis leak(const LeakGroup &G) const;
  Diagnosis deadlock(const DeadlockView &D) const;

private:
  const Stack *stack(Index I) const {
    return I && *I < Run.Stacks.size() ? &Run.Stacks[*I] : nullptr;
  }
  void addWait(Witness &W, Index At, const std::optional<WaitsFor> &On,
               StringRef Otherwise, const LockFunctions &Locks = {}) const;
  void addOwner(Diagnosis &D, const std::optional<WaitsFor> &On,
                const LockFunctions &Locks = {}) const;
  void place(Diagnosis &D, std::initializer_list<Index> Stacks) const;

  const RunTime &Run;
};

/// What a task waits for: "the lock 'a'", "the end of thread 3". Addresses,
/// which differ from run to run, only with \p Full.
std::string waitObject(const WaitsFor &On, bool Full) {
  StringRef Kind = On.Kind;
  std::string Object = On.Text;
  if (StringRef(Object).starts_with("0x"))
    Object = Full ? "at " + Object : "";
  auto With = [&](const char *What) {
    return What + (Object.empty() ? "" : " " + Object);
  };
  if (Kind == "join")
    return With("the end of");
  if (Kind == "sleep")
    return "time to pass";
  if (Kind == "signal")
    return "a signal";
  if (Kind == "poll")
    return Object.empty() ? "files or sockets" : Object;
  if (Kind == "system-call")
    return With("the system call");
  if (Kind == "condition")
    return With("a signal to the condition variable");
  if (Kind == "condition-destroy")
    return "all to be gone that wait for" + With(" the condition variable");
  if (Kind == "semaphore")
    return With("the semaphore");
  if (Kind == "barrier")
    return With("others at the barrier");
  if (Kind == "futex")
    return With("a change of the atomic");
  return With("the lock");
}

/// ", held by thread 3", where that says more.
std::string holder(const WaitsFor &On, StringRef Before, StringRef After) {
  if (On.Owner.empty() || On.Kind == "join")
    return "";
  return (Before + On.Owner + After).str();
}

void RunFindings::addWait(Witness &W, Index At,
                          const std::optional<WaitsFor> &On,
                          StringRef Otherwise,
                          const LockFunctions &Locks) const {
  if (!On)
    return addSteps(W, stack(At), StepKind::Note, Otherwise.str());
  std::string Text =
      "waits for " + waitObject(*On, true) + holder(*On, ", held by ", "");
  StepKind Kind = On->Kind == "join" ? StepKind::Join : StepKind::Wait;
  addSteps(W, stack(At), Kind, Text, Locks.site(stack(At)));
}

void RunFindings::addOwner(Diagnosis &D, const std::optional<WaitsFor> &On,
                           const LockFunctions &Locks) const {
  if (!On || !stack(On->OwnerStack))
    return;
  Witness W;
  std::string Object = waitObject(*On, true);
  W.Title = "where " + On->Owner + " took " + Object;
  addSteps(W, stack(On->OwnerStack), StepKind::Acquire, "takes " + Object,
           Locks.site(stack(On->OwnerStack)));
  if (!W.Steps.empty())
    D.Witnesses.push_back(std::move(W));
}

void RunFindings::place(Diagnosis &D,
                        std::initializer_list<Index> Stacks) const {
  for (Index I : Stacks)
    if (const Frame *F = userFrame(stack(I)); F && !F->Where.File.empty()) {
      D.Where = F->Where;
      return;
    }
}

StringRef leakCheck(const LeakGroup &G) {
  if (G.Kind == "thread")
    return G.State == "finished-unjoined" ? "raddle-unjoined-thread"
                                          : "raddle-leaked-thread";
  if (G.Kind == "coroutine")
    return "raddle-leaked-coroutine";
  if (StringRef(G.Kind).starts_with("timer"))
    return "raddle-leaked-timer";
  return "raddle-leaked-task";
}

/// "thread 3 'writer'", "50 threads".
std::string who(const LeakGroup &G) {
  StringRef Kind = G.Kind == "timer-fd" ? "timer (timerfd)" : StringRef(G.Kind);
  if (G.Count > 1)
    return std::to_string(G.Count) + " " + Kind.str() + "s alike";
  if (G.Kind == "thread")
    return G.Name;
  return Kind.str() + (G.Name.empty() ? "" : " '" + G.Name + "'");
}

std::string what(const LeakGroup &G) {
  bool Many = G.Count > 1;
  std::string Is = Many ? " are" : " is", Has = Many ? " have" : " has",
              Was = Many ? " were" : " was",
              Leaked = Is + " leaked: " + (Many ? "they" : "it");
  bool Timed = G.Seconds && *G.Seconds >= 0.001;
  std::string For = Timed ? durationText(*G.Seconds) : "";
  if (G.State == "finished-unjoined")
    return Has + " ended and" + Was + " never joined";
  if (G.State == "queued")
    return Leaked + Was + " created and never run";
  if (G.State == "suspended")
    return Leaked + Is + " suspended and" + Was + " not destroyed";
  if (G.State == "armed")
    return Leaked + Is + " still armed";
  if (G.State == "idle")
    return Leaked + Was + " never deleted";
  if (!G.On)
    return Leaked + Is + " still running" + (Timed ? " after " + For : "");
  if (G.On->Kind == "sleep")
    return Leaked + (Many ? " still sleep" : " still sleeps");
  std::string Result = Leaked +
                       (Timed ? Has + " waited " + For + " for "
                              : (Many ? " wait for " : " waits for ")) +
                       waitObject(*G.On, false);
  if (G.Proof != "self")
    Result += holder(*G.On, ", held by ", "");
  return Result;
}

std::string proofText(StringRef Proof) {
  if (Proof == "owner-exited")
    return "who holds it has ended without giving it back";
  if (Proof == "owner-leaked")
    return "who holds it is leaked itself";
  if (Proof == "cycle")
    return "these tasks wait for each other";
  if (Proof == "self")
    return "it waits for itself";
  if (Proof == "unreachable")
    return "nothing else in the process refers to what it waits for";
  return "";
}

Diagnosis RunFindings::leak(const LeakGroup &G) const {
  Diagnosis D;
  D.Check = leakCheck(G).str();
  D.Severity = Level::Error;
  D.Message = who(G) + what(G);
  if (std::string Why = proofText(G.Proof); !Why.empty())
    D.Message += "; proven to wait for ever: " + Why;
  if (!G.Test.empty())
    D.Message += " (started by the test " + G.Test + ")";
  place(D, {G.Creation, G.Now});
  D.Identity = {userFrameName(stack(G.Creation)), userFrameName(stack(G.Now)),
                G.State, G.On ? G.On->Kind : "", G.Test};
  if (stack(G.Now)) {
    Witness W;
    W.Title =
        G.State == "suspended" ? "where it is suspended" : "where it is now";
    addWait(W, G.Now, G.On,
            G.State == "suspended" ? "is suspended here" : "is here");
    if (!W.Steps.empty())
      D.Witnesses.push_back(std::move(W));
  }
  if (stack(G.Creation)) {
    Witness W;
    W.Title = "where it was made";
    addSteps(W, stack(G.Creation), StepKind::Start,
             G.Kind == "thread" ? "starts the thread" : "makes the " + G.Kind);
    if (!W.Steps.empty())
      D.Witnesses.push_back(std::move(W));
  }
  addOwner(D, G.On);
  // One link is what "where it was made" says.
  if (G.Chain.size() > 1)
    D.Notes = G.Chain;
  return D;
}

/// "waits for the lock 'a', which thread 3 holds".
std::string waitText(const DeadlockThread &T) {
  if (!T.On)
    return T.Name + " does not wait";
  return T.Name + " waits for " + waitObject(*T.On, false) +
         holder(*T.On, ", which ", " holds");
}

Diagnosis RunFindings::deadlock(const DeadlockView &View) const {
  Diagnosis D;
  bool Stall = View.Kind == "stall";
  D.Check = Stall ? "raddle-stall" : "raddle-deadlock";
  D.Severity = Stall ? Level::Warning : Level::Error;
  const DeadlockThread *First =
      View.Threads.empty() ? nullptr : &View.Threads.front();
  std::string Object =
      First && First->On ? waitObject(*First->On, false) : "a lock";
  if (!First) {
    D.Message = "deadlock";
  } else if (View.Kind == "cycle") {
    D.Message =
        "deadlock of " + std::to_string(View.Threads.size()) + " threads: ";
    for (auto [I, T] : enumerate(View.Threads))
      D.Message += (I ? "; " : "") + waitText(T);
  } else if (View.Kind == "self-lock") {
    D.Message = "deadlock: " + First->Name + " waits for " + Object +
                ", which it holds itself";
  } else if (View.Kind == "self-join") {
    D.Message =
        "deadlock: " + First->Name + " joins itself and waits for its own end";
  } else if (View.Kind == "owner-exited") {
    D.Message = "deadlock: " + First->Name + " waits for " + Object + ", and " +
                (First->On && !First->On->Owner.empty() ? First->On->Owner
                                                        : "its owner") +
                " has ended without giving it back";
  } else if (View.Kind == "all-blocked") {
    D.Message = View.Threads.size() == 1
                    ? "deadlock: the only thread waits for what no other one "
                      "can give"
                    : "deadlock: all " + std::to_string(View.Threads.size()) +
                          " threads wait for what only one of them could give";
  } else {
    D.Message = First->Name + " has waited for " + Object + " for " +
                durationText(First->Seconds);
    if (First->On)
      D.Message += holder(*First->On, ", which ", " holds");
  }
  D.Identity.push_back(View.Kind);
  LockFunctions Locks;
  for (const DeadlockThread &T : View.Threads)
    if (T.On && T.OwnerThread && *T.OwnerThread < View.Threads.size())
      Locks.learn(stack(T.On->OwnerStack),
                  stack(View.Threads[*T.OwnerThread].Stack));
  for (const DeadlockThread &T : View.Threads) {
    const Frame *Site = Locks.site(stack(T.Stack));
    if (D.Where.File.empty() && Site)
      D.Where = Site->Where;
    D.Identity.push_back(nameOf(Site));
    Witness W;
    W.Title = waitText(T);
    if (T.Seconds >= 0.001)
      W.Title += ", for " + durationText(T.Seconds);
    addWait(W, T.Stack, T.On, "is here", Locks);
    if (!W.Steps.empty())
      D.Witnesses.push_back(std::move(W));
    addOwner(D, T.On, Locks);
  }
  // A cycle begins anywhere.
  if (View.Kind == "cycle" || View.Kind == "all-blocked")
    llvm::sort(D.Identity.begin() + 1, D.Identity.end());
  return D;
}

} // namespace

void callLostWakeUp(Diagnosis &D, const RunTime &Run,
                    const DeadlockView &View) {
  constexpr StringRef Wakes[] = {"condition", "semaphore", "barrier", "futex"};
  constexpr unsigned MostNamed = 3;
  std::string Waits;
  unsigned Count = 0;
  for (const DeadlockThread &T : View.Threads) {
    if (!T.On || !is_contained(Wakes, StringRef(T.On->Kind)))
      continue;
    if (++Count > MostNamed)
      continue;
    Waits += (Waits.empty() ? "" : "; ") + waitText(T);
    if (Count == 1 && T.Stack && *T.Stack < Run.Stacks.size())
      if (const Frame *F = userFrame(&Run.Stacks[*T.Stack]))
        D.Where = F->Where;
  }
  if (!Count)
    return;
  if (Count > MostNamed)
    Waits += "; and " + std::to_string(Count - MostNamed) + " more";
  D.Message = "lost wake-up: " + Waits + "; nobody is left to wake " +
              (Count == 1 ? "it" : "them");
}

std::vector<Diagnosis> runFindings(const RunTime &Run) {
  RunFindings Make(Run);
  std::vector<Diagnosis> Result;
  for (auto [Number, G] : enumerate(Run.Leaks)) {
    Result.push_back(Make.leak(G));
    Result.back().Leak = uint32_t(Number);
  }
  for (auto [Number, D] : enumerate(Run.Deadlocks)) {
    Result.push_back(Make.deadlock(D));
    Result.back().Deadlock = uint32_t(Number);
  }
  return Result;
}

} // namespace raddle::cli
