// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/model/Dump.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::model {

namespace {

const char *name(EventKind Kind) {
  switch (Kind) {
  case EventKind::Acquire:
    return "acquire";
  case EventKind::Release:
    return "release";
  case EventKind::GuardInit:
    return "guard-init";
  case EventKind::GuardAcquire:
    return "guard-acquire";
  case EventKind::GuardRelease:
    return "guard-release";
  case EventKind::GuardDisown:
    return "guard-disown";
  case EventKind::GuardMove:
    return "guard-move";
  case EventKind::GuardSwap:
    return "guard-swap";
  case EventKind::GuardOwns:
    return "guard-owns";
  case EventKind::Destroy:
    return "destroy";
  case EventKind::Store:
    return "store";
  case EventKind::Call:
    return "call";
  case EventKind::Spawn:
    return "spawn";
  case EventKind::Join:
    return "join";
  case EventKind::Detach:
    return "detach";
  case EventKind::Wait:
    return "wait";
  case EventKind::Notify:
    return "notify";
  case EventKind::Block:
    return "block";
  case EventKind::Poll:
    return "poll";
  case EventKind::Consult:
    return "consult";
  case EventKind::CancelCallback:
    return "cancel-callback";
  case EventKind::Pause:
    return "pause";
  case EventKind::AtomicUpdate:
    return "atomic-update";
  }
  return "?";
}

const char *name(LockMode Mode) {
  static const char *const Names[] = {"exclusive", "shared", "upgrade"};
  return Names[static_cast<int>(Mode)];
}

const char *name(Flavor How) {
  static const char *const Names[] = {"blocking", "try", "timed", "adopted",
                                      "deferred"};
  return Names[static_cast<int>(How)];
}

const char *name(SpawnKind Kind) {
  static const char *const Names[] = {"thread", "jthread", "async", "pool",
                                      "timer"};
  return Names[static_cast<int>(Kind)];
}

const char *name(BlockKind Kind) {
  static const char *const Names[] = {"none", "sleep", "unbounded", "io"};
  return Names[static_cast<int>(Kind)];
}

const char *name(PollKind Kind) {
  static const char *const Names[] = {"none",        "ready-now",   "try-lock",
                                      "try-pop",     "zero-wait",   "dont-wait",
                                      "atomic-load", "queue-empty", "yield"};
  return Names[static_cast<int>(Kind)];
}

const char *name(HandleKind Kind) {
  static const char *const Names[] = {"none", "stop-token", "stop-source",
                                      "flag", "custom"};
  return Names[static_cast<int>(Kind)];
}

const char *name(EffectKind Kind) {
  static const char *const Names[] = {"acquires", "releases", "try-acquires",
                                      "requires", "excludes"};
  return Names[static_cast<int>(Kind)];
}

class Dumper {
public:
  Dumper(const TUSummary &S, std::string &Out) : S(S), OS(Out) {}

  void path(PathId Id, const FunctionSummary *In) {
    const AccessPath &P = S.path(Id);
    switch (P.Root) {
    case RootKind::None:
      OS << "-";
      break;
    case RootKind::This:
      OS << "this";
      break;
    case RootKind::Param:
      OS << "param" << P.Index;
      break;
    case RootKind::Local:
      OS << "local" << P.Index;
      if (In && P.Index < In->Locals.size())
        OS << ":" << S.string(In->Locals[P.Index].Name);
      break;
    case RootKind::Global:
      OS << "global<" << S.string(P.Name) << ">";
      break;
    case RootKind::Temporary:
      OS << "temp" << P.Index;
      break;
    case RootKind::Result:
      OS << "result#" << P.Index;
      break;
    case RootKind::Return:
      OS << "return";
      break;
    case RootKind::Function:
      OS << "function<" << S.string(P.Name) << ">";
      break;
    case RootKind::Null:
      OS << "null";
      break;
    case RootKind::Opaque:
      OS << "opaque" << P.Index;
      break;
    }
    for (const PathElement &E : P.Elements) {
      if (S.string(E.Name) == "[]")
        OS << "[]";
      else
        OS << (E.ByValue ? "." : "->") << S.string(E.Name);
    }
  }

