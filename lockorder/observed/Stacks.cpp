// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/observed/Stacks.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::lockorder {
namespace {

/// Of the library that implements the locks, so never what a user would call
/// the place at which a lock is taken.
bool isOfLibrary(const Frame &F) {
  StringRef Name = F.Function;
  for (StringRef Prefix : {"pthread_", "__pthread_", "mtx_", "__interceptor_",
                           "___interceptor_", "__gthread"})
    if (Name.starts_with(Prefix))
      return true;
  // Templates have their return type in front.
  StringRef Head = Name.take_until([](char C) { return C == '(' || C == '<'; });
  StringRef Last =
      Head.rsplit(' ').second.empty() ? Head : Head.rsplit(' ').second;
  if (Last.starts_with("std::") || Last.starts_with("__gnu_cxx::"))
    return true;
  StringRef File = F.Where.File;
  if (File.contains("/include/c++/") || File.contains("/lib/gcc/"))
    return true;
  StringRef Module = StringRef(F.Module).rsplit('/').second;
  if (Module.empty())
    Module = F.Module;
  for (StringRef Prefix :
       {"libc.so", "libc-", "libpthread", "libstdc++", "libc++", "libraddle_rt",
        "ld-linux", "libtsan", "libasan", "libclang_rt"})
    if (Module.starts_with(Prefix))
      return true;
  return false;
}

const std::vector<uint32_t> NoIds;
const std::vector<Frame> NoFrames;

} // namespace

Stacks::Stacks(const std::vector<ObservedRun> &Runs) : Runs(Runs) {
  // Ids of frames, sites and functions come from one table of their texts.
  std::unordered_map<std::string, uint32_t> FrameIds, SiteIds, Functions;
  auto Number = [](std::unordered_map<std::string, uint32_t> &Table,
                   std::string Key, uint32_t Next) {
    return Table.try_emplace(std::move(Key), Next);
  };
  LockFunction.push_back(false);
  for (const ObservedRun &Run : Runs) {
    auto &OfRun = Ids.emplace_back();
    for (const std::vector<Frame> &Stack : Run.Stacks) {
      auto &OfStack = OfRun.emplace_back();
      for (const Frame &F : Stack) {
        std::string Site =
            F.Where.File.empty() || !F.Where.Line
                ? F.Module + "\n+" + utostr(F.Offset) + "\n" + F.Function
                : F.Function + "\n" + F.Where.File + "\n" +
                      utostr(F.Where.Line);
        std::string Exact = Site + "\n" + F.Module + "\n" + utostr(F.Offset) +
                            (F.Inlined ? "i" : "");
        auto [It, New] = Number(FrameIds, std::move(Exact), Frames.size());
        OfStack.push_back(It->second);
        if (!New)
          continue;
        auto [AtSite, NewSite] =
            Number(SiteIds, std::move(Site), SiteFrames.size());
        if (NewSite)
          SiteFrames.push_back(&F);
        uint32_t Function = 0;
        if (!F.Function.empty()) {
          auto [AtName, NewName] =
              Number(Functions, F.Function, LockFunction.size());
          Function = AtName->second;
          if (NewName)
            LockFunction.push_back(false);
        }
        Frames.push_back(
            {AtSite->second, Function, isOfLibrary(F), F.Inlined, F.Offset});
      }
    }
  }
  // What has no stack is at this site.
  static const Frame Unknown;
  SiteFrames.push_back(&Unknown);
}

const std::vector<uint32_t> &Stacks::ids(StackRef S) const {
  return S.Stack && S.Stack < Ids[S.Run].size() ? Ids[S.Run][S.Stack] : NoIds;
}

const std::vector<Frame> &Stacks::frames(StackRef S) const {
  return S.Stack && S.Stack < Ids[S.Run].size() ? Runs[S.Run].Stacks[S.Stack]
                                                : NoFrames;
}

bool Stacks::isLibrary(StackRef S, size_t Index) const {
  return Frames[ids(S)[Index]].Library;
}

size_t Stacks::common(StackRef Held, StackRef Now) const {
  const auto &H = ids(Held), &N = ids(Now);
  size_t Same = 0;
  for (; Same < H.size() && Same < N.size(); ++Same) {
    size_t AtH = H.size() - 1 - Same, AtN = N.size() - 1 - Same;
    const Info &A = Frames[H[AtH]], &B = Frames[N[AtN]];
    if (H[AtH] == N[AtN])
      continue;
    // Two calls that were inlined into the same line are at two addresses, and
    // so is that line.
    bool InlinedInto =
        AtH && AtN && Frames[H[AtH - 1]].Inlined && Frames[N[AtN - 1]].Inlined;
    if (A.Site == B.Site && InlinedInto)
      continue;
    if (A.Function ? A.Function == B.Function : !B.Function)
      ++Same;
    break;
  }
  return Same;
}

void Stacks::learn(StackRef Held, StackRef Now) {
  if (!Learnt.insert({Held, Now}).second)
    return;
  const auto &H = ids(Held);
  size_t Same = common(Held, Now);
  // Nothing in common: a stack was cut off, or the lock is another thread's.
  if (!Same)
    return;
  for (size_t I = 0; I < H.size() - Same; ++I)
    LockFunction[Frames[H[I]].Function] = true;
  LockFunction[0] = false;
}

size_t Stacks::siteFrame(StackRef S) const {
  const auto &Of = ids(S);
  for (size_t I = 0; I < Of.size(); ++I)
    if (!Frames[Of[I]].Library && !LockFunction[Frames[Of[I]].Function])
      return I;
  for (size_t I = 0; I < Of.size(); ++I)
    if (!Frames[Of[I]].Library)
      return I;
  return 0;
}

SiteId Stacks::site(StackRef S) const {
  const auto &Of = ids(S);
  return Of.empty() ? SiteFrames.size() - 1 : Frames[Of[siteFrame(S)]].Site;
}

std::string shortName(StringRef Function) {
  // "void f<int>(int) const" stays readable without its parameters; a lambda's
  // name has parentheses of its own.
  size_t Open = Function.find('(');
  if (Open == StringRef::npos || Open == 0 || Function.contains("{lambda") ||
      Function.contains("(anonymous") || Function.contains("'lambda"))
    return Function.str();
  return Function.take_front(Open).str() + "()";
}

std::string describeFrame(const Frame &F) {
  std::string Text = F.Function;
  if (!F.Where.File.empty() && F.Where.Line)
    return (Text.empty() ? "" : Text + " at ") + F.Where.File + ":" +
           utostr(F.Where.Line);
  if (!Text.empty())
    return Text;
  if (F.Module.empty())
    return "an unknown place";
  return F.Module + "+0x" + utohexstr(F.Offset, /*LowerCase=*/true);
}

} // namespace raddle::lockorder
