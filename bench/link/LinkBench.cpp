// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Time and memory of linking, for growing programs of one shape: classes with
// a lock each, methods that lock and call methods of other classes, wrappers,
// accessors, and code that has nothing to do with locks.
#include "lockorder/link/Link.h"
#include "lockorder/model/SummaryIO.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cmath>
#include <random>
#include <sys/resource.h>

using namespace raddle;
using namespace raddle::model;

namespace {

constexpr unsigned FunctionsPerUnit = 100;

/// One unit of the synthetic program. Every fifth unit is a class with a lock
/// of its own; functions call others of their unit, and one in four calls a
/// unit shortly below, as layered programs do.
TUSummary makeUnit(unsigned U, unsigned Units) {
  std::mt19937 Random(U);
  TUSummary S;
  S.MainFile = S.intern("src/unit" + std::to_string(U) + ".cpp");
  auto Record = [&](unsigned Of) {
    return S.intern("c:@S@Class" + std::to_string(Of));
  };
  auto Key = [&](unsigned Of, unsigned I) {
    return S.intern("c:@S@Class" + std::to_string(Of) + "@F@method" +
                    std::to_string(I) + "#");
  };
  auto ThisField = [&](unsigned Of, const char *Name) {
    AccessPath P;
    P.Root = RootKind::This;
    P.Elements.push_back({Record(Of), S.intern(Name), true});
    return S.intern(P);
  };
  auto At = [&](unsigned Line) { return Location{S.MainFile, Line, 3, 20}; };
  for (unsigned I = 0; I < FunctionsPerUnit; ++I) {
    FunctionSummary F;
    F.Key = Key(U, I);
    F.Name = S.intern("Class" + std::to_string(U) + "::method" +
                      std::to_string(I) + "()");
    F.Record = Record(U);
    F.HasBody = true;
    F.Where = At(I * 20 + 1);
    F.Blocks.resize(4);
    F.Blocks[0].Successors = {1, 2};
    F.Blocks[1].Successors = {3};
    F.Blocks[2].Successors = {3};
    F.Blocks[3].Returns = true;
    bool Locks = U % 5 == 0 && I % 5 == 0;
    AccessPath GuardPath;
    GuardPath.Root = RootKind::Local;
    PathId Guard = S.intern(GuardPath);
    F.Locals.push_back({S.intern("lock"), S.intern("std::lock_guard"), 0,
                        HandleKind::None, At(I * 20 + 2)});
    if (Locks) {
      Event E;
      E.Kind = EventKind::GuardInit;
      E.Object = Guard;
      E.Args.push_back(ThisField(U, "mutex_"));
      E.Where = At(I * 20 + 2);
      F.Blocks[0].Events.push_back(E);
    }
    for (unsigned C = 0; C < 4; ++C) {
      // Mostly within the unit and to functions without locks.
      unsigned Target = C == 0 && I % 4 == 0 && U > 0
                            ? U - 1 - Random() % std::min(U, 12u)
                            : U;
      unsigned Index = Target == U ? Random() % FunctionsPerUnit / 2 + I / 2
                                   : Random() % FunctionsPerUnit;
      if (Target == U && Index <= I)
        Index = I + 1;
      if (Index >= FunctionsPerUnit)
        continue;
      Event E;
      E.Kind = EventKind::Call;
      E.Callee = Key(Target, Index);
      AccessPath Receiver;
      Receiver.Root = RootKind::This;
      if (Target != U)
        Receiver.Elements.push_back(
            {Record(U), S.intern("peer" + std::to_string(Target)), false});
      E.Object = S.intern(Receiver);
      E.Where = At(I * 20 + 4 + C);
      F.Blocks[1 + C % 2].Events.push_back(E);
    }
    if (Locks) {
      Event E;
      E.Kind = EventKind::Destroy;
      E.Object = Guard;
      E.Where = At(I * 20 + 9);
      F.Blocks[3].Events.push_back(E);
    }
    S.Functions.push_back(std::move(F));
  }
  return S;
}

double seconds() {
  rusage Usage;
  getrusage(RUSAGE_SELF, &Usage);
  return Usage.ru_utime.tv_sec + Usage.ru_stime.tv_sec +
         1e-6 * (Usage.ru_utime.tv_usec + Usage.ru_stime.tv_usec);
}

} // namespace

int main() {
  llvm::outs() << "| functions | CPU s, read | CPU s, link | peak RSS MB | "
                  "edges | growth n^x |\n|---|---|---|---|---|---|\n";
  double Last = 0;
  for (unsigned Units : {125u, 250u, 500u, 1000u}) {
    std::vector<std::string> Files;
    for (unsigned U = 0; U < Units; ++U)
      Files.push_back(writeSummary(makeUnit(U, Units)));
    double Start = seconds();
    std::vector<TUSummary> Summaries;
    for (const std::string &Bytes : Files)
      Summaries.push_back(llvm::cantFail(readSummary(Bytes, "unit")));
    double Read = seconds();
    lockorder::LinkResult Result = lockorder::link(Summaries, {});
    double Linked = seconds() - Read;
    rusage Usage;
    getrusage(RUSAGE_SELF, &Usage);
    llvm::outs()
        << "| " << Result.Functions << " | "
        << llvm::format("%.2f", Read - Start) << " | "
        << llvm::format("%.2f", Linked) << " | " << Usage.ru_maxrss / 1024
        << " | " << Result.Graph.Edges.size() << " | "
        << (Last ? llvm::formatv("{0:f2}", std::log2(Linked / Last)).str() : "")
        << " |\n";
    llvm::outs().flush();
    Last = Linked;
  }
}
