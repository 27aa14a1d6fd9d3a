// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/Understand.h"
#include "cli/trace/ObservedLocks.h"
#include "cli/trace/RunFindings.h"
#include "cli/trace/RunViews.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"
#include <map>
#include <memory>
#include <set>

using namespace llvm;

namespace raddle::cli {

namespace {

std::vector<lockorder::ObservedRun> runsOf(const std::vector<Trace> &Traces,
                                           Symboliser &Symbols) {
  std::vector<lockorder::ObservedRun> Runs;
  for (const Trace &T : Traces)
    Runs.push_back(observedLocks(T, Symbols));
  return Runs;
}

StringSet<> filesOf(const lockorder::LinkResult &Static) {
  StringSet<> Files;
  for (const lockorder::Lock &L : Static.Graph.Locks)
    for (const lockorder::Acquisition &A : L.Acquisitions)
      if (!A.Where.File.empty() && !sys::path::is_absolute(A.Where.File))
        Files.insert(A.Where.File);
  for (const lockorder::Diagnosis &D : Static.Diagnoses)
    if (!D.Where.File.empty() && !sys::path::is_absolute(D.Where.File))
      Files.insert(D.Where.File);
  return Files;
}

/// The folder that \p Files are relative to, if \p Runs show that it is another
/// one than the root they were read with: they then have some of these files by
/// absolute paths, and none as they are. Empty: it is not.
std::string otherRoot(const std::vector<lockorder::ObservedRun> &Runs,
                      const StringSet<> &Files) {
  std::map<std::string, unsigned> Votes;
  std::set<std::string> Seen;
  for (const lockorder::ObservedRun &Run : Runs)
    for (const auto &Stack : Run.Stacks)
      for (const lockorder::Frame &F : Stack) {
        if (!Seen.insert(F.Where.File).second)
          continue;
        if (Files.contains(F.Where.File))
          return "";
        if (!sys::path::is_absolute(F.Where.File))
          continue;
        for (const auto &Each : Files)
          if (StringRef Folder = F.Where.File;
              Folder.consume_back(Each.first()))
            if (Folder.consume_back("/") && !Folder.empty())
              ++Votes[Folder.str()];
      }
  std::string Best;
  unsigned Most = 0;
  for (const auto &[Folder, Count] : Votes)
    if (Count > Most) {
      Most = Count;
      Best = Folder;
    }
  return Best;
}

} // namespace

Understood understand(const std::vector<Trace> &Traces, const std::string &Root,
                      lockorder::LinkResult Static) {
  Understood Result;
  Result.Root = Root;
  auto Reader = std::make_unique<Symboliser>(Root);
  std::vector<lockorder::ObservedRun> Runs = runsOf(Traces, *Reader);
  // Results do not say where they were made.
  if (std::string Other = otherRoot(Runs, filesOf(Static)); !Other.empty()) {
    Result.Root = Other;
    Reader = std::make_unique<Symboliser>(Other);
    Runs = runsOf(Traces, *Reader);
  }
  Symboliser &Symbols = *Reader;
  bool HasStatic = !Static.Graph.Locks.empty() || !Static.Diagnoses.empty();
  lockorder::ObservedResult Seen =
      lockorder::observe(Runs, HasStatic ? &Static.Graph : nullptr);
  if (Seen.Incomplete)
    Result.Warnings.push_back(
        "the search for lock-order inversions was given up at its bound; there "
        "may be more than are reported");
  if (HasStatic) {
    lockorder::mergeWithStatic(Static, Seen);
    Result.Graph = std::move(Static.Graph);
    Result.Diagnoses = std::move(Static.Diagnoses);
  } else {
    Result.Graph = Seen.Graph;
    Result.Diagnoses = std::move(Seen.Diagnoses);
  }
  RunViews Views(Result.Run, Symbols, Seen, Result.Graph);
  for (auto [Number, T] : enumerate(Traces)) {
    Views.add(T, Number);
    append_range(Result.Warnings, T.Warnings);
  }
  Views.finish();
  Result.UnusedRules = Views.unusedRules();
  append_range(Result.Diagnoses, runFindings(Result.Run));
  append_range(Result.Warnings, Symbols.warnings());
  return Result;
}

} // namespace raddle::cli
