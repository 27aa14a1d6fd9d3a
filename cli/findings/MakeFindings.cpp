// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/Finding.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"
#include <map>
#include <set>
#include <tuple>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

Place placeOf(const model::TUSummary &Unit, const model::Location &Where) {
  if (!Where.Line)
    return {};
  return {Unit.string(Where.File).str(), Where.Line, Where.Column,
          Where.EndColumn};
}

Diagnosis fromFileCheck(const model::TUSummary &Unit,
                        const model::FileFinding &F) {
  Diagnosis D;
  D.Check = Unit.string(F.Check).str();
  D.Message = Unit.string(F.Message).str();
  D.Where = placeOf(Unit, F.Where);
  D.Identity = {D.Where.File, D.Message};
  if (F.Notes.empty())
    return D;
  Witness W;
  W.Title = "related places";
  for (const model::FileFinding::Note &N : F.Notes) {
    Step S;
    S.Kind = StepKind::Note;
    S.Text = Unit.string(N.Message).str();
    S.Where = placeOf(Unit, N.Where);
    W.Steps.push_back(std::move(S));
  }
  D.Witnesses.push_back(std::move(W));
  return D;
}

auto order(const Diagnosis &D) {
  return std::tie(D.Where, D.Check, D.Message, D.Identity);
}

/// Names of lambdas hold the line they are at: "lambda at src/a.cpp:12 in f()".
std::string withoutLines(StringRef Name) {
  std::string Result;
  while (!Name.empty()) {
    auto [Before, After] = Name.split(':');
    Result += Before;
    StringRef Next = After.drop_while(isDigit);
    if (Before.size() < Name.size() && Next.size() == After.size())
      Result += ':';
    Name = Next;
  }
  return Result;
}

std::string fingerprint(const Diagnosis &D, unsigned Number) {
  SHA256 Hash;
  // The end of each string counts: {"ab", "c"} is not {"a", "bc"}.
  auto Add = [&](StringRef Text) {
    Hash.update(Text);
    Hash.update(StringRef("\0", 1));
  };
  Add(D.Check);
  if (D.Identity.empty()) {
    Add(D.Where.File);
    Add(withoutLines(D.Message));
  }
  for (const std::string &Name : D.Identity)
    Add(withoutLines(Name));
  if (Number)
    Add(std::to_string(Number));
  return toHex(Hash.final(), /*LowerCase=*/true).substr(0, 32);
}

} // namespace

std::vector<Finding> makeFindings(std::vector<Diagnosis> Diagnoses,
                                  const std::vector<model::TUSummary> &Units) {
  // The program checks see more than a file check of the same name: its
  // finding at the same line is the better one.
  std::set<std::tuple<std::string, std::string, unsigned>> Known;
  for (const Diagnosis &D : Diagnoses)
    Known.emplace(D.Check, D.Where.File, D.Where.Line);

  std::vector<Diagnosis> OfFiles;
  for (const model::TUSummary &Unit : Units)
    for (const model::FileFinding &F : Unit.Findings) {
      Diagnosis D = fromFileCheck(Unit, F);
      if (!Known.contains({D.Check, D.Where.File, D.Where.Line}))
        OfFiles.push_back(std::move(D));
    }
  // A header's finding comes once from each unit that includes it. Of several
  // that differ in their notes the one with most of them stays, whatever the
  // order of the units.
  llvm::sort(OfFiles, [](const Diagnosis &A, const Diagnosis &B) {
    if (order(A) != order(B))
      return order(A) < order(B);
    auto Notes = [](const Diagnosis &D) {
      std::vector<std::pair<Place, std::string>> All;
      for (const Witness &W : D.Witnesses)
        for (const Step &S : W.Steps)
          All.emplace_back(S.Where, S.Text);
      return All;
    };
    auto NotesA = Notes(A), NotesB = Notes(B);
    return std::tuple(-long(NotesA.size()), NotesA) <
           std::tuple(-long(NotesB.size()), NotesB);
  });
  OfFiles.erase(llvm::unique(OfFiles,
                             [](const Diagnosis &A, const Diagnosis &B) {
                               return order(A) == order(B);
                             }),
                OfFiles.end());
  append_range(Diagnoses, std::move(OfFiles));
  llvm::sort(Diagnoses, [](const Diagnosis &A, const Diagnosis &B) {
    return order(A) < order(B);
  });

  std::vector<Finding> Findings;
  std::map<std::string, unsigned> Seen;
  for (Diagnosis &D : Diagnoses) {
    Finding F;
    F.Fingerprint = fingerprint(D, 0);
    if (unsigned Number = Seen[F.Fingerprint]++)
      F.Fingerprint = fingerprint(D, Number);
    F.What = std::move(D);
    Findings.push_back(std::move(F));
  }
  return Findings;
}

} // namespace raddle::cli
