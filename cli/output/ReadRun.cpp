// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/JsonFields.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

class RunReader : JsonFields {
public:
  RunReader(const StringMap<uint32_t> &LockOf, RunTime &Run)
      : LockOf(LockOf), Run(Run) {}

  bool run(const json::Object &O, json::Path P);

private:
  bool textOrNull(const json::Object &O, StringRef Key, std::string &Into,
                  json::Path P) const {
    return field(O, Key).kind() == json::Value::Null || get(O, Key, Into, P);
  }
  bool stack(const json::Object &O, StringRef Key, Index &Into,
             json::Path P) const {
    return index(O, Key, Into, Run.Stacks.size(), P);
  }
  bool lock(const json::Object &O, Index &Into, json::Path P) const;
  bool stacks(const json::Object &O, json::Path P);
  bool frame(const json::Object &O, Frame &Into, json::Path P);
  bool waitsFor(const json::Object &O, std::optional<WaitsFor> &Into,
                json::Path P);
  bool leak(const json::Object &O, LeakGroup &Into, json::Path P);
  bool deadlock(const json::Object &O, DeadlockView &Into, json::Path P);
  bool contention(const json::Object &O, ContentionRow &Into, json::Path P);
  bool profile(const json::Object &O, ProfileRow &Into, json::Path P);

  const StringMap<uint32_t> &LockOf;
  RunTime &Run;
};

bool RunReader::lock(const json::Object &O, Index &Into, json::Path P) const {
  std::string Name;
  if (field(O, "lock").kind() == json::Value::Null)
    return true;
  if (!get(O, "lock", Name, P))
    return false;
  auto It = LockOf.find(Name);
  if (It == LockOf.end()) {
    P.field("lock").report("the graph has no lock of this name");
    return false;
  }
  Into = It->second;
  return true;
}

bool RunReader::frame(const json::Object &O, Frame &Into, json::Path P) {
  std::string Offset;
  if (!get(O, "function", Into.Function, P) || !place(O, Into.Where, P) ||
      !get(O, "module", Into.Module, P) || !get(O, "offset", Offset, P) ||
      (O.get("inlined") && !get(O, "inlined", Into.Inlined, P)))
    return false;
  StringRef Digits = Offset;
  if (Digits.empty() ||
      (Digits.consume_front("0x") && !Digits.getAsInteger(16, Into.Offset)))
    return true;
  P.field("offset").report("a number like 0x11d4 must stand here");
  return false;
}

bool RunReader::stacks(const json::Object &O, json::Path P) {
  const json::Array *List = field(O, "stacks").getAsArray();
  if (!List) {
    P.field("stacks").report("a list must stand here");
    return false;
  }
  json::Path Of = P.field("stacks"); // Lives as long as those below it.
  for (auto [I, V] : enumerate(*List)) {
    json::Path Here = Of.index(I);
    const json::Array *Frames = V.getAsArray();
    if (!Frames) {
      Here.report("a list must stand here");
      return false;
    }
    std::vector<Frame> &Stack = Run.Stacks.emplace_back();
    for (auto [N, F] : enumerate(*Frames)) {
      const json::Object *Each = F.getAsObject();
      if (!Each) {
        Here.index(N).report("an object must stand here");
        return false;
      }
      if (!frame(*Each, Stack.emplace_back(), Here.index(N)))
        return false;
    }
  }
  return true;
}

bool RunReader::waitsFor(const json::Object &O, std::optional<WaitsFor> &Into,
                         json::Path P) {
  return optional(
      O, "waitsFor", P, [&](const json::Object &On, json::Path Here) {
        WaitsFor &W = Into.emplace();
        return get(On, "kind", W.Kind, Here) && get(On, "text", W.Text, Here) &&
               lock(On, W.Lock, Here) &&
               textOrNull(On, "owner", W.Owner, Here) &&
               stack(On, "ownerStack", W.OwnerStack, Here);
      });
}

bool RunReader::leak(const json::Object &O, LeakGroup &Into, json::Path P) {
  return get(O, "kind", Into.Kind, P) && get(O, "name", Into.Name, P) &&
         get(O, "count", Into.Count, P) && get(O, "state", Into.State, P) &&
         stack(O, "creation", Into.Creation, P) &&
         stack(O, "now", Into.Now, P) && waitsFor(O, Into.On, P) &&
         get(O, "seconds", Into.Seconds, P) &&
         textOrNull(O, "proof", Into.Proof, P) && get(O, "test", Into.Test, P);
}

