// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle-output-samples FOLDER [VIEWER-FOLDER]
// Writes what the tests write into files, for checkers that are not C++: the
// SARIF schema and browsers.
#include "cli/output/TestRun.h"
#include "cli/output/TestStress.h"

using namespace llvm;
using namespace raddle::cli;

static bool writeTo(const Twine &File, const Results &R, const char *Viewer) {
  std::string Name = File.str();
  std::error_code EC;
  raw_fd_ostream Out(Name, EC);
  WriterOptions Options;
  if (Viewer)
    Options.ViewerTemplate = Viewer;
  Error E =
      EC ? errorCodeToError(EC) : write(*formatFromFile(Name), R, Options, Out);
  if (!E)
    return true;
  errs() << Name << ": " << toString(std::move(E)) << '\n';
  return false;
}

int main(int Count, char **Arguments) {
  if (Count < 2) {
    errs() << "usage: raddle-output-samples FOLDER [VIEWER-FOLDER]\n";
    return 2;
  }
  std::string Folder = Arguments[1];
  const char *Viewer = Count > 2 ? Arguments[2] : nullptr;
  if (std::error_code EC = sys::fs::create_directories(Folder)) {
    errs() << Folder << ": " << EC.message() << '\n';
    return 2;
  }
  TestFolder Sources, OtherSources, RunSources, OtherRunSources, StressSources,
      OtherStressSources;
  std::pair<const char *, Results> Samples[] = {
      {"inversion", inversion(Sources)},
      {"hostile", hostile(OtherSources)},
      {"run", withRun(RunSources)},
      {"hostile-run", hostileRun(OtherRunSources)},
      {"stress", withStress(StressSources)},
      {"hostile-stress", hostileStress(OtherStressSources)},
      {"empty", Results()}};
  bool Written = true;
  for (const auto &[Name, R] : Samples)
    for (const char *Extension : {".sarif", ".xml", ".json", ".html"})
      if (Viewer || StringRef(Extension) != ".html")
        Written &= writeTo(Folder + "/" + Name + Extension, R, Viewer);
  return Written ? 0 : 1;
}
