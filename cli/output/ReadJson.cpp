// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/ReadJson.h"
#include "cli/output/Formats.h"
#include "cli/output/JsonFields.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

/// Remembers the first thing that is not as it should be, with the place.
class Reader : JsonFields {
public:
  explicit Reader(json::Path::Root &Root) : Root(Root) {}

  bool document(const json::Value &V, Results &R);

private:
  bool names(const json::Object &O, StringRef Key, json::Path P,
             std::vector<uint32_t> &Into) const;
  bool edgeIndex(const json::Object &O, uint32_t &Into, json::Path P) const;
  bool acquisitions(const json::Object &O, json::Path P,
                    std::vector<Acquisition> &Into);
  bool graph(const json::Object &O, json::Path P);
  bool finding(const json::Object &O, json::Path P);
  bool witness(const json::Object &O, json::Path P, Witness &W);
  template <typename T, typename Name>
  bool named(const json::Object &O, StringRef Key, json::Path P, T Last,
             Name NameOf, T &Into) const;

  json::Path::Root &Root;
  Results *R = nullptr;
  StringMap<uint32_t> LockOf;
};

bool Reader::names(const json::Object &O, StringRef Key, json::Path P,
                   std::vector<uint32_t> &Into) const {
  std::vector<std::string> Names;
  if (!get(O, Key, Names, P))
    return false;
  for (auto [Index, Name] : enumerate(Names)) {
    auto It = LockOf.find(Name);
    if (It == LockOf.end()) {
      P.field(Key).index(Index).report("the graph has no lock of this name");
      return false;
    }
    Into.push_back(It->second);
  }
  return true;
}

bool Reader::edgeIndex(const json::Object &O, uint32_t &Into,
                       json::Path P) const {
  if (!number(O, "edge", Into, P))
    return false;
  if (Into >= R->Graph.Edges.size()) {
    P.field("edge").report("the graph has no edge of this number");
    return false;
  }
  return true;
}

template <typename T, typename Name>
bool Reader::named(const json::Object &O, StringRef Key, json::Path P, T Last,
                   Name NameOf, T &Into) const {
  std::optional<StringRef> Text = field(O, Key).getAsString();
  for (int I = 0; Text && I <= static_cast<int>(Last); ++I)
    if (NameOf(static_cast<T>(I)) == *Text) {
      Into = static_cast<T>(I);
      return true;
    }
  P.field(Key).report("not one of the known words");
  return false;
}

bool Reader::acquisitions(const json::Object &O, json::Path P,
                          std::vector<Acquisition> &Into) {
  return array(O, "acquisitions", P,
               [&](const json::Object &Each, json::Path Here) {
                 Acquisition &A = Into.emplace_back();
                 return place(Each, A.Where, Here) &&
                        get(Each, "function", A.Function, Here) &&
                        get(Each, "mode", A.Mode, Here);
               });
}

bool Reader::graph(const json::Object &O, json::Path P) {
  auto Endpoint = [&](const json::Object &Each, StringRef Key, uint32_t &Into,
                      json::Path Here) {
    std::string Name;
    if (!get(Each, Key, Name, Here))
      return false;
    auto It = LockOf.find(Name);
    if (It == LockOf.end()) {
      Here.field(Key).report("the graph has no lock of this name");
      return false;
    }
    Into = It->second;
    return true;
  };
  return array(O, "locks", P,
               [&](const json::Object &Each, json::Path Here) {
                 Lock &L = R->Graph.Locks.emplace_back();
                 if (!get(Each, "name", L.Name, Here))
                   return false;
                 LockOf.try_emplace(L.Name, R->Graph.Locks.size() - 1);
                 return get(Each, "group", L.Group, Here) &&
                        get(Each, "kind", L.Kind, Here) &&
                        place(Each, L.Declared, Here) &&
                        acquisitions(Each, Here, L.Acquisitions);
               }) &&
         array(O, "edges", P,
               [&](const json::Object &Each, json::Path Here) {
                 Edge &E = R->Graph.Edges.emplace_back();
                 return Endpoint(Each, "from", E.From, Here) &&
                        Endpoint(Each, "to", E.To, Here) &&
                        get(Each, "static", E.Static, Here) &&
                        get(Each, "seen", E.Seen, Here) &&
                        get(Each, "inversion", E.Inversion, Here) &&
                        acquisitions(Each, Here, E.Places);
               }) &&
         names(O, "order", P, R->Graph.Order);
}

bool Reader::witness(const json::Object &O, json::Path P, Witness &W) {
  return get(O, "title", W.Title, P) && get(O, "thread", W.Thread, P) &&
         optional(O, "takes", P,
                  [&](const json::Object &Takes, json::Path Here) {
                    return edgeIndex(Takes, W.Edge.emplace(), Here);
                  }) &&
         array(O, "steps", P, [&](const json::Object &Each, json::Path Here) {
           Step &S = W.Steps.emplace_back();
           return named(Each, "kind", Here, StepKind::Note, kindName, S.Kind) &&
                  get(Each, "function", S.Function, Here) &&
                  get(Each, "text", S.Text, Here) &&
                  place(Each, S.Where, Here) &&
                  names(Each, "held", Here, S.Held);
         });
}

