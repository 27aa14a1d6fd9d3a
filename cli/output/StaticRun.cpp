// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was seen at run time, as tables. The identifiers are those of the page's
// own views, so that links work with and without JavaScript.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/StaticMarkup.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli::output {
namespace {

constexpr size_t MaxPrograms = 50, MaxRows = 500, MaxThreads = 50;
constexpr size_t MaxFrames = 40;
/// Of all stacks together; those after it are told by one frame. See
/// MaxDetail of StaticReport.cpp.
constexpr size_t MaxStackBytes = 1 << 19;

class RunTables {
public:
  RunTables(const Results &R, SourceFiles &Sources, raw_ostream &Out)
      : R(R), Run(R.Run), Sources(Sources), Out(Out) {}

  void all() {
    programs();
    leaks();
    deadlocks();
    contention();
  }

private:
  void programs();
  void leaks();
  void deadlocks();
  void contention();
  void begin(StringRef Id, StringRef Title);
  void table(std::initializer_list<StringRef> Heads);
  void left(size_t Shown, size_t All, StringRef What);
  void end() { Out << "</tbody>\n</table>\n"; }
  std::string frame(const Frame &F);
  std::string stack(const Index &At);
  std::string wait(const std::optional<WaitsFor> &On);
  std::string finding(Index Diagnosis::*Of, size_t Number);

