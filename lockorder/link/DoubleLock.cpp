// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle-double-lock: the thread that holds a lock takes it again.
#include "lockorder/link/Checks.h"
#include "lockorder/link/Describe.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

void checkDoubleLock(Analysis &A, std::vector<Diagnosis> &Out) {
  Describe D(A);
  Threads T(A);
  std::set<std::pair<std::string, Place>> Done;
  for (const Relock &R : A.Relocks) {
    std::vector<CallStep> Down =
        D.descend(R.Origin, R.Event, R.Callee, R.Index, A.Classes.of(R.Lock));
    bool Silenced = D.silenced(R.FirstAt, DoubleLock);
    for (const CallStep &Step : Down)
      Silenced |= D.silenced(Step, DoubleLock);
    for (const CallStep &Step : R.Steps)
      Silenced |= D.silenced(Step, DoubleLock);
    if (Silenced)
      continue;

    LockClass Class = A.Classes.of(R.Lock);
    // A lock that only the caller can name still is one lock here.
    std::string Name = Class == NoClass ? "the lock" : D.quoted(Class);
    Diagnosis Found;
    Found.Check = DoubleLock.str();
    bool FirstShared = R.FirstMode == LockMode::Shared;
    bool SecondShared = R.Mode == LockMode::Shared;
    if (FirstShared && SecondShared) {
      // Readers only wait for each other where somebody writes.
      if (Class == NoClass || none_of(A.Graph.Locks[Class].Acquisitions,
                                      [](const Acquisition &Other) {
                                        return Other.Mode == "exclusive";
                                      }))
        continue;
      Found.Severity = Level::Warning;
      Found.Message = Name + " is read-locked again by the thread that holds "
                             "it; a writer that waits in between blocks both";
    } else if (FirstShared) {
      Found.Severity = Level::Error;
      Found.Message = Name + " is read-locked already when the same thread "
                             "locks it exclusively; it waits for itself";
    } else {
      Found.Severity = Level::Error;
      Found.Message = Name + " is locked already by the thread that locks it "
                             "again; it waits for itself";
    }
    Place Where =
        D.place(R.Steps.empty() ? CallStep{R.Origin, R.Event} : R.Steps[0]);
    if (!Done.insert({Name, Where}).second)
      continue;
    Found.Where = Where;

    Witness W;
    W.Title = Name + " is held, then taken again";
    auto Chains = T.chainsTo(R.In, 1);
    std::vector<uint32_t> Held;
    if (!Chains.empty()) {
      D.chain(Chains[0], W);
      Held = Describe::locks(Chains[0].Held);
      if (!Chains[0].Calls.empty())
        W.Steps.back().Text = "calls " + D.function(R.In);
    }
    auto AddHold = [&] {
      Step Hold;
      Hold.Kind = StepKind::Hold;
      Hold.Function = A.P.str(A.P.Functions[R.FirstAt.first].Name);
      Hold.Held = Held;
      if (R.FirstDeclared) {
        Hold.Text = "is declared to run with " + Name + " held";
        Hold.Where =
            A.P.place(A.P.Functions[R.In], A.P.Functions[R.In].Summary->Where);
      } else {
        Hold.Text = "takes " + Name;
        Hold.Where = D.place(R.FirstAt);
      }
      W.Steps.push_back(std::move(Hold));
      if (Class != NoClass)
        Held.push_back(Class);
    };
    bool Added = false;
    for (auto [I, Calling] : enumerate(R.Steps)) {
      if (!Added && R.FirstAt.first == Calling.first) {
        AddHold();
        Added = true;
      }
      D.call(Calling, I + 1 < R.Steps.size() ? R.Steps[I + 1].first : R.Origin,
             Held, W);
    }
    if (!Added)
      AddHold();
    D.acquisition(R.Origin, R.Event, R.Callee, R.Index, Class, Held,
                  "takes " + Name + " again", W);
    Found.Witnesses.push_back(std::move(W));
    Found.Identity = {Name, A.P.str(A.P.Functions[R.In].Name),
                      A.P.str(A.P.Functions[Down.back().first].Name)};
    Found.Filters = {
        {"recursive lock", "the lock's type does not allow it"},
        {"same instance", "both acquisitions name the same object"},
        {"released in between", "the first is still held on every path"}};
    Out.push_back(std::move(Found));
  }
}

} // namespace raddle::lockorder