bool RunReader::deadlock(const json::Object &O, DeadlockView &Into,
                         json::Path P) {
  const json::Array *Threads = field(O, "threads").getAsArray();
  size_t Count = Threads ? Threads->size() : 0;
  return get(O, "kind", Into.Kind, P) &&
         array(O, "threads", P, [&](const json::Object &Each, json::Path Here) {
           DeadlockThread &T = Into.Threads.emplace_back();
           return get(Each, "name", T.Name, Here) &&
                  stack(Each, "stack", T.Stack, Here) &&
                  waitsFor(Each, T.On, Here) &&
                  index(Each, "ownerThread", T.OwnerThread, Count, Here) &&
                  get(Each, "seconds", T.Seconds, Here);
         });
}

bool RunReader::contention(const json::Object &O, ContentionRow &Into,
                           json::Path P) {
  return lock(O, Into.Lock, P) && get(O, "name", Into.Name, P) &&
         get(O, "waits", Into.Waits, P) &&
         get(O, "longWaits", Into.LongWaits, P) &&
         get(O, "waitTotal", Into.WaitTotal, P) &&
         get(O, "waitMax", Into.WaitMax, P) &&
         get(O, "waitMaxThread", Into.WaitMaxThread, P) &&
         get(O, "waitMaxOwner", Into.WaitMaxOwner, P) &&
         stack(O, "waitMaxStack", Into.WaitMaxStack, P) &&
         stack(O, "ownerStack", Into.OwnerStack, P) &&
         get(O, "holds", Into.Holds, P) &&
         get(O, "holdTotal", Into.HoldTotal, P) &&
         get(O, "holdMax", Into.HoldMax, P) &&
         get(O, "holdMaxThread", Into.HoldMaxThread, P) &&
         stack(O, "holdMaxStack", Into.HoldMaxStack, P);
}

bool RunReader::profile(const json::Object &O, ProfileRow &Into, json::Path P) {
  return get(O, "kind", Into.Kind, P) && stack(O, "stack", Into.Stack, P) &&
         stack(O, "creation", Into.Creation, P) &&
         get(O, "counts", Into.Counts, P) &&
         get(O, "blockedSeconds", Into.BlockedSeconds, P) &&
         get(O, "grows", Into.Grows, P);
}

bool RunReader::run(const json::Object &O, json::Path P) {
  using Object = json::Object;
  using Path = json::Path;
  // Stacks first: the rest names them.
  return array(O, "programs", P,
               [&](const Object &Each, Path Here) {
                 ProgramRun &Program = Run.Programs.emplace_back();
                 return get(Each, "command", Program.Command, Here) &&
                        number(Each, "pid", Program.Pid, Here) &&
                        get(Each, "exitCode", Program.ExitCode, Here) &&
                        get(Each, "seconds", Program.Seconds, Here) &&
                        get(Each, "ending", Program.Ending, Here);
               }) &&
         stacks(O, P) &&
         array(O, "leaks", P,
               [&](const Object &Each, Path Here) {
                 return leak(Each, Run.Leaks.emplace_back(), Here);
               }) &&
         array(O, "deadlocks", P,
               [&](const Object &Each, Path Here) {
                 return deadlock(Each, Run.Deadlocks.emplace_back(), Here);
               }) &&
         array(O, "contention", P,
               [&](const Object &Each, Path Here) {
                 return contention(Each, Run.Contention.emplace_back(), Here);
               }) &&
         array(O, "snapshots", P,
               [&](const Object &Each, Path Here) {
                 SnapshotTime &S = Run.Snapshots.emplace_back();
                 return get(Each, "seconds", S.Seconds, Here) &&
                        get(Each, "tasks", S.Tasks, Here);
               }) &&
         array(O, "profile", P,
               [&](const Object &Each, Path Here) {
                 return profile(Each, Run.Profile.emplace_back(), Here);
               }) &&
         readStress(O, P, Run);
}

} // namespace

bool readRun(const json::Object &O, json::Path P,
             const StringMap<uint32_t> &LockOf, RunTime &Into) {
  return RunReader(LockOf, Into).run(O, P);
}

} // namespace raddle::cli
