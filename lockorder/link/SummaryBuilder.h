// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: summaries written by hand, a line per event.
#ifndef RADDLE_LOCKORDER_LINK_SUMMARYBUILDER_H
#define RADDLE_LOCKORDER_LINK_SUMMARYBUILDER_H

#include "lockorder/model/TUSummary.h"

namespace raddle::lockorder {

/// Builds straight-line functions. A path is written as a root and fields:
/// "this.Cache::mutex_", "param0", "global.g_lock", "local0".
class SummaryBuilder {
public:
  explicit SummaryBuilder(llvm::StringRef File) { S.MainFile = S.intern(File); }

  SummaryBuilder &function(llvm::StringRef Key, llvm::StringRef Record = "") {
    model::FunctionSummary F;
    F.Key = F.Name = S.intern(Key);
    F.Record = S.intern(Record);
    F.HasBody = true;
    F.Main = Key == "main";
    F.Where = here();
    F.Blocks.resize(1);
    F.Blocks[0].Returns = true;
    S.Functions.push_back(std::move(F));
    return *this;
  }
  SummaryBuilder &lock(llvm::StringRef Path) {
    return event(model::EventKind::Acquire, Path);
  }
  SummaryBuilder &unlock(llvm::StringRef Path) {
    return event(model::EventKind::Release, Path);
  }
  SummaryBuilder &call(llvm::StringRef Callee, llvm::StringRef Object = "",
                       std::vector<llvm::StringRef> Args = {}) {
    event(model::EventKind::Call, Object);
    last().Callee = S.intern(Callee);
    for (llvm::StringRef Arg : Args)
      last().Args.push_back(path(Arg));
    return *this;
  }
  SummaryBuilder &start(llvm::StringRef Body, llvm::StringRef Handle) {
    event(model::EventKind::Spawn, Handle);
    last().Callee = S.intern(Body);
    return *this;
  }
  SummaryBuilder &join(llvm::StringRef Handle) {
    return event(model::EventKind::Join, Handle);
  }
  SummaryBuilder &event(model::EventKind Kind, llvm::StringRef Object) {
    model::Event E;
    E.Kind = Kind;
    E.Object = path(Object);
    E.Where = here();
    S.Functions.back().Blocks[0].Events.push_back(std::move(E));
    return *this;
  }
  model::Event &last() { return S.Functions.back().Blocks[0].Events.back(); }
  model::FunctionSummary &current() { return S.Functions.back(); }
  model::TUSummary take() { return std::move(S); }

  model::PathId path(llvm::StringRef Text) {
    if (Text.empty())
      return 0;
    auto [Root, Rest] = Text.split('.');
    model::AccessPath P;
    if (Root == "this") {
      P.Root = model::RootKind::This;
    } else if (Root.consume_front("param")) {
      P.Root = model::RootKind::Param;
      Root.getAsInteger(10, P.Index);
    } else if (Root.consume_front("local")) {
      P.Root = model::RootKind::Local;
      Root.getAsInteger(10, P.Index);
      auto &Locals = S.Functions.back().Locals;
      while (Locals.size() <= P.Index)
        Locals.push_back(
            {S.intern("x"), S.intern("T"), 0, model::HandleKind::None, {}});
    } else if (Root == "global") {
      auto [Name, Fields] = Rest.split('.');
      P.Root = model::RootKind::Global;
      P.Name = S.intern(Name);
      Rest = Fields;
    }
    while (!Rest.empty()) {
      auto [Field, Next] = Rest.split('.');
      auto [Record, Name] = Field.rsplit("::");
      P.Elements.push_back({S.intern(Record), S.intern(Name), true});
      Rest = Next;
    }
    return S.intern(P);
  }

private:
  model::Location here() { return {S.MainFile, ++Line, 1, 10}; }
  model::TUSummary S;
  uint32_t Line = 0;
};

} // namespace raddle::lockorder

#endif
