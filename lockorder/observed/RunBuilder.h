// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes runs by hand, for tests: threads that take and release locks, as the
// runtime would record it.
#ifndef RADDLE_LOCKORDER_OBSERVED_RUNBUILDER_H
#define RADDLE_LOCKORDER_OBSERVED_RUNBUILDER_H

#include "lockorder/observed/Observed.h"
#include <map>

namespace raddle::lockorder {

class RunBuilder {
public:
  explicit RunBuilder(std::string Program = "./program") {
    Run.Program = std::move(Program);
    Run.Stacks.emplace_back();
    Run.Threads.resize(2);
    Run.Threads[1].Kind = trace::ThreadKind::Main;
    Run.Locks.emplace_back();
    State.resize(2);
  }

  static constexpr uint32_t Main = 1;

  uint32_t thread(uint32_t Parent = Main, unsigned Line = 0) {
    uint32_t Id = Run.Threads.size();
    ObservedThread T;
    T.Parent = Parent;
    T.ParentSegment = State[Parent].Segment++;
    T.CreationStack = stack({{"main", "main.cpp", Line ? Line : 1000 + Id}});
    Run.Threads.push_back(T);
    State.emplace_back();
    return Id;
  }
  void join(uint32_t Thread, uint32_t By = Main) {
    Run.Joins.push_back({Thread, By, ++State[By].Segment});
  }
  uint32_t lock(trace::LockKind Kind = trace::LockKind::Mutex) {
    ObservedLock L;
    L.Kind = Kind;
    L.Address = 0x7f0000000000 + 64 * Run.Locks.size();
    Run.Locks.push_back(L);
    return Run.Locks.size() - 1;
  }
  uint32_t global(std::string Symbol, uint64_t Offset,
                  trace::LockKind Kind = trace::LockKind::Mutex) {
    uint32_t Id = lock(Kind);
    Run.Locks[Id].Module = "build-id";
    Run.Locks[Id].Offset = Offset;
    Run.Locks[Id].Symbol = std::move(Symbol);
    return Id;
  }

  struct At {
    std::string Function, File;
    unsigned Line;
    bool Inlined = false;
  };
  uint32_t stack(const std::vector<At> &Frames) {
    std::vector<Frame> S;
    for (const At &F : Frames) {
      Frame New;
      New.Function = F.Function;
      New.Where = {F.File, F.Line, 0, 0};
      New.Module = "program";
      New.Offset = 4096 + F.Line * 16;
      New.Inlined = F.Inlined;
      S.push_back(std::move(New));
    }
    auto [It, New] = Known.try_emplace(S, Run.Stacks.size());
    if (New)
      Run.Stacks.push_back(std::move(S));
    return It->second;
  }

  /// Takes \p Lock in "f()" at \p Line of a.cpp.
  void take(uint32_t Thread, uint32_t Lock, unsigned Line, uint32_t Flags = 0,
            trace::Mode How = trace::Mode::Exclusive) {
    takeAt(Thread, Lock, {{"f()", "a.cpp", Line}, {"run()", "a.cpp", 999}},
           Flags, How);
  }
  void takeAt(uint32_t Thread, uint32_t Lock, const std::vector<At> &Where,
              uint32_t Flags = 0, trace::Mode How = trace::Mode::Exclusive) {
    OfThread &T = State[Thread];
    uint32_t Stack = stack(Where);
    if (!T.Held.empty())
      Run.Acquisitions.push_back(
          {Lock, How, Flags, Thread, T.Segment, Stack, T.Held});
    T.Held.push_back({Lock, How, Stack, Flags});
  }
  void shared(uint32_t Thread, uint32_t Lock, unsigned Line) {
    take(Thread, Lock, Line, 0, trace::Mode::Shared);
  }
  void release(uint32_t Thread, uint32_t Lock) {
    auto &Held = State[Thread].Held;
    for (size_t I = Held.size(); I-- > 0;)
      if (Held[I].Lock == Lock) {
        Held.erase(Held.begin() + I);
        return;
      }
  }
  /// Takes all in this order, at lines of their own, and releases them.
  void nest(uint32_t Thread, const std::vector<uint32_t> &Locks,
            unsigned Line = 0) {
    unsigned First = Line ? Line : (Next += 10);
    for (uint32_t L : Locks)
      take(Thread, L, First++);
    for (uint32_t L : Locks)
      release(Thread, L);
  }
  void wait(uint32_t Thread, uint32_t Condition, uint32_t Mutex,
            bool Timed = false) {
    ObservedWait W{Condition,
                   Mutex,
                   Thread,
                   State[Thread].Segment,
                   stack({{"waiter()", "w.cpp", 7}}),
                   Timed,
                   {}};
    for (const ObservedHeld &H : State[Thread].Held)
      if (H.Lock != Mutex)
        W.Held.push_back(H);
    Run.Waits.push_back(W);
  }
  void signal(uint32_t Thread, uint32_t Condition) {
    Run.Signals.push_back({Condition, Thread, State[Thread].Segment,
                           stack({{"signaller()", "w.cpp", 17}}),
                           State[Thread].Held});
  }

  ObservedRun Run;

private:
  struct OfThread {
    uint32_t Segment = 0;
    std::vector<ObservedHeld> Held;
  };
  std::vector<OfThread> State;
  std::map<std::vector<Frame>, uint32_t> Known;
  unsigned Next = 0;
};

} // namespace raddle::lockorder

#endif
