// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/RunPlaces.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include <algorithm>

using namespace llvm;
using raddle::lockorder::Frame;
using raddle::stress::Op;

namespace raddle::cli {

namespace {

/// What one object is asked for: lines that use it.
constexpr size_t MaxUses = 16;
constexpr size_t MaxSource = 120;

bool isIdentifier(char C) { return isAlnum(C) || C == '_'; }

/// Words that name no variable, and members that are how, not what.
bool isNoName(StringRef Word) {
  static constexpr StringLiteral Words[] = {"assert",
                                            "auto",
                                            "bool",
                                            "break",
                                            "case",
                                            "char",
                                            "const",
                                            "continue",
                                            "delete",
                                            "do",
                                            "double",
                                            "else",
                                            "false",
                                            "float",
                                            "for",
                                            "if",
                                            "int",
                                            "long",
                                            "mutex",
                                            "new",
                                            "nullptr",
                                            "return",
                                            "short",
                                            "signed",
                                            "sizeof",
                                            "static",
                                            "std",
                                            "struct",
                                            "switch",
                                            "this",
                                            "true",
                                            "unsigned",
                                            "void",
                                            "volatile",
                                            "while",
                                            "lock_guard",
                                            "unique_lock",
                                            "scoped_lock",
                                            "shared_lock",
                                            "memory_order_relaxed",
                                            "size_t",
                                            "NULL",
                                            "uint64_t",
                                            "uint32_t",
                                            "int64_t",
                                            "int32_t",
                                            "defer_lock",
                                            "memory_order_acquire",
                                            "atomic",
                                            "thread",
                                            "static_cast",
                                            "memory_order_release",
                                            "shared_mutex",
                                            "recursive_mutex",
                                            "memory_order_acq_rel",
                                            "memory_order_seq_cst",
                                            "memory_order",
                                            "reinterpret_cast"};
  return is_contained(Words, Word) || isDigit(Word[0]);
}

bool locks(Op Kind) {
  switch (Kind) {
  case Op::Lock:
  case Op::TryLock:
  case Op::Unlock:
  case Op::SharedLock:
  case Op::TrySharedLock:
  case Op::Relock:
    return true;
  default:
    return false;
  }
}

/// "Mutex::acquire", "Locker::Locker", "lock_all", "~ScopedGuard".
bool isLockWrapper(StringRef Function) {
  std::string Plain = stress::plainFunction(Function);
  std::string Last = StringRef(Plain).substr(Plain.rfind(':') + 1).lower();
  StringRef Name = Last;
  Name.consume_front("~");
  for (StringRef Begin : {"lock", "unlock", "trylock", "try_lock", "acquire",
                          "release", "mutex", "enter", "leave"})
    if (Name.starts_with(Begin))
      return true;
  for (StringRef End : {"lock", "locker", "guard", "mutex"})
    if (Name.ends_with(End))
      return !Name.ends_with("block") && !Name.ends_with("clock");
  return false;
}

bool writes(Op Kind) {
  return Kind == Op::Write || Kind == Op::AtomicStore ||
         Kind == Op::AtomicUpdate;
}

} // namespace

std::vector<std::pair<std::string, unsigned>>
namesInLine(StringRef Line, unsigned Column, Op Kind) {
  std::vector<std::pair<std::string, unsigned>> Result;
  Line = Line.substr(0, 1000);
  unsigned Angle = 0;
  for (size_t I = 0; I < Line.size();) {
    char C = Line[I];
    if (Line.substr(I).starts_with("//"))
      break;
    if (C == '"' || C == '\'') {
      for (++I; I < Line.size() && Line[I] != C; ++I)
        I += Line[I] == '\\';
      ++I;
      continue;
    }
    if (!isIdentifier(C)) {
      // Template arguments, as far as a line shows them: "<" right behind a
      // word and a ">" that follows.
      if (C == '<' && I && isIdentifier(Line[I - 1]) &&
          Line.find('>', I) != StringRef::npos &&
          Line.slice(I, Line.find('>', I)).find_first_of(";&|=(") ==
              StringRef::npos)
        ++Angle;
      else if (C == '>' && Angle)
        --Angle;
      ++I;
      continue;
    }
    size_t Begin = I;
    while (I < Line.size() && isIdentifier(Line[I]))
      ++I;
    StringRef Word = Line.slice(Begin, I), Rest = Line.substr(I).ltrim();
    StringRef Before = Line.substr(0, Begin).rtrim();
    if (Angle || isNoName(Word) || Rest.starts_with("::"))
      continue;
    // A call, unless it declares a guard: "lock_guard<mutex> guard(name)".
    if (Rest.starts_with("("))
      continue;
    unsigned Score = 1;
    if (Column && Column > Begin && Column <= I)
      Score += 3;
    bool Assigned = (Rest.starts_with("=") && !Rest.starts_with("==")) ||
                    (Rest.size() > 1 && Rest[1] == '=' &&
                     StringRef("+-*/%|&^").contains(Rest[0])) ||
                    Rest.starts_with("++") || Rest.starts_with("--") ||
                    Before.ends_with("++") || Before.ends_with("--");
    if (Assigned && writes(Kind))
      Score += 3;
    if ((Rest.starts_with(".") || Rest.starts_with("->"))) {
      StringRef Member = Rest.drop_front(Rest[0] == '.' ? 1 : 2).ltrim();
      for (StringRef Calls :
           {"lock(", "unlock(", "try_lock(", "lock_shared(", "load(", "store(",
            "exchange(", "fetch_", "compare_exchange", "notify_", "wait(",
            "wait_for(", "post(", "acquire(", "release("})
        if (Member.starts_with(Calls))
          Score += 3;
    }
    // The last argument of a guard or of pthread_mutex_lock.
    if (locks(Kind) && Rest.starts_with(")"))
      Score += 2;
    if (Before.ends_with("&"))
      Score += locks(Kind) ? 2 : 0;
    Result.push_back({Word.str(), Score});
  }
  return Result;
}

RunPlaces::RunPlaces(const stress::RunRecords &Run, Symboliser &Symbols,
                     StringRef Root)
    : Run(Run), Symbols(Symbols), Sources(Root) {
  Modules.Modules.emplace_back();
  for (const stress::RunModule &M : Run.Modules)
    Modules.Modules.push_back({M.Path, M.BuildId, M.Bias, M.Begin, M.End});
  for (const stress::RunEventRecord &E : Run.Events) {
    if (!E.Object)
      continue;
    auto &Of = Uses[E.Object];
    if (Of.size() < MaxUses && !is_contained(Of, std::pair(E.Kind, E.Pc)))
      Of.push_back({E.Kind, E.Pc});
  }
  for (const stress::RunObjectRecord &O : Run.Objects)
    Addresses[O.Object] = O.Address;
}

const std::vector<Frame> &RunPlaces::frames(uint64_t Pc) {
  auto [It, New] = Frames.try_emplace(Pc);
  if (New)
    It->second = stack({Pc});
  return It->second;
}

std::vector<Frame> RunPlaces::stack(const std::vector<uint64_t> &Pcs) {
  TraceStack S;
  for (uint64_t Pc : Pcs) {
    TraceFrame F{Pc, 0};
    for (uint32_t I = 1; I < Modules.Modules.size(); ++I)
      if (Pc >= Modules.Modules[I].Start && Pc < Modules.Modules[I].End)
        F.Module = I;
    if (Pc)
      S.Frames.push_back(F);
  }
  return Symbols.stack(Modules, S);
}

const Frame *RunPlaces::own(uint64_t Pc, Op Kind) {
  const Frame *First = nullptr;
  for (const Frame &F : frames(Pc)) {
    if (isLibraryFrame(F) || F.Where.File.empty())
      continue;
    if (!locks(Kind) || !isLockWrapper(F.Function))
      return &F;
    First = First ? First : &F;
  }
  return First;
}

std::string RunPlaces::where(uint64_t Pc, Op Kind) {
  const Frame *F = own(Pc, Kind);
  if (!F)
    return "";
  return sys::path::filename(F->Where.File).str() + ":" +
         std::to_string(F->Where.Line);
}

std::string RunPlaces::function(uint64_t Pc, Op Kind) {
  const Frame *F = own(Pc, Kind);
  std::string Name = F ? stress::plainFunction(F->Function) : "";
  StringRef Short = Name;
  Short.consume_front("(anonymous namespace)::");
  return Short.str();
}

std::string RunPlaces::source(uint64_t Pc, Op Kind) {
  const Frame *F = own(Pc, Kind);
  if (!F)
    return "";
  std::optional<StringRef> Line = Sources.line(F->Where.File, F->Where.Line);
  return Line ? Line->trim().substr(0, MaxSource).str() : "";
}

std::string RunPlaces::thread(uint32_t Number) const {
  std::string Text = "thread " + std::to_string(Number);
  if (Number == 1)
    return Text + " (main)";
  if (Number < Run.Threads.size() && !Run.Threads[Number].Name.empty() &&
      (Run.Threads.size() < 2 ||
       Run.Threads[Number].Name != Run.Threads[1].Name))
    Text += " (" + Run.Threads[Number].Name + ")";
  return Text;
}

const std::string &RunPlaces::object(uint32_t Number) {
  auto [It, New] = Names.try_emplace(Number);
  if (New)
    It->second = nameOf(Number);
  // Says nothing to people.
  constexpr StringLiteral Anonymous = "(anonymous namespace)::";
  if (size_t At = It->second.find(Anonymous); At != std::string::npos)
    It->second.erase(At, Anonymous.size());
  return It->second;
}

std::string RunPlaces::nameOf(uint32_t Number) {
  struct Vote {
    std::string Name;
    unsigned Score, Best;
    std::set<StringRef> Lines;
  };
  // In the order in which they are met, for a stable choice.
  std::vector<Vote> Votes;
  if (auto At = Uses.find(Number); At != Uses.end())
    for (auto [Kind, Pc] : At->second) {
      const Frame *F = own(Pc, Kind);
      std::optional<StringRef> Line;
      if (F)
        Line = Sources.line(F->Where.File, F->Where.Line);
      if (!Line)
        continue;
      for (auto &[Name, Score] : namesInLine(*Line, F->Where.Column, Kind)) {
        auto Same =
            find_if(Votes, [&, &N = Name](Vote &V) { return V.Name == N; });
        if (Same == Votes.end()) {
          Votes.push_back({Name, Score, Score, {*Line}});
          continue;
        }
        Same->Score += Score;
        Same->Best = std::max(Same->Best, Score);
        Same->Lines.insert(*Line);
      }
    }
  auto Best = std::max_element(
      Votes.begin(), Votes.end(),
      [](const Vote &A, const Vote &B) { return A.Score < B.Score; });
  // That it stands in one line says nothing.
  std::string FromSource;
  // "mutex_" is a member of the class whose function it is.
  auto Qualified = [&](StringRef Name) {
    if (!Name.ends_with("_") && !Name.starts_with("m_"))
      return Name.str();
    for (auto [Kind, Pc] : Uses[Number]) {
      // Memory is used again: only lines with that name count.
      if (!StringRef(source(Pc, Kind)).contains(Name))
        continue;
      std::string Function = function(Pc, Kind);
      auto [Outer, Method] = StringRef(Function).rsplit("::");
      StringRef Class = Outer.substr(Outer.rfind(':') + 1);
      if (!Method.empty() && !Class.empty() && Class != "operator()" &&
          !Class.starts_with("$") && isUpper(Class[0]))
        return (Class + "::" + Name).str();
    }
    return Name.str();
  };
  if (Best != Votes.end() && (Best->Best > 1 || Best->Lines.size() > 1))
    FromSource = Best->Name;

  std::string Global;
  if (auto At = Addresses.find(Number); At != Addresses.end())
    for (uint32_t I = 1; I < Modules.Modules.size() && Global.empty(); ++I)
      if (At->second >= Modules.Modules[I].Start &&
          At->second < Modules.Modules[I].End)
        Global = Symbols.variable(Modules, I, At->second).Name;
  if (Global.empty())
    return FromSource.empty() ? "" : Qualified(FromSource);
  // A member of a global object, or an element of it: both help.
  StringRef Last = StringRef(Global).substr(StringRef(Global).rfind(':') + 1);
  if (FromSource.empty() ||
      any_of(Votes, [&](const Vote &V) { return V.Name == Last; }))
    return Global;
  return FromSource + " of " + Global;
}

} // namespace raddle::cli
