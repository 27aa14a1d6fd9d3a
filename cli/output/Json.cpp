// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// docs/formats/findings-json.md. Names rather than indices: this is what
// scripts read.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunJson.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

class JsonWriter {
public:
  JsonWriter(const Results &R, raw_ostream &Out) : R(R), J(Out, 1) {}

  void document();

private:
  void text(StringRef Key, StringRef Value) { J.attribute(Key, utf8(Value)); }
  void texts(StringRef Key, const std::vector<std::string> &Values);
  void place(StringRef Key, const Place &P);
  void edge(uint32_t Index);
  void finding(const Finding &F);
  void witness(const Witness &W);
  void graph();
  void acquisitions(StringRef Key, const std::vector<Acquisition> &List);
  void run();

  const Results &R;
  json::OStream J;
};

void JsonWriter::texts(StringRef Key, const std::vector<std::string> &Values) {
  J.attributeArray(Key, [&] {
    for (const std::string &V : Values)
      J.value(utf8(V));
  });
}

void JsonWriter::place(StringRef Key, const Place &P) {
  if (P.File.empty())
    return J.attribute(Key, nullptr);
  J.attributeObject(Key, [&] {
    text("file", P.File);
    J.attribute("line", P.Line);
    J.attribute("column", P.Column);
    J.attribute("endColumn", P.EndColumn);
  });
}

void JsonWriter::edge(uint32_t Index) {
  const Edge *E = edgeAt(R.Graph, Index);
  J.attribute("edge", Index);
  text("from", E ? lockName(R.Graph, E->From) : "?");
  text("to", E ? lockName(R.Graph, E->To) : "?");
}

void JsonWriter::witness(const Witness &W) {
  J.object([&] {
    text("title", W.Title);
    text("thread", W.Thread);
    if (W.Edge)
      J.attributeObject("takes", [&] { edge(*W.Edge); });
    else
      J.attribute("takes", nullptr);
    J.attributeArray("steps", [&] {
      for (const Step &S : W.Steps)
        J.object([&] {
          text("kind", kindName(S.Kind));
          text("function", S.Function);
          text("text", S.Text);
          place("place", S.Where);
          J.attributeArray("held", [&] {
            for (uint32_t L : S.Held)
              J.value(utf8(lockName(R.Graph, L)));
          });
        });
    });
  });
}

void JsonWriter::finding(const Finding &F) {
  const Diagnosis &D = F.What;
  J.object([&] {
    text("fingerprint", F.Fingerprint);
    text("check", D.Check);
    text("level", levelName(D.Severity));
    text("message", D.Message);
    place("place", D.Where);
    J.attributeArray("witnesses", [&] {
      for (const Witness &W : D.Witnesses)
        witness(W);
    });
    J.attributeArray("cycle", [&] {
      for (uint32_t E : D.Cycle)
        J.object([&] { edge(E); });
    });
    if (D.TurnRound)
      J.attributeObject("turnRound", [&] {
        edge(*D.TurnRound);
        text("why", D.TurnRoundWhy);
      });
    else
      J.attribute("turnRound", nullptr);
    J.attributeArray("filters", [&] {
      for (const FilterAnswer &A : D.Filters)
        J.object([&] {
          text("rule", A.Rule);
          text("answer", A.Answer);
        });
    });
    texts("notes", D.Notes);
    texts("identity", D.Identity);
    // Most findings are of the sources.
    if (D.Leak && *D.Leak < R.Run.Leaks.size())
      J.attribute("leak", *D.Leak);
    if (D.Deadlock && *D.Deadlock < R.Run.Deadlocks.size())
      J.attribute("deadlock", *D.Deadlock);
  });
}

void JsonWriter::acquisitions(StringRef Key,
                              const std::vector<Acquisition> &List) {
  J.attributeArray(Key, [&] {
    for (const Acquisition &A : List)
      J.object([&] {
        place("place", A.Where);
        text("function", A.Function);
        text("mode", A.Mode);
      });
  });
}

void JsonWriter::graph() {
  J.attributeArray("locks", [&] {
    for (const Lock &L : R.Graph.Locks)
      J.object([&] {
        text("name", L.Name);
        text("group", L.Group);
        text("kind", L.Kind);
        place("place", L.Declared);
        acquisitions("acquisitions", L.Acquisitions);
      });
  });
  J.attributeArray("edges", [&] {
    for (auto [Index, E] : enumerate(R.Graph.Edges))
      J.object([&] {
        edge(Index);
        J.attribute("static", E.Static);
        J.attribute("seen", E.Seen);
        J.attribute("inversion", E.Inversion);
        acquisitions("acquisitions", E.Places);
      });
  });
  J.attributeArray("order", [&] {
    for (uint32_t L : R.Graph.Order)
      J.value(utf8(lockName(R.Graph, L)));
  });
}

void JsonWriter::run() {
  auto PlaceOf = [&](StringRef Key, const Place &P) { place(Key, P); };
  auto LockOf = [&](StringRef Key, Index L) {
    if (L && *L < R.Graph.Locks.size())
      text(Key, R.Graph.Locks[*L].Name);
    else
      J.attribute(Key, nullptr);
  };
  auto FindingOf = [&](StringRef Key, Index F) {
    if (F && *F < R.Findings.size())
      text(Key, R.Findings[*F].Fingerprint);
    else
      J.attribute(Key, nullptr);
  };
  auto ModuleOf = [](StringRef M) { return M.str(); };
  writeRun(J, R, {PlaceOf, LockOf, FindingOf, ModuleOf});
}

void JsonWriter::document() {
  J.object([&] {
    J.attribute("version", 1);
    J.attributeObject("tool", [&] {
      J.attribute("name", "raddle");
      J.attribute("version", RADDLE_VERSION);
    });
    text("project", R.Project);
    text("command", R.Command);
    J.attribute("exitCode", R.ExitCode);
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
    J.attributeArray("findings", [&] {
      for (const Finding &F : R.Findings)
        finding(F);
    });
    J.attributeObject("graph", [&] { graph(); });
    run();
  });
}

} // namespace

void writeJson(const Results &R, raw_ostream &Out) {
  JsonWriter(R, Out).document();
  Out << '\n';
}

} // namespace raddle::cli
