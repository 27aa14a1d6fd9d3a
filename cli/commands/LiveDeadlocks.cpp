// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/LiveDeadlocks.h"
#include "cli/output/Writers.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace raddle::cli {

void LiveDeadlocks::look() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point Start = Clock::now();
  if (Start < Next)
    return;
  for (const std::string &File : Folder.files())
    if (StringRef(File).starts_with(Begin))
      look(File);
  // Long traces take long to read; not more than a twentieth of the time.
  Next =
      Clock::now() + std::max<Clock::duration>(std::chrono::milliseconds(250),
                                               (Clock::now() - Start) * 20);
}

void LiveDeadlocks::look(const std::string &File) {
  Expected<Trace> T = readTrace(File);
  if (!T)
    return consumeError(T.takeError());
  if (T->Deadlocks.size() <= Known[File])
    return;
  Known[File] = T->Deadlocks.size();
  T->Warnings.clear();
  std::vector<Trace> One;
  One.push_back(std::move(*T));
  Results R = traceResults(One, Empty);
  erase_if(R.Findings, [&](const Finding &F) {
    return !F.What.Deadlock || Printed.contains(F.Fingerprint);
  });
  for (const Finding &F : R.Findings)
    Printed.insert(F.Fingerprint);
  if (R.Findings.empty())
    return;
  WriterOptions As;
  As.Colour = Colour;
  consumeError(write(Format::Text, R, As, errs()));
  errs().flush();
}

} // namespace raddle::cli
