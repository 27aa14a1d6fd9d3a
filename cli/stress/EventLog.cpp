// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/EventLog.h"
#include "cli/output/Escape.h"
#include "cli/stress/OpWords.h"
#include "cli/stress/RunSlices.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace raddle::cli {
using stress::RunDelayRecord;
using stress::RunEventRecord;
using stress::RunSwitchRecord;

namespace {

std::string place(RunPlaces &Places, uint64_t Pc, stress::Op Kind) {
  std::string Text = Places.where(Pc, Kind);
  if (std::string Function = Places.function(Pc, Kind); !Function.empty())
    Text += " in " + Function + "()";
  // A template's name would fill the screen.
  if (Text.empty() && !Places.frames(Pc).empty()) {
    Text = stress::plainFunction(Places.frames(Pc).front().Function);
    if (Text.empty())
      Text = frameName(Places.frames(Pc).front());
    else
      Text += "()";
  }
  return Text.empty() ? "" : "  at " + Text;
}

StringRef reason(std::optional<RunSwitchRecord::Reason> Why) {
  if (Why == RunSwitchRecord::Preempted)
    return "is stopped";
  if (Why == RunSwitchRecord::Blocked)
    return "waits";
  if (Why == RunSwitchRecord::Yielded)
    return "gives way";
  if (Why == RunSwitchRecord::Ended)
    return "has ended";
  return "runs no more";
}

} // namespace

void printEvents(const stress::RunRecords &Run, RunPlaces &Places,
                 raw_ostream &Out) {
  std::vector<RunSlice> Slices = slicesOf(Run);
  for (size_t S = 0; S < Slices.size(); ++S) {
    for (size_t I = Slices[S].Begin; I < Slices[S].End; ++I) {
      const RunEventRecord &E = Run.Events[I];
      std::string Line = formatv("{0,6}  {1}: {2}", I + 1,
                                 Places.thread(E.Head.Thread), opName(E.Kind));
      if (E.Object && hasObject(E.Kind))
        Line += " " + objectText(Places, E);
      Out << visible(Line + place(Places, E.Pc, E.Kind)) << "\n";
    }
    if (S + 1 < Slices.size())
      Out << visible("        -- " + Places.thread(Slices[S].Thread) + " " +
                     reason(Slices[S].Why).str() + "; " +
                     Places.thread(Slices[S + 1].Thread) + " goes on")
          << "\n";
  }
}

void printDelays(const stress::RunRecords &Run, RunPlaces &Places,
                 raw_ostream &Out) {
  for (const RunDelayRecord &D : Run.Delays) {
    std::string What =
        D.What == RunDelayRecord::YieldOnly  ? "yields"
        : D.What == RunDelayRecord::Priority ? "changes priority"
        : D.What == RunDelayRecord::Affinity
            ? "changes core"
            : formatv("is held up for {0:f3} ms", double(D.Ns) / 1e6).str();
    Out << visible(formatv("{0,10:f3} ms  {1} {2} before {3}",
                           double(D.AtNs) / 1e6, Places.thread(D.Head.Thread),
                           What, opName(D.Before))
                       .str() +
                   place(Places, D.Pc, D.Before))
        << "\n";
  }
}

} // namespace raddle::cli
