// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report for readers without JavaScript, in the markup of
// lockorder/viewer/static-markup.md.
#include "cli/output/CycleDrawing.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/StaticMarkup.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
using namespace output;

namespace {

constexpr size_t MaxLocks = 500, MaxEdges = 500, MaxPlaces = 5;
constexpr size_t MaxFindings = 1000;
/// Of the findings in detail; those after it are only listed. The page has to
/// hold the data as well and to stay below what a browser takes in at once.
constexpr size_t MaxDetail = 1 << 19;
constexpr unsigned LinesAround = 1;
constexpr size_t MaxLine = 400;

std::string level(Level L) {
  std::string Name = levelName(L).str();
  return "<span class=\"st-level st-" + Name + "\">" + Name + "</span>";
}

class StaticWriter {
public:
  StaticWriter(const Results &R, raw_ostream &Out)
      : R(R), Sources(R.Root), Out(Out) {}

  void document();

private:
  void head();
  void overview();
  void finding(const Finding &F, bool InFull, raw_ostream &Out);
  void witness(const Diagnosis &D, size_t Index, raw_ostream &Out);
  void source(const Place &P, raw_ostream &Out);
  void locks();
  void edges();
  void failed();
  std::string place(const Place &P) { return output::place(Sources, P); }
  std::string lockLink(uint32_t Lock);

