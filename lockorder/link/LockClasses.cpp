// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/LockClasses.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

/// "a::B" of "a::B::c"; template arguments and parameters are no scopes.
std::string scopeOf(StringRef Name) {
  int Depth = 0;
  for (size_t I = Name.size(); I-- > 1;) {
    char C = Name[I];
    Depth += C == '>' || C == ')' ? 1 : C == '<' || C == '(' ? -1 : 0;
    if (Depth == 0 && C == ':' && Name[I - 1] == ':')
      return Name.take_front(I - 1).str();
  }
  return "";
}

} // namespace

LockClass LockClasses::of(PathRef Path) {
  if (!Path)
    return NoClass;
  auto It = Cache.find(Path);
  if (It != Cache.end())
    return It->second;
  LockClass Found = find(Path);
  Cache[Path] = Found;
  return Found;
}

bool LockClasses::bind(Symbol Record, Symbol Name, LockClass Class) {
  if (Class == NoClass)
    return false;
  auto [It, New] = Bindings.try_emplace({Record, Name}, Class);
  if (New || It->second == Class)
    return New;
  // Two owners: only the way of the pointer tells which.
  It->second = NoClass;
  return false;
}

bool LockClasses::owns(Symbol Record, Symbol Name) const {
  const LockDeclaration *D = P.field(Record, Name);
  StringRef Type = D ? P.text(D->Spelled) : "";
  return Type.contains("unique_ptr<") || Type.contains("shared_ptr<") ||
         Type.contains("optional<");
}

bool LockClasses::pointsToLock(Symbol Record, Symbol Name) const {
  const LockDeclaration *D = P.field(Record, Name);
  return D && (D->KnownLock || Wrappers.contains(D->Record));
}

LockClass LockClasses::byField(PathRef Path) {
  while (Path && (P.Paths.isElement(P.Paths[Path])))
    Path = P.Paths[Path].Parent;
  const PathTable::Node N = P.Paths[Path];
  if (!Path || !N.Parent || N.Pseudo || !N.ByValue)
    return NoClass;
  // The outermost wrapper is what its user would call the lock.
  PathRef Outer = P.Paths[N.Parent].Parent ? N.Parent : Path;
  const PathTable::Node &O = P.Paths[Outer];
  if (O.Pseudo || P.Paths.isElement(O) || !O.ByValue)
    return NoClass;
  PathRef Key = P.Paths.append(P.Paths.root(RootKind::Opaque, 0, 0), O.Record,
                               O.Name, true);
  std::string Owner = P.str(P.recordName(O.Record));
  return make(Key, Owner + "::" + P.str(O.Name), Owner,
              P.field(O.Record, O.Name));
}

LockClass LockClasses::find(PathRef Path) {
  const PathTable &Paths = P.Paths;
  std::string Suffix;
  PathRef At = Path;
  auto SkipElements = [&] {
    while (Paths.isElement(Paths[At])) {
      Suffix = "[]";
      At = Paths[At].Parent;
    }
  };
  SkipElements();
  // A wrapper's own field stands for the wrapper object.
  while (Paths[At].Parent && !Paths[At].Pseudo &&
         Wrappers.contains(Paths[At].Record)) {
    Suffix.clear();
    At = Paths[At].Parent;
    SkipElements();
  }
  const PathTable::Node N = Paths[At];
  if (N.Parent) {
    if (N.Pseudo)
      return NoClass;
    // A pointer or reference to a lock that somebody else owns.
    if (!N.ByValue && !owns(N.Record, N.Name)) {
      auto It = Bindings.find({N.Record, N.Name});
      if (It != Bindings.end())
        return It->second;
      // Nobody is seen to set it: the member is all that can name the lock.
      if (Set.contains({N.Record, N.Name}))
        return NoClass;
    }
    PathRef Key = P.Paths.append(P.Paths.root(RootKind::Opaque, 0, 0), N.Record,
                                 N.Name, true);
    std::string Owner = P.str(P.recordName(N.Record));
    return make(Key, Owner + "::" + P.str(N.Name) + Suffix,
                scopeOf(Owner).empty() ? Owner : scopeOf(Owner),
                P.field(N.Record, N.Name));
  }
  switch (N.Root) {
  case RootKind::Global: {
    std::string Name = P.str(P.globalName(N.Name));
    return make(At, Name + Suffix, scopeOf(Name), P.global(N.Name));
  }
  case RootKind::Local: {
    FunctionId F = P.find(N.Name);
    if (F == NoFunction || N.Index >= P.Functions[F].Summary->Locals.size())
      return NoClass;
    const Function &Fn = P.Functions[F];
    const Variable &V = Fn.Summary->Locals[N.Index];
    StringRef Type = Fn.In->Summary.string(V.Type);
    // A pointer or reference that could not be resolved.
    if (Type.ends_with("*") || Type.ends_with("&"))
      return NoClass;
    LockDeclaration D{Fn.In->symbol(V.Type), Fn.In->symbol(V.Type),
                      Fn.In->symbol(V.Record), false, P.place(Fn, V.Where)};
    return make(At,
                P.str(Fn.Name) + "::" + Fn.In->Summary.string(V.Name).str() +
                    Suffix,
                P.str(Fn.Name), &D);
  }
  default:
    return NoClass;
  }
}

LockClass LockClasses::make(PathRef Key, std::string Name, std::string Group,
                            const LockDeclaration *Declaration) {
  auto [It, New] = Known.try_emplace(Key, Graph.Locks.size());
  if (New) {
    Lock L;
    L.Name = std::move(Name);
    L.Group = std::move(Group);
    if (Declaration) {
      L.Kind = P.str(Declaration->Type);
      L.Declared = Declaration->Declared;
    }
    Graph.Locks.push_back(std::move(L));
  }
  return It->second;
}

bool LockClasses::concrete(PathRef Path) const {
  const PathTable::Node &N = P.Paths[Path];
  return N.Exact && (N.Root == RootKind::Global || N.Root == RootKind::Local);
}

bool LockClasses::compatible(PathRef A, PathRef B) const {
  const PathTable &Paths = P.Paths;
  // From the lock outwards, the known owners must agree as far as both are
  // known.
  while (A != B) {
    const PathTable::Node &X = Paths[A], &Y = Paths[B];
    if (!X.Parent || !Y.Parent) {
      if (X.Parent || Y.Parent)
        return true;
      // Two different variables are two objects; anything else may be one.
      bool BothConcrete =
          (X.Root == RootKind::Global || X.Root == RootKind::Local) &&
          (Y.Root == RootKind::Global || Y.Root == RootKind::Local);
      return !BothConcrete;
    }
    if (X.Name != Y.Name || X.Record != Y.Record) {
      // Different members hold different objects, unless they point.
      bool Vague =
          X.Pseudo || Y.Pseudo || Paths.isElement(X) || Paths.isElement(Y);
      return Vague || (X.Record != Y.Record && !(X.ByValue && Y.ByValue));
    }
    A = X.Parent;
    B = Y.Parent;
  }
  return true;
}

} // namespace raddle::lockorder
