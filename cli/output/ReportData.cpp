// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/formats/report-data.md.
#include "checkers/framework/CheckCard.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunJson.h"
#include "cli/output/SourceFiles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"
#include <map>
#include <set>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

/// Lines shown on both sides of a place of a finding, and of one that only the
/// graph names.
constexpr unsigned Around = 4, AroundOfGraph = 1;
/// A report is one file that a browser has to take in: with 5,000 locks and
/// 20,000 edges it is to stay below 10 MB. So excerpts and the graph's places
/// have an allowance; what findings name comes first and has the larger one.
constexpr size_t MaxSourceBytes = 3 << 20, MaxSourceBytesOfGraph = 1 << 20;
constexpr size_t MaxAcquisitions = 10000, MaxEdgePlaces = 15000;
constexpr size_t MaxSteps = 60000, MaxOutput = 64 << 10;

/// Who names a place decides how much of its file is shown.
enum class NamedBy : uint8_t { Finding, Graph, Run };

/// Each lock and edge gets its share, and this many at least.
size_t share(size_t All, size_t Sharers, size_t Least) {
  return std::max(Least, All / std::max<size_t>(1, Sharers));
}

/// Beyond that it is no longer a line that somebody reads.
constexpr size_t MaxLineBytes = 1000;

/// Collects the places while they are written, gives excerpts of their files
/// at the end.
class Excerpts {
public:
  explicit Excerpts(StringRef Root) : Files(Root) {}

  unsigned add(const Place &P, NamedBy By) {
    unsigned Lines = By == NamedBy::Graph ? AroundOfGraph : Around;
    size_t Max = By == NamedBy::Graph ? MaxSourceBytesOfGraph : MaxSourceBytes;
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
        StringRef Line = Files.line(P.File, L)->take_front(MaxLineBytes);
        // Brackets take six bytes in a <script>.
        size_t Size =
            Line.size() + 4 + 5 * count_if(Line, [](char C) {
                                return C == '<' || C == '>' || C == '&';
                              });
        if (Bytes + Size > Max)
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
  void place(StringRef Key, const Place &P, NamedBy By = NamedBy::Finding);
  void acquisition(const Acquisition &A, bool WithMode);
  void head();
  void finding(const Finding &F);
  void witness(const Witness &W);
  void graph();
  void run();
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

void DataWriter::place(StringRef Key, const Place &P, NamedBy By) {
  if (P.File.empty() || P.Line == 0)
    return J.attribute(Key, nullptr);
  unsigned Source = Sources.add(P, By);
  Place Shown = Sources.Files.inUtf16(P);
  J.attributeObject(Key, [&] {
    J.attribute("source", Source);
    J.attribute("line", Shown.Line);
    J.attribute("column", Shown.Column);
    // Debug information knows of no end.
    if (By == NamedBy::Finding || (By == NamedBy::Run && Shown.EndColumn))
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
          place("place", S.Where);
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
    place("place", D.Where);
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

void DataWriter::acquisition(const Acquisition &A, bool WithMode) {
  J.object([&] {
    place("place", A.Where, NamedBy::Graph);
    text("function", A.Function);
    if (WithMode)
      text("mode", A.Mode);
  });
}

void DataWriter::graph() {
  const LockOrderGraph &G = R.Graph;
  size_t PerLock = share(MaxAcquisitions, G.Locks.size(), 2);
  size_t PerEdge = share(MaxEdgePlaces, G.Edges.size(), 1);
  J.attributeArray("locks", [&] {
    for (const Lock &L : G.Locks)
      J.object([&] {
        text("name", L.Name);
        text("group", L.Group);
        text("kind", L.Kind);
        place("place", L.Declared, NamedBy::Graph);
        J.attribute("count", static_cast<uint64_t>(L.Acquisitions.size()));
        J.attributeArray("acquisitions", [&] {
          for (const Acquisition &A :
               ArrayRef(L.Acquisitions)
                   .take_front(std::min(PerLock, L.Acquisitions.size())))
            acquisition(A, /*WithMode=*/true);
        });
      });
  });
  J.attributeArray("edges", [&] {
    for (const Edge &E : G.Edges)
      J.object([&] {
        J.attribute("from", E.From);
        J.attribute("to", E.To);
        J.attribute("count", static_cast<uint64_t>(E.Places.size()));
        J.attribute("static", E.Static);
        // Left out where false: there may be tens of thousands.
        if (E.Seen)
          J.attribute("seen", true);
        if (E.Inversion)
          J.attribute("inversion", true);
        J.attributeArray("places", [&] {
          for (const Acquisition &A : ArrayRef(E.Places).take_front(
                   std::min(PerEdge, E.Places.size())))
            acquisition(A, /*WithMode=*/false);
        });
      });
  });
  indices("order", G.Order);
}

void DataWriter::run() {
  auto IndexBelow = [&](StringRef Key, Index At, size_t Size) {
    if (At && *At < Size)
      J.attribute(Key, *At);
    else
      J.attribute(Key, nullptr);
  };
  auto PlaceOf = [&](StringRef Key, const Place &P) {
    place(Key, P, NamedBy::Run);
  };
  auto LockOf = [&](StringRef Key, Index L) {
    IndexBelow(Key, L, R.Graph.Locks.size());
  };
  auto FindingOf = [&](StringRef Key, Index F) {
    IndexBelow(Key, F, R.Findings.size());
  };
  // The page is for others to read too: they have other folders.
  auto ModuleOf = [](StringRef M) { return sys::path::filename(M).str(); };
  writeRun(J, R,
           {PlaceOf, LockOf, FindingOf, ModuleOf, /*KnownExitCodesOnly=*/true,
            MaxSteps, MaxOutput});
}

void DataWriter::document() {
  J.object([&] {
    head();
    J.attributeArray("findings", [&] {
      for (const Finding &F : R.Findings)
        finding(F);
    });
    graph();
    run();
    Sources.write(J);
  });
}

} // namespace

void writeReportData(const Results &R, raw_ostream &Out) {
  DataWriter(R, Out).document();
}

} // namespace raddle::cli
