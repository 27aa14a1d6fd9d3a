// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/formats/report-data.md.
#include "checkers/framework/CheckCard.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/SourceFiles.h"
#include "llvm/ADT/STLExtras.h"
#include <map>
#include <set>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

/// Lines shown on both sides of a place of a finding, and of one that only the
/// graph names.
constexpr unsigned Around = 4, AroundOfGraph = 2;
/// A report is one file that a browser has to take in. Findings come first.
constexpr size_t MaxSourceBytes = 4 << 20;
/// Beyond that it is no longer a line that somebody reads.
constexpr size_t MaxLineBytes = 1000;

/// Collects the places while they are written, gives excerpts of their files
/// at the end.
class Excerpts {
public:
  explicit Excerpts(StringRef Root) : Files(Root) {}

  unsigned add(const Place &P, unsigned Lines) {
    auto [It, New] = Index.try_emplace(P.File, Paths.size());
    if (New) {
      Paths.push_back(P.File);
      Wanted.emplace_back();
    }
    unsigned Count = Files.lines(P.File);
    if (P.Line && P.Line <= Count) {
      unsigned First = P.Line > Lines ? P.Line - Lines : 1;
      for (unsigned L = First; L <= std::min(Count, P.Line + Lines); ++L) {
        if (Wanted[It->second].contains(L))
          continue;
        size_t Size = std::min(Files.line(P.File, L)->size(), MaxLineBytes) + 4;
        if (Bytes + Size > MaxSourceBytes)
          break;
        Bytes += Size;
        Wanted[It->second].insert(L);
      }
    }
    return It->second;
  }

  void write(json::OStream &J);

  SourceFiles Files;

private:
  std::map<std::string, unsigned> Index;
  std::vector<std::string> Paths;
  std::vector<std::set<unsigned>> Wanted; ///< Lines.
  size_t Bytes = 0;
};

void Excerpts::write(json::OStream &J) {
  J.attributeArray("sources", [&] {
    for (auto [Path, Lines] : zip(Paths, Wanted))
      J.object([&] {
        J.attribute("path", utf8(Path));
        J.attributeArray("chunks", [&] {
          for (auto It = Lines.begin(); It != Lines.end();)
            J.object([&] {
              unsigned Next = *It;
              J.attribute("first", Next);
              J.attributeArray("lines", [&] {
                for (; It != Lines.end() && *It == Next; ++It, ++Next) {
                  StringRef Line = *Files.line(Path, Next);
                  std::string Text = utf8(Line.take_front(MaxLineBytes));
                  if (Line.size() > MaxLineBytes)
                    Text += "\xe2\x80\xa6";
                  J.value(Text);
                }
              });
            });
        });
      });
  });
}

class DataWriter {
public:
  DataWriter(const Results &R, raw_ostream &Out)
      : R(R), J(Out), Sources(R.Root) {}

  void document();

private:
  void text(StringRef Key, StringRef Value) { J.attribute(Key, utf8(Value)); }
  void place(StringRef Key, const Place &P, unsigned Lines);
  void head();
  void finding(const Finding &F);
  void witness(const Witness &W);
  void graph();
  template <typename Range> void indices(StringRef Key, const Range &Values) {
    J.attributeArray(Key, [&] {
      for (uint32_t V : Values)
        J.value(V);
    });
  }

  const Results &R;
  json::OStream J;
  Excerpts Sources;
};

void DataWriter::place(StringRef Key, const Place &P, unsigned Lines) {
  if (P.File.empty() || P.Line == 0)
    return J.attribute(Key, nullptr);
  unsigned Source = Sources.add(P, Lines);
  Place Shown = Sources.Files.inUtf16(P);
  J.attributeObject(Key, [&] {
    J.attribute("source", Source);
    J.attribute("line", Shown.Line);
    J.attribute("column", Shown.Column);
    J.attribute("endColumn", Shown.EndColumn);
  });
}