  void place(const Location &L) {
    OS << S.string(L.File) << ":" << L.Line << ":" << L.Column;
    if (L.EndColumn)
      OS << "-" << L.EndColumn;
  }

  void event(const Event &E, const FunctionSummary &F) {
    OS << name(E.Kind);
    if (E.Object) {
      OS << " ";
      path(E.Object, &F);
    }
    if (E.Callee)
      OS << " callee=" << S.string(E.Callee);
    if (E.CalleePath) {
      OS << " calling=";
      path(E.CalleePath, &F);
    }
    if (!E.Args.empty()) {
      OS << " (";
      for (size_t I = 0; I < E.Args.size(); ++I) {
        OS << (I ? ", " : "");
        path(E.Args[I], &F);
      }
      OS << ")";
    }
    if (E.Result) {
      OS << " result=";
      path(E.Result, &F);
    }
    if (E.Mode != LockMode::Exclusive)
      OS << " " << name(E.Mode);
    if (E.How != Flavor::Blocking)
      OS << " " << name(E.How);
    if (E.Kind == EventKind::Spawn)
      OS << " as " << name(E.Spawn);
    if (E.Blocks != BlockKind::None)
      OS << " " << name(E.Blocks);
    if (E.Poll != PollKind::None)
      OS << " " << name(E.Poll);
    const std::pair<bool, const char *> Flags[] = {
        {E.Recursive, "recursive"},
        {E.Virtual, "virtual"},
        {E.Timed, "timed"},
        {E.Cancellable, "cancellable"},
        {E.HasPredicate, "predicate"},
        {E.ArgIsGuard, "guard"},
        {E.BodyHasObject, "with-object"},
        {E.InLoop, "in-loop"},
        {E.System, "system"},
        {E.All, "all"}};
    for (auto [Set, Text] : Flags)
      if (Set)
        OS << " " << Text;
    if (E.Group)
      OS << " group=" << E.Group;
    if (E.CancelArgs)
      OS << " cancel=" << E.CancelArgs;
    if (E.NoLint)
      OS << " nolint=" << S.string(E.NoLint);
    if (E.Text)
      OS << " \"" << S.string(E.Text) << "\"";
    OS << " @" << E.Where.Line << ":" << E.Where.Column << "\n";
  }

  void condition(const char *Word, const Condition &C) {
    if (C.On != Condition::NoEvent)
      OS << " " << Word << (C.Negated ? "!#" : "#") << C.On;
  }

  void variables(const char *Word, const std::vector<Variable> &Variables) {
    for (size_t I = 0; I < Variables.size(); ++I) {
      const Variable &V = Variables[I];
      OS << "  " << Word << I << " " << S.string(V.Name) << ": "
         << S.string(V.Type);
      if (V.Cancellation != HandleKind::None)
        OS << " handle=" << name(V.Cancellation);
      OS << "\n";
    }
  }