  const Results &R;
  SourceFiles Sources;
  raw_ostream &Out;
  std::set<uint32_t> ShownLocks;
};

void StaticWriter::head() {
  Out << "<header class=\"st-head\">\n<h1>raddle report: <span "
         "class=\"st-name\">"
      << inShort(R.Project) << "</span></h1>\n"
      << "<div class=\"st-meta\">raddle " RADDLE_VERSION " &#183; <code>"
      << inShort(R.Command) << "</code></div>\n"
      << "<div class=\"st-meta\">" << counted(R.Findings.size(), "finding")
      << " &#183; " << counted(R.TranslationUnits, "translation unit");
  if (!R.Failed.empty())
    Out << " (" << R.Failed.size() << " failed)";
  if (!R.Run.Programs.empty())
    Out << " &#183; " << counted(R.Run.Programs.size(), "program");
  if (!R.Run.Stress.empty())
    Out << " &#183; " << counted(stressRuns(R.Run), "stress run");
  Out << " &#183; " << counted(R.Functions, "function") << " &#183; "
      << counted(R.Graph.Locks.size(), "lock") << " &#183; "
      << counted(R.Graph.Edges.size(), "edge") << "</div>\n</header>\n";
}

void StaticWriter::overview() {
  Out << "<section class=\"st-section\" aria-labelledby=\"st-overview\">\n"
         "<h2 id=\"st-overview\">Findings</h2>\n";
  if (R.Findings.empty()) {
    Out << "<div class=\"st-none\">No findings.</div>\n</section>\n";
    return;
  }
  Out << "<table class=\"st-table\">\n<thead><tr><th scope=\"col\">Level</th>"
         "<th scope=\"col\">Finding</th><th scope=\"col\">Check</th>"
         "<th scope=\"col\">Place</th></tr></thead>\n<tbody>\n";
  size_t Shown = std::min(R.Findings.size(), MaxFindings);
  for (const Finding &F : ArrayRef(R.Findings).take_front(Shown))
    Out << "<tr><td>" << level(F.What.Severity)
        << "</td><td><a href=\"#finding-" << uriPath(F.Fingerprint) << "\">"
        << inShort(F.What.Message) << "</a></td><td>" << inShort(F.What.Check)
        << "</td><td>" << place(F.What.Where) << "</td></tr>\n";
  Out << "</tbody>\n</table>\n";
  if (Shown < R.Findings.size())
    Out << "<div class=\"st-meta\">The first " << Shown << " of "
        << R.Findings.size()
        << " findings; with JavaScript switched on this page shows "
           "all.</div>\n";
  Out << "</section>\n";
}

void StaticWriter::source(const Place &P, raw_ostream &Out) {
  if (!Sources.line(P))
    return;
  unsigned First = P.Line > LinesAround ? P.Line - LinesAround : 1;
  Out << "<pre class=\"st-source\">";
  for (unsigned L = First; L <= P.Line + LinesAround; ++L) {
    auto Line = Sources.line(P.File, L);
    if (!Line)
      break;
    StringRef Start = firstCharacters(*Line, MaxLine);
    Out << "<span class=\"st-line" << (L == P.Line ? " st-hit" : "")
        << "\"><span class=\"st-no\">" << L << "</span>" << html(Start)
        << (Start.size() < Line->size() ? "&#8230;" : "") << "\n</span>";
  }
  Out << "</pre>\n";
}

void StaticWriter::witness(const Diagnosis &D, size_t Index, raw_ostream &Out) {
  const Witness &W = D.Witnesses[Index];
  Out << "<section class=\"st-witness\">\n<h4>" << Index + 1 << ". "
      << folded(W.Title) << "</h4>\n";
  if (!W.Thread.empty())
    Out << "<div class=\"st-thread\">Thread: " << name(W.Thread) << "</div>\n";
  if (!W.Steps.empty())
    Out << "<ol class=\"st-steps\">\n";
  for (const Step &S : W.Steps) {
    Out << "<li><span class=\"st-kind\">" << kindName(S.Kind) << "</span> ";
    if (!S.Function.empty())
      Out << name(S.Function) << ' ';
    Out << folded(S.Text) << ' ' << place(S.Where)
        << "<div class=\"st-held\">Held: ";
    for (auto [I, L] : enumerate(S.Held))
      Out << (I ? ", " : "") << name(lockName(R.Graph, L));
    Out << (S.Held.empty() ? "nothing" : "") << "</div>\n";
    source(S.Where, Out);
    Out << "</li>\n";
  }
  if (!W.Steps.empty())
    Out << "</ol>\n";
  Out << "</section>\n";
}

void StaticWriter::finding(const Finding &F, bool InFull, raw_ostream &Out) {
  const Diagnosis &D = F.What;
  Out << "<article class=\"st-finding\" id=\"finding-" << html(F.Fingerprint)
      << "\">\n<h3 class=\"st-message\">" << folded(D.Message) << "</h3>\n"
      << "<div class=\"st-meta\">" << level(D.Severity) << ' '
      << inShort(D.Check);
  if (!D.Where.File.empty())
    Out << " &#183; " << place(D.Where);
  Out << "</div>\n";
  if (!InFull) {
    Out << "</article>\n";
    return;
  }
  std::string Picture;
  raw_string_ostream PictureOut(Picture);
  if (drawCycle(R.Graph, D, PictureOut))
    Out << "<figure class=\"st-cycle\">\n"
        << Picture
        << "<figcaption>An arrow from A to B: B is taken while A is held. The "
           "number is that of the witness below; dashed is the edge to turn "
           "round.</figcaption>\n</figure>\n";
  if (const Edge *E = edgeAt(R.Graph, D.TurnRound)) {
    size_t Number = find(D.Cycle, *D.TurnRound) - D.Cycle.begin() + 1;
    Out << "<div class=\"st-turn\">Turn round ";
    if (Number <= D.Cycle.size())
      Out << "edge " << Number << ", ";
    Out << name(lockName(R.Graph, E->From)) << " &#8594; "
        << name(lockName(R.Graph, E->To));
    if (!D.TurnRoundWhy.empty())
      Out << ": " << folded(D.TurnRoundWhy);
    Out << "</div>\n";
  }
  // The excerpt is at the witness's steps, if there are any.
  if (D.Witnesses.empty())
    source(D.Where, Out);
  for (size_t I = 0; I < D.Witnesses.size(); ++I)
    witness(D, I, Out);
  if (!D.Filters.empty()) {
    Out << "<h4>Why it was not filtered</h4>\n<dl class=\"st-filters\">";
    for (const FilterAnswer &A : D.Filters)
      Out << "<dt>" << inShort(A.Rule) << "</dt><dd>" << folded(A.Answer)
          << "</dd>\n";
    Out << "</dl>\n";
  }
  if (!D.Notes.empty()) {
    Out << "<ul class=\"st-notes\">";
    for (const std::string &N : D.Notes)
      Out << "<li>" << folded(N) << "</li>\n";
    Out << "</ul>\n";
  }
  Out << "</article>\n";
}

std::string StaticWriter::lockLink(uint32_t Lock) {
  StringRef Name = lockName(R.Graph, Lock);
  if (!ShownLocks.contains(Lock))
    return name(Name);
  return "<a class=\"st-name\" href=\"#lock-" + std::to_string(Lock) + "\">" +
         inShort(Name) + "</a>";
}

void StaticWriter::locks() {
  const auto &Locks = R.Graph.Locks;
  if (Locks.empty())
    return;
  // Those in a cycle first: the findings speak of them.
  for (const Edge &E : R.Graph.Edges)
    if (E.Inversion && ShownLocks.size() + 2 <= MaxLocks)
      for (uint32_t L : {E.From, E.To})
        if (L < Locks.size())
          ShownLocks.insert(L);
  for (uint32_t L = 0; L < Locks.size() && ShownLocks.size() < MaxLocks; ++L)
    ShownLocks.insert(L);

  Out << "<section class=\"st-section\" aria-labelledby=\"st-locks\">\n"
         "<h2 id=\"st-locks\">Locks</h2>\n";
  if (ShownLocks.size() < Locks.size())
    Out << "<div class=\"st-meta\">" << ShownLocks.size() << " of "
        << Locks.size()
        << " locks; with JavaScript switched on this page shows all.</div>\n";
  Out << "<table class=\"st-table\">\n<thead><tr><th scope=\"col\">Lock</th>"
         "<th scope=\"col\">Group</th><th scope=\"col\">Kind</th>"
         "<th scope=\"col\">Declared</th><th scope=\"col\">Acquired at</th>"
         "</tr></thead>\n<tbody>\n";
  for (uint32_t Index : ShownLocks) {
    const Lock &L = Locks[Index];
    Out << "<tr id=\"lock-" << Index << "\"><td>" << name(L.Name) << "</td><td>"
        << folded(L.Group) << "</td><td>" << folded(L.Kind) << "</td><td>"
        << place(L.Declared) << "</td><td>";
    if (!L.Acquisitions.empty())
      Out << "<ul>";
    for (const Acquisition &A :
         ArrayRef(L.Acquisitions).take_front(MaxPlaces)) {
      Out << "<li>" << place(A.Where);
      if (!A.Function.empty())
        Out << " in " << name(A.Function);
      Out << "</li>";
    }
    if (L.Acquisitions.size() > MaxPlaces)
      Out << "<li>and " << L.Acquisitions.size() - MaxPlaces << " more</li>";
    if (!L.Acquisitions.empty())
      Out << "</ul>";
    Out << "</td></tr>\n";
  }
  Out << "</tbody>\n</table>\n</section>\n";
}

void StaticWriter::edges() {
  const auto &Edges = R.Graph.Edges;
  if (Edges.empty())
    return;
  std::vector<uint32_t> Shown;
  for (bool Inversion : {true, false})
    for (uint32_t I = 0; I < Edges.size() && Shown.size() < MaxEdges; ++I)
      if (Edges[I].Inversion == Inversion)
        Shown.push_back(I);
  Out << "<section class=\"st-section\" aria-labelledby=\"st-edges\">\n"
         "<h2 id=\"st-edges\">Lock order</h2>\n";
  if (Shown.size() < Edges.size())
    Out << "<div class=\"st-meta\">" << Shown.size() << " of " << Edges.size()
        << " edges; with JavaScript switched on this page shows all.</div>\n";
  Out << "<table class=\"st-table\">\n<thead><tr><th scope=\"col\">Held</th>"
         "<th scope=\"col\">Then taken</th><th scope=\"col\" class=\"st-num\">"
         "Sites</th><th scope=\"col\">Found</th><th scope=\"col\">In a cycle"
         "</th></tr></thead>\n<tbody>\n";
  for (uint32_t I : Shown) {
    const Edge &E = Edges[I];
    Out << "<tr id=\"edge-" << I << '"'
        << (E.Inversion ? " class=\"st-inversion\"" : "") << "><td>"
        << lockLink(E.From) << "</td><td>" << lockLink(E.To)
        << "</td><td class=\"st-num\">" << E.Places.size()
        << "</td><td><span class=\"st-seen\">"
        << (E.Static && E.Seen ? "static + seen"
            : E.Seen           ? "seen"
                               : "static")
        << "</span></td><td>" << (E.Inversion ? "yes" : "no") << "</td></tr>\n";
  }
  Out << "</tbody>\n</table>\n</section>\n";
}

void StaticWriter::failed() {
  if (R.Failed.empty())
    return;
  Out << "<section class=\"st-section\" aria-labelledby=\"st-failed\">\n"
         "<h2 id=\"st-failed\">Translation units that could not be read</h2>\n"
         "<table class=\"st-table\">\n<thead><tr><th scope=\"col\">File</th>"
         "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n";
  for (const FailedUnit &F : R.Failed)
    Out << "<tr><td><span class=\"st-place\">" << inShort(F.File)
        << "</span></td><td>" << folded(F.Why) << "</td></tr>\n";
  Out << "</tbody>\n</table>\n</section>\n";
}

void StaticWriter::document() {
  head();
  overview();
  if (!R.Findings.empty()) {
    Out << "<section class=\"st-section\" aria-label=\"Findings in "
           "detail\">\n";
    size_t Written = 0;
    size_t Shown = std::min(R.Findings.size(), MaxFindings);
    for (const Finding &F : ArrayRef(R.Findings).take_front(Shown)) {
      std::string Article;
      raw_string_ostream ArticleOut(Article);
      finding(F, Written < MaxDetail, ArticleOut);
      Written += Article.size();
      Out << Article;
    }
    Out << "</section>\n";
  }
  writeStaticStress(R, Sources, Out);
  writeStaticRun(R, Sources, Out);
  locks();
  edges();
  failed();
}

} // namespace

void writeStaticReport(const Results &R, raw_ostream &Out) {
  StaticWriter(R, Out).document();
}

} // namespace raddle::cli