void DataWriter::head() {
  J.attribute("version", 1);
  J.attributeObject("tool", [&] {
    J.attribute("name", "raddle");
    J.attribute("version", RADDLE_VERSION);
  });
  text("project", R.Project);
  text("command", R.Command);
  J.attributeObject("totals", [&] {
    J.attribute("translationUnits", R.TranslationUnits);
    J.attribute("failed", static_cast<uint64_t>(R.Failed.size()));
    J.attribute("functions", R.Functions);
    J.attribute("locks", static_cast<uint64_t>(R.Graph.Locks.size()));
    J.attribute("edges", static_cast<uint64_t>(R.Graph.Edges.size()));
  });
  J.attributeArray("failed", [&] {
    for (const FailedUnit &F : R.Failed)
      J.object([&] {
        text("file", F.File);
        text("why", F.Why);
      });
  });
  std::set<StringRef> Used;
  for (const Finding &F : R.Findings)
    Used.insert(F.What.Check);
  J.attributeObject("checks", [&] {
    for (const checkers::CheckCard &Card : checkers::allChecks())
      if (Used.contains(Card.Id))
        J.attributeObject(Card.Id, [&] {
          text("summary", Card.Summary);
          text("help", Card.Page);
        });
  });
}

void DataWriter::witness(const Witness &W) {
  J.object([&] {
    text("title", W.Title);
    text("thread", W.Thread);
    if (edgeAt(R.Graph, W.Edge))
      J.attribute("edge", *W.Edge);
    else
      J.attribute("edge", nullptr);
    J.attributeArray("steps", [&] {
      for (const Step &S : W.Steps)
        J.object([&] {
          text("kind", kindName(S.Kind));
          text("function", S.Function);
          text("text", S.Text);
          place("place", S.Where, Around);
          indices("held", make_filter_range(S.Held, [&](uint32_t L) {
                    return L < R.Graph.Locks.size();
                  }));
        });
    });
  });
}

void DataWriter::finding(const Finding &F) {
  const Diagnosis &D = F.What;
  J.object([&] {
    text("id", F.Fingerprint);
    text("check", D.Check);
    text("level", levelName(D.Severity));
    text("message", D.Message);
    place("place", D.Where, Around);
    J.attributeArray("witnesses", [&] {
      for (const Witness &W : D.Witnesses)
        witness(W);
    });
    auto Known = [&](uint32_t E) { return edgeAt(R.Graph, E) != nullptr; };
    if (!D.Cycle.empty() && all_of(D.Cycle, Known))
      indices("cycle", D.Cycle);
    if (edgeAt(R.Graph, D.TurnRound))
      J.attributeObject("turnRound", [&] {
        J.attribute("edge", *D.TurnRound);
        text("why", D.TurnRoundWhy);
      });
    J.attributeArray("filters", [&] {
      for (const FilterAnswer &A : D.Filters)
        J.object([&] {
          text("rule", A.Rule);
          text("answer", A.Answer);
        });
    });
    J.attributeArray("notes", [&] {
      for (const std::string &N : D.Notes)
        J.value(utf8(N));
    });
  });
}

void DataWriter::graph() {
  J.attributeArray("locks", [&] {
    for (const Lock &L : R.Graph.Locks)
      J.object([&] {
        text("name", L.Name);
        text("group", L.Group);
        text("kind", L.Kind);
        place("place", L.Declared, AroundOfGraph);
        J.attributeArray("acquisitions", [&] {
          for (const Acquisition &A : L.Acquisitions)
            J.object([&] {
              place("place", A.Where, AroundOfGraph);
              text("function", A.Function);
              text("mode", A.Mode);
            });
        });
      });
  });
  J.attributeArray("edges", [&] {
    for (const Edge &E : R.Graph.Edges)
      J.object([&] {
        J.attribute("from", E.From);
        J.attribute("to", E.To);
        J.attribute("count", static_cast<uint64_t>(E.Places.size()));
        J.attribute("static", E.Static);
        J.attribute("seen", E.Seen);
        J.attribute("inversion", E.Inversion);
        J.attributeArray("places", [&] {
          for (const Acquisition &A : E.Places)
            J.object([&] {
              place("place", A.Where, AroundOfGraph);
              text("function", A.Function);
            });
        });
      });
  });
  indices("order", R.Graph.Order);
}

void DataWriter::document() {
  J.object([&] {
    head();
    J.attributeArray("findings", [&] {
      for (const Finding &F : R.Findings)
        finding(F);
    });
    graph();
    Sources.write(J);
  });
}

} // namespace

void writeReportData(const Results &R, raw_ostream &Out) {
  DataWriter(R, Out).document();
}

} // namespace raddle::cli