  void function(const FunctionSummary &F) {
    OS << "function " << S.string(F.Name) << "\n  key " << S.string(F.Key)
       << "\n  at ";
    place(F.Where);
    const std::pair<bool, const char *> Flags[] = {
        {!F.HasBody, "no-body"},         {F.Virtual, "virtual"},
        {F.Constructor, "constructor"},  {F.Destructor, "destructor"},
        {F.Closure, "closure"},          {F.Main, "main"},
        {F.InternalLinkage, "internal"}, {F.Coroutine, "coroutine"},
        {F.NoReturn, "noreturn"}};
    for (auto [Set, Text] : Flags)
      if (Set)
        OS << " " << Text;
    OS << "\n";
    if (F.Record)
      OS << "  record " << S.string(F.Record) << "\n";
    for (StringId O : F.Overrides)
      OS << "  overrides " << S.string(O) << "\n";
    variables("param", F.Params);
    variables("local", F.Locals);
    for (const CancellationHandle &H : F.Handles) {
      OS << "  handle ";
      path(H.Path, &F);
      OS << " " << name(H.Kind) << "\n";
    }
    for (const DeclaredEffect &D : F.Declared) {
      OS << "  declared " << name(D.Kind) << " ";
      path(D.Lock, &F);
      OS << " " << name(D.Mode) << (D.SuccessValue ? "" : " on-false") << "\n";
    }
    for (auto [A, B] : F.Ordered) {
      OS << "  ordered ";
      path(A, &F);
      OS << " < ";
      path(B, &F);
      OS << "\n";
    }
    for (size_t I = 0; I < F.Loops.size(); ++I) {
      const Loop &L = F.Loops[I];
      OS << "  loop" << I << " head=B" << L.Head << " @" << L.Where.Line << ":"
         << L.Where.Column << "-" << L.Where.EndColumn;
      if (L.Parent >= 0)
        OS << " in loop" << L.Parent;
      OS << (L.Bounded ? " bounded" : "") << (L.Forever ? " forever" : "")
         << (L.RetriesAtomic ? " retries-atomic" : "");
      if (L.NoLint)
        OS << " nolint=" << S.string(L.NoLint);
      OS << "\n";
    }
    EventId Id = 0;
    for (size_t I = 0; I < F.Blocks.size(); ++I) {
      const Block &B = F.Blocks[I];
      OS << "  B" << I;
      if (B.Loop >= 0)
        OS << " loop" << B.Loop;
      if (B.Work)
        OS << " work";
      if (!B.Successors.empty())
        OS << " ->";
      for (uint32_t Next : B.Successors)
        OS << " B" << Next;
      condition("if ", B.Branch);
      if (B.Returns) {
        OS << " returns";
        if (B.ReturnPath) {
          OS << " ";
          path(B.ReturnPath, &F);
        }
        condition("is ", B.ReturnValue);
        if (B.ReturnConstant >= 0)
          OS << (B.ReturnConstant ? " true" : " false");
      }
      OS << "\n";
      for (const Event &E : B.Events) {
        OS << "    #" << Id++ << " ";
        event(E, F);
      }
    }
  }

  void unit() {
    OS << "unit " << S.string(S.MainFile) << "\n";
    for (const RecordSummary &R : S.Records) {
      OS << "record " << S.string(R.Name) << "\n  key " << S.string(R.Key)
         << "\n";
      for (StringId Base : R.Bases)
        OS << "  base " << S.string(Base) << "\n";
      for (const FieldSummary &F : R.Fields) {
        OS << "  field " << S.string(F.Name) << ": " << S.string(F.Type);
        if (F.LockType)
          OS << " lock=" << S.string(F.LockType);
        if (F.Cancellation != HandleKind::None)
          OS << " handle=" << name(F.Cancellation);
        OS << "\n";
      }
    }
    for (const GlobalSummary &G : S.Globals) {
      OS << "global " << S.string(G.Name) << ": " << S.string(G.Type);
      if (G.LockType)
        OS << " lock=" << S.string(G.LockType);
      OS << "\n  key " << S.string(G.Key) << "\n";
    }
    for (const FunctionSummary &F : S.Functions)
      function(F);
    for (const FileFinding &F : S.Findings) {
      OS << "finding " << S.string(F.Check) << " ";
      place(F.Where);
      OS << " " << S.string(F.Message) << "\n";
    }
  }

private:
  const TUSummary &S;
  llvm::raw_string_ostream OS;
};

} // namespace

std::string dump(const TUSummary &Summary, PathId Path,
                 const FunctionSummary *In) {
  std::string Out;
  Dumper(Summary, Out).path(Path, In);
  return Out;
}

std::string dump(const TUSummary &Summary, const FunctionSummary &Function) {
  std::string Out;
  Dumper(Summary, Out).function(Function);
  return Out;
}

std::string dump(const TUSummary &Summary) {
  std::string Out;
  Dumper(Summary, Out).unit();
  return Out;
}

} // namespace raddle::model
