// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fields of a summary in the order they are stored. Writer and reader
// share this one description, so that they cannot disagree: `Codec` is either,
// and offers `number`, `text`, `string` (a StringId) and `path` (a PathId).
#ifndef RADDLE_LOCKORDER_MODEL_SUMMARYCODEC_H
#define RADDLE_LOCKORDER_MODEL_SUMMARYCODEC_H

#include "lockorder/model/TUSummary.h"

namespace raddle::model {

template <typename Codec, typename Container, typename Each>
void sequence(Codec &C, Container &Items, Each One) {
  uint64_t Size = Items.size();
  C.count(Size);
  if constexpr (Codec::Reading)
    Items.resize(Size);
  for (auto &Item : Items) {
    if (C.failed())
      return;
    One(Item);
  }
}

template <typename Codec> void code(Codec &C, Location &L) {
  C.string(L.File);
  C.number(L.Line);
  C.number(L.Column);
  C.number(L.EndColumn);
}

template <typename Codec> void code(Codec &C, Condition &K) {
  C.number(K.On);
  C.flag(K.Negated);
}

template <typename Codec> void code(Codec &C, AccessPath &P) {
  C.enumeration(P.Root, RootKind::Opaque);
  C.number(P.Index);
  C.string(P.Name);
  sequence(C, P.Elements, [&](PathElement &E) {
    C.string(E.Record);
    C.string(E.Name);
    C.flag(E.ByValue);
  });
}

template <typename Codec> void code(Codec &C, Event &E) {
  C.enumeration(E.Kind, EventKind::AtomicUpdate);
  C.enumeration(E.Mode, LockMode::Upgrade);
  C.enumeration(E.How, Flavor::Deferred);
  C.enumeration(E.Spawn, SpawnKind::Timer);
  C.enumeration(E.Blocks, BlockKind::InputOutput);
  C.enumeration(E.Poll, PollKind::Yield);
  for (bool *Flag :
       {&E.Recursive, &E.Virtual, &E.Timed, &E.Cancellable, &E.HasPredicate,
        &E.ArgIsGuard, &E.BodyHasObject, &E.InLoop, &E.System, &E.All})
    C.flag(*Flag);
  C.number(E.Group);
  C.path(E.Object);
  C.path(E.Result);
  C.path(E.CalleePath);
  C.string(E.Callee);
  sequence(C, E.Args, [&](PathId &Arg) { C.path(Arg); });
  C.number(E.CancelArgs);
  C.path(E.SwitchOn);
  C.string(E.SwitchCase);
  C.string(E.Text);
  C.string(E.NoLint);
  code(C, E.Where);
}

template <typename Codec> void code(Codec &C, Block &B) {
  sequence(C, B.Events, [&](Event &E) { code(C, E); });
  sequence(C, B.Successors, [&](uint32_t &S) { C.number(S); });
  code(C, B.Branch);
  C.flag(B.Work);
  C.flag(B.Returns);
  C.path(B.ReturnPath);
  code(C, B.ReturnValue);
  C.number(B.ReturnConstant);
  C.number(B.Loop);
}

template <typename Codec> void code(Codec &C, Loop &L) {
  C.number(L.Parent);
  C.number(L.Head);
  code(C, L.Where);
  C.string(L.NoLint);
  C.flag(L.Bounded);
  C.flag(L.CountsToVariable);
  C.flag(L.Forever);
  C.flag(L.RetriesAtomic);
}

template <typename Codec> void code(Codec &C, Variable &V) {
  C.string(V.Name);
  C.string(V.Type);
  C.string(V.Record);
  C.enumeration(V.Cancellation, HandleKind::Custom);
  code(C, V.Where);
}

template <typename Codec> void code(Codec &C, FunctionSummary &F) {
  C.string(F.Key);
  C.string(F.Name);
  C.string(F.Record);
  code(C, F.Where);
  for (bool *Flag :
       {&F.HasBody, &F.Virtual, &F.Constructor, &F.Destructor, &F.Closure,
        &F.Main, &F.InternalLinkage, &F.Coroutine, &F.NoReturn})
    C.flag(*Flag);
  sequence(C, F.Overrides, [&](StringId &Id) { C.string(Id); });
  sequence(C, F.Params, [&](Variable &V) { code(C, V); });
  sequence(C, F.Locals, [&](Variable &V) { code(C, V); });
  sequence(C, F.Handles, [&](CancellationHandle &H) {
    C.path(H.Path);
    C.enumeration(H.Kind, HandleKind::Custom);
    C.string(H.Name);
    code(C, H.Where);
  });
  sequence(C, F.Declared, [&](DeclaredEffect &D) {
    C.enumeration(D.Kind, EffectKind::Excludes);
    C.enumeration(D.Mode, LockMode::Upgrade);
    C.path(D.Lock);
    C.flag(D.SuccessValue);
  });
  sequence(C, F.Ordered, [&](std::pair<PathId, PathId> &P) {
    C.path(P.first);
    C.path(P.second);
  });
  sequence(C, F.Blocks, [&](Block &B) { code(C, B); });
  sequence(C, F.Loops, [&](Loop &L) { code(C, L); });
}

template <typename Codec> void code(Codec &C, TUSummary &S) {
  sequence(C, S.Strings, [&](std::string &Text) { C.text(Text); });
  sequence(C, S.Paths, [&](AccessPath &P) { code(C, P); });
  C.string(S.MainFile);
  C.string(S.Configuration);
  sequence(C, S.Functions, [&](FunctionSummary &F) { code(C, F); });
  sequence(C, S.Records, [&](RecordSummary &R) {
    C.string(R.Key);
    C.string(R.Name);
    code(C, R.Where);
    sequence(C, R.Bases, [&](StringId &Id) { C.string(Id); });
    sequence(C, R.Fields, [&](FieldSummary &F) {
      C.string(F.Name);
      C.string(F.Type);
      C.string(F.Record);
      C.string(F.LockType);
      C.enumeration(F.Cancellation, HandleKind::Custom);
      code(C, F.Where);
    });
  });
  sequence(C, S.Globals, [&](GlobalSummary &G) {
    C.string(G.Key);
    C.string(G.Name);
    C.string(G.Type);
    C.string(G.Record);
    C.string(G.LockType);
    code(C, G.Where);
  });
  sequence(C, S.Findings, [&](FileFinding &F) {
    C.string(F.Check);
    C.string(F.Message);
    code(C, F.Where);
    sequence(C, F.Notes, [&](FileFinding::Note &N) {
      C.string(N.Message);
      code(C, N.Where);
    });
  });
}

} // namespace raddle::model

#endif