  const Results &R;
  const RunTime &Run;
  SourceFiles &Sources;
  raw_ostream &Out;
  size_t StackBytes = 0;
};

void RunTables::begin(StringRef Id, StringRef Title) {
  Out << "<section class=\"st-section\" aria-labelledby=\"st-" << Id
      << "\">\n<h2 id=\"st-" << Id << "\">" << Title << "</h2>\n";
}

/// A heading that begins with '#' is that of numbers.
void RunTables::table(std::initializer_list<StringRef> Heads) {
  Out << "<table class=\"st-table\">\n<thead><tr>";
  for (StringRef Head : Heads) {
    bool Number = Head.consume_front("#");
    Out << "<th scope=\"col\"" << (Number ? " class=\"st-num\"" : "") << '>'
        << Head << "</th>";
  }
  Out << "</tr></thead>\n<tbody>\n";
}

void RunTables::left(size_t Shown, size_t All, StringRef What) {
  if (Shown < All)
    Out << "<div class=\"st-meta\">The first " << Shown << " of " << All << ' '
        << What << "; with JavaScript switched on this page shows all.</div>\n";
}

std::string RunTables::frame(const Frame &F) {
  std::string Text = name(frameText(F));
  if (F.Where.Line)
    Text += " " + place(Sources, F.Where);
  return Text;
}

/// The frame that says most; the others below it when it is unfolded.
std::string RunTables::stack(const Index &At) {
  if (!At || *At >= Run.Stacks.size() || Run.Stacks[*At].empty())
    return "";
  const std::vector<Frame> &Frames = Run.Stacks[*At];
  const Frame &Main = Frames[mainFrame(Frames)];
  if (Frames.size() == 1 || StackBytes > MaxStackBytes)
    return frame(Main);
  // A long name would be unfolded itself, and a summary has no room for that.
  std::string Text = "<details class=\"st-long\"><summary><code "
                     "class=\"st-name\">" +
                     inShort(frameText(Main)) + "</code>";
  if (Main.Where.Line)
    Text += " " + place(Sources, Main.Where);
  Text += "</summary><ol>";
  for (const Frame &F :
       ArrayRef(Frames).take_front(std::min(MaxFrames, Frames.size())))
    Text += "<li>" + frame(F) + "</li>";
  if (Frames.size() > MaxFrames)
    Text +=
        "<li>and " + std::to_string(Frames.size() - MaxFrames) + " more</li>";
  Text += "</ol></details>";
  StackBytes += Text.size();
  return Text;
}

std::string RunTables::wait(const std::optional<WaitsFor> &On) {
  if (!On)
    return "";
  std::string Text = folded(waitText(*On));
  if (std::string Taken = stack(On->OwnerStack); !Taken.empty())
    Text += "<div class=\"st-held\">Taken in: " + Taken + "</div>";
  return Text;
}

std::string RunTables::finding(Index Diagnosis::*Of, size_t Number) {
  for (const Finding &F : R.Findings)
    if (F.What.*Of == Number)
      return "<a href=\"#finding-" + uriPath(F.Fingerprint) + "\">" +
             inShort(F.What.Check) + "</a>";
  return "";
}

void RunTables::programs() {
  if (Run.Programs.empty())
    return;
  begin("programs", "Programs that ran");
  size_t Shown = std::min(Run.Programs.size(), MaxPrograms);
  left(Shown, Run.Programs.size(), "programs");
  table({"Command", "#Process", "#Exit code", "#Time", "Trace"});
  for (const ProgramRun &P : ArrayRef(Run.Programs).take_front(Shown)) {
    Out << "<tr><td>" << name(P.Command) << "</td><td class=\"st-num\">"
        << P.Pid << "</td><td class=\"st-num\">";
    if (P.ExitCode || P.Ending == "exited")
      Out << P.ExitCode;
    Out << "</td><td class=\"st-num\">" << durationText(P.Seconds)
        << "</td><td>" << folded(endingText(P.Ending)) << "</td></tr>\n";
  }
  end();
  Out << "</section>\n";
}

void RunTables::leaks() {
  if (Run.Leaks.empty())
    return;
  begin("leaks", "Leaked tasks");
  size_t Shown = std::min(Run.Leaks.size(), MaxRows);
  left(Shown, Run.Leaks.size(), "groups");
  table({"Task", "State", "Where it is", "Waits for", "Where it was made",
         "Test", "Finding"});
  for (auto [I, L] : enumerate(ArrayRef(Run.Leaks).take_front(Shown))) {
    Out << "<tr id=\"leak-" << I << "\"><td>" << folded(taskText(L))
        << "</td><td>" << folded(stateText(L));
    if (!L.Proof.empty())
      Out << "<div class=\"st-held\">Proven: " << folded(proofText(L.Proof))
          << "</div>";
    Out << "</td><td>" << stack(L.Now) << "</td><td>" << wait(L.On)
        << "</td><td>" << stack(L.Creation) << "</td><td>" << folded(L.Test)
        << "</td><td>" << finding(&Diagnosis::Leak, I) << "</td></tr>\n";
  }
  end();
  Out << "</section>\n";
}

void RunTables::deadlocks() {
  if (Run.Deadlocks.empty())
    return;
  begin("deadlocks", "Deadlocks");
  size_t Shown = std::min(Run.Deadlocks.size(), MaxRows);
  left(Shown, Run.Deadlocks.size(), "deadlocks");
  for (auto [I, D] : enumerate(ArrayRef(Run.Deadlocks).take_front(Shown))) {
    Out << "<article class=\"st-finding\" id=\"deadlock-" << I
        << "\">\n<h3 class=\"st-message\">" << I + 1 << ". "
        << folded(deadlockText(D.Kind)) << "</h3>\n";
    if (std::string Link = finding(&Diagnosis::Deadlock, I); !Link.empty())
      Out << "<div class=\"st-meta\">" << Link << "</div>\n";
    size_t Threads = std::min(D.Threads.size(), MaxThreads);
    left(Threads, D.Threads.size(), "threads");
    table({"Thread", "Where it is", "Waits for", "Waits for the thread",
           "#Since"});
    for (const DeadlockThread &T : ArrayRef(D.Threads).take_front(Threads)) {
      Out << "<tr><td>" << folded(T.Name) << "</td><td>" << stack(T.Stack)
          << "</td><td>" << wait(T.On) << "</td><td>";
      if (T.OwnerThread && *T.OwnerThread < D.Threads.size())
        Out << folded(D.Threads[*T.OwnerThread].Name);
      Out << "</td><td class=\"st-num\">" << durationText(T.Seconds)
          << "</td></tr>\n";
    }
    end();
    Out << "</article>\n";
  }
  Out << "</section>\n";
}

void RunTables::contention() {
  if (Run.Contention.empty())
    return;
  begin("contention", "Waits for locks");
  size_t Shown = std::min(Run.Contention.size(), MaxRows);
  left(Shown, Run.Contention.size(), "locks");
  table({"Lock", "#Waits", "#1 ms or longer", "#In all", "#Longest",
         "The longest", "#Longest hold", "Held by"});
  for (auto [I, C] : enumerate(ArrayRef(Run.Contention).take_front(Shown))) {
    Out << "<tr id=\"contention-" << I << "\"><td>" << name(C.Name)
        << "</td><td class=\"st-num\">" << C.Waits
        << "</td><td class=\"st-num\">" << C.LongWaits
        << "</td><td class=\"st-num\">" << durationText(C.WaitTotal)
        << "</td><td class=\"st-num\">" << durationText(C.WaitMax)
        << "</td><td>" << folded(C.WaitMaxThread) << ' '
        << stack(C.WaitMaxStack);
    if (!C.WaitMaxOwner.empty())
      Out << "<div class=\"st-held\">Held by " << folded(C.WaitMaxOwner) << ' '
          << stack(C.OwnerStack) << "</div>";
    Out << "</td><td class=\"st-num\">" << durationText(C.HoldMax)
        << "</td><td>" << folded(C.HoldMaxThread) << ' '
        << stack(C.HoldMaxStack) << "</td></tr>\n";
  }
  end();
  Out << "</section>\n";
}

} // namespace

void writeStaticRun(const Results &R, SourceFiles &Sources, raw_ostream &Out) {
  if (hasRun(R.Run))
    RunTables(R, Sources, Out).all();
}

} // namespace raddle::cli::output