bool Reader::finding(const json::Object &O, json::Path P) {
  Finding &F = R->Findings.emplace_back();
  Diagnosis &D = F.What;
  return get(O, "fingerprint", F.Fingerprint, P) &&
         get(O, "check", D.Check, P) &&
         named(O, "level", P, Level::Error, levelName, D.Severity) &&
         get(O, "message", D.Message, P) && place(O, D.Where, P) &&
         array(O, "witnesses", P,
               [&](const json::Object &Each, json::Path Here) {
                 return witness(Each, Here, D.Witnesses.emplace_back());
               }) &&
         array(O, "cycle", P,
               [&](const json::Object &Each, json::Path Here) {
                 return edgeIndex(Each, D.Cycle.emplace_back(), Here);
               }) &&
         optional(O, "turnRound", P,
                  [&](const json::Object &Turn, json::Path Here) {
                    return edgeIndex(Turn, D.TurnRound.emplace(), Here) &&
                           get(Turn, "why", D.TurnRoundWhy, Here);
                  }) &&
         array(O, "filters", P,
               [&](const json::Object &Each, json::Path Here) {
                 FilterAnswer &A = D.Filters.emplace_back();
                 return get(Each, "rule", A.Rule, Here) &&
                        get(Each, "answer", A.Answer, Here);
               }) &&
         get(O, "notes", D.Notes, P) &&
         // Earlier versions did not write it.
         (!O.get("identity") || get(O, "identity", D.Identity, P)) &&
         index(O, "leak", D.Leak, R->Run.Leaks.size(), P) &&
         index(O, "deadlock", D.Deadlock, R->Run.Deadlocks.size(), P);
}

bool Reader::document(const json::Value &V, Results &Into) {
  R = &Into;
  json::Path P(Root);
  const json::Object *O = V.getAsObject();
  if (!O) {
    P.report("an object must stand here");
    return false;
  }
  unsigned Version = 0, ExitCode = 0;
  if (!number(*O, "version", Version, P))
    return false;
  if (Version != 1) {
    P.field("version").report("this raddle reads version 1 only");
    return false;
  }
  if (!number(*O, "exitCode", ExitCode, P))
    return false;
  R->ExitCode = static_cast<int>(ExitCode);
  return get(*O, "project", R->Project, P) &&
         get(*O, "command", R->Command, P) &&
         object(*O, "totals", P,
                [&](const json::Object &Totals, json::Path Here) {
                  return get(Totals, "translationUnits", R->TranslationUnits,
                             Here) &&
                         get(Totals, "functions", R->Functions, Here);
                }) &&
         array(*O, "failed", P,
               [&](const json::Object &Each, json::Path Here) {
                 FailedUnit &F = R->Failed.emplace_back();
                 return get(Each, "file", F.File, Here) &&
                        get(Each, "why", F.Why, Here);
               }) &&
         object(*O, "graph", P,
                [&](const json::Object &Graph, json::Path Here) {
                  return graph(Graph, Here);
                }) &&
         optional(*O, "run", P,
                  [&](const json::Object &Run, json::Path Here) {
                    return readRun(Run, Here, LockOf, R->Run);
                  }) &&
         array(*O, "findings", P,
               [&](const json::Object &Each, json::Path Here) {
                 return finding(Each, Here);
               });
}

/// The parser calls itself for what is nested: any file may come, but the stack
/// has an end.
constexpr unsigned MaxDepth = 100;

bool tooDeep(StringRef Text) {
  unsigned Depth = 0;
  bool Quoted = false;
  for (size_t I = 0; I < Text.size(); ++I) {
    char C = Text[I];
    if (C == '"')
      Quoted = !Quoted;
    else if (Quoted)
      I += C == '\\';
    else if ((C == '{' || C == '[') && ++Depth > MaxDepth)
      return true;
    else if ((C == '}' || C == ']') && Depth)
      --Depth;
  }
  return false;
}

} // namespace

Expected<Results> readJson(StringRef Text, StringRef Name) {
  auto Failed = [&](Error E) {
    return createStringError("'" + Name + "' is no results file of raddle: " +
                             toString(std::move(E)) +
                             "; write one with 'raddle lint -o results.json'");
  };
  if (tooDeep(Text))
    return Failed(createStringError("it is nested too deeply"));
  Expected<json::Value> V = json::parse(Text);
  if (!V)
    return Failed(V.takeError());
  json::Path::Root Root("results");
  Results R;
  if (!Reader(Root).document(*V, R))
    return Failed(Root.getError());
  return R;
}

} // namespace raddle::cli
