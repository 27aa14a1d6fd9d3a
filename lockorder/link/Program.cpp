// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Program.h"
#include "llvm/ADT/DenseSet.h"
#include <algorithm>

using namespace raddle::model;

namespace raddle::lockorder {

Program::Program(const std::vector<TUSummary> &Summaries) {
  // The order of the files on the command line must not change the result.
  std::vector<const TUSummary *> Sorted;
  for (const TUSummary &S : Summaries)
    Sorted.push_back(&S);
  std::sort(
      Sorted.begin(), Sorted.end(), [](const TUSummary *A, const TUSummary *B) {
        return std::pair(A->string(A->MainFile), A->string(A->Configuration)) <
               std::pair(B->string(B->MainFile), B->string(B->Configuration));
      });
  Units.reserve(Sorted.size());
  for (const TUSummary *S : Sorted)
    Units.emplace_back(*S, Symbols);
  for (const Unit &U : Units) {
    addFunctions(U);
    addDeclarations(U);
  }
  for (FunctionId Id = 0; Id < Functions.size(); ++Id)
    for (StringId Base : Functions[Id].Summary->Overrides)
      OverriddenBy[Functions[Id].In->symbol(Base)].push_back(Id);
}

void Program::addFunctions(const Unit &U) {
  for (const FunctionSummary &F : U.Summary.Functions) {
    Symbol Key = U.symbol(F.Key);
    auto [It, New] = ByKey.try_emplace(Key, Functions.size());
    if (New) {
      Functions.push_back({&F, &U, Key, U.symbol(F.Name), U.symbol(F.Record)});
      continue;
    }
    // One definition rule: any body is the body; a declaration gives way.
    Function &Known = Functions[It->second];
    if (!Known.hasBody() && F.HasBody)
      Known = {&F, &U, Key, U.symbol(F.Name), U.symbol(F.Record)};
  }
}

void Program::addDeclarations(const Unit &U) {
  auto PlaceOf = [&](const Location &L) {
    return Place{U.Summary.string(L.File).str(), L.Line, L.Column, L.EndColumn};
  };
  for (const RecordSummary &R : U.Summary.Records) {
    Symbol Key = U.symbol(R.Key);
    auto [It, New] = Records.try_emplace(Key);
    if (!New)
      continue;
    It->second.Key = Key;
    It->second.Name = U.symbol(R.Name);
    for (StringId Base : R.Bases)
      It->second.Bases.push_back(U.symbol(Base));
    for (const FieldSummary &F : R.Fields)
      Fields[{Key, U.symbol(F.Name)}] = {
          U.symbol(F.LockType ? F.LockType : F.Type), U.symbol(F.Type),
          U.symbol(F.Record), F.LockType != 0, PlaceOf(F.Where)};
  }
  for (const GlobalSummary &G : U.Summary.Globals) {
    Symbol Key = U.symbol(G.Key);
    GlobalNames.try_emplace(Key, U.symbol(G.Name));
    Globals.try_emplace(
        Key, LockDeclaration{U.symbol(G.LockType ? G.LockType : G.Type),
                             U.symbol(G.Type), U.symbol(G.Record),
                             G.LockType != 0, PlaceOf(G.Where)});
  }
}

const std::vector<FunctionId> &Program::overriders(FunctionId F) const {
  auto [It, New] = OverriderCache.try_emplace(F);
  if (!New)
    return It->second;
  std::vector<FunctionId> Found, Open{F};
  llvm::DenseSet<FunctionId> Seen{F};
  while (!Open.empty()) {
    FunctionId At = Open.back();
    Open.pop_back();
    if (Functions[At].hasBody())
      Found.push_back(At);
    auto Next = OverriddenBy.find(Functions[At].Key);
    if (Next == OverriddenBy.end())
      continue;
    for (FunctionId Overrider : Next->second)
      if (Seen.insert(Overrider).second)
        Open.push_back(Overrider);
  }
  std::sort(Found.begin(), Found.end());
  return OverriderCache[F] = std::move(Found);
}

PathRef Program::path(const Function &F, PathId Id) {
  if (!Id)
    return 0;
  const AccessPath &P = F.In->Summary.path(Id);
  Symbol Name = 0;
  switch (P.Root) {
  case RootKind::Local:
  case RootKind::Temporary:
  case RootKind::Result:
  case RootKind::Opaque:
    Name = F.Key; // Means something in this function only.
    break;
  case RootKind::Global:
  case RootKind::Function:
    Name = F.In->symbol(P.Name);
    break;
  default:
    break;
  }
  PathRef Result = Paths.root(P.Root, P.Index, Name);
  for (const PathElement &E : P.Elements) {
    // Pseudo fields are the same whatever object they are on.
    bool Pseudo = F.In->Summary.string(E.Name).starts_with("$");
    Result = Paths.append(Result, Pseudo ? 0 : F.In->symbol(E.Record),
                          F.In->symbol(E.Name), E.ByValue && !Pseudo);
  }
  return Result;
}

Place Program::place(const Function &F, const Location &Where) const {
  return {F.In->Summary.string(Where.File).str(), Where.Line, Where.Column,
          Where.EndColumn};
}

} // namespace raddle::lockorder
