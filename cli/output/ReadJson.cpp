// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/ReadJson.h"
#include "cli/output/Formats.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

/// Remembers the first thing that is not as it should be, with the place.
class Reader {
public:
  explicit Reader(json::Path::Root &Root) : Root(Root) {}

  bool document(const json::Value &V, Results &R);

private:
  using Item = function_ref<bool(const json::Object &, json::Path)>;

  const json::Value &field(const json::Object &O, StringRef Key) const {
    static const json::Value Null = nullptr;
    const json::Value *V = O.get(Key);
    return V ? *V : Null;
  }
  template <typename T>
  bool get(const json::Object &O, StringRef Key, T &Into, json::Path P) const {
    return json::fromJSON(field(O, Key), Into, P.field(Key));
  }
  bool object(const json::Object &O, StringRef Key, json::Path P, Item Read);
  bool optional(const json::Object &O, StringRef Key, json::Path P, Item Read) {
    return field(O, Key).kind() == json::Value::Null || object(O, Key, P, Read);
  }
  bool array(const json::Object &O, StringRef Key, json::Path P, Item Read);
  bool names(const json::Object &O, StringRef Key, json::Path P,
             std::vector<uint32_t> &Into) const;
  bool number(const json::Object &O, StringRef Key, unsigned &Into,
              json::Path P) const;
  bool edgeIndex(const json::Object &O, uint32_t &Into, json::Path P) const;
  bool place(const json::Object &O, Place &Into, json::Path P);
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

bool Reader::object(const json::Object &O, StringRef Key, json::Path P,
                    Item Read) {
  const json::Object *Inner = field(O, Key).getAsObject();
  if (!Inner) {
    P.field(Key).report("an object must stand here");
    return false;
  }
  return Read(*Inner, P.field(Key));
}

bool Reader::array(const json::Object &O, StringRef Key, json::Path P,
                   Item Read) {
  const json::Array *List = field(O, Key).getAsArray();
  if (!List) {
    P.field(Key).report("a list must stand here");
    return false;
  }
  for (auto [Index, V] : enumerate(*List)) {
    const json::Object *Each = V.getAsObject();
    if (!Each) {
      P.field(Key).index(Index).report("an object must stand here");
      return false;
    }
    if (!Read(*Each, P.field(Key).index(Index)))
      return false;
  }
  return true;
}

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

bool Reader::number(const json::Object &O, StringRef Key, unsigned &Into,
                    json::Path P) const {
  std::optional<int64_t> N = field(O, Key).getAsInteger();
  if (!N || *N < 0 || *N > std::numeric_limits<unsigned>::max()) {
    P.field(Key).report("a number from 0 on must stand here");
    return false;
  }
  Into = static_cast<unsigned>(*N);
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

bool Reader::place(const json::Object &O, Place &Into, json::Path P) {
  return optional(O, "place", P, [&](const json::Object &At, json::Path Here) {
    return get(At, "file", Into.File, Here) &&
           number(At, "line", Into.Line, Here) &&
           number(At, "column", Into.Column, Here) &&
           number(At, "endColumn", Into.EndColumn, Here);
  });
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
         get(O, "notes", D.Notes, P);
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
         array(*O, "findings", P,
               [&](const json::Object &Each, json::Path Here) {
                 return finding(Each, Here);
               });
}

} // namespace

Expected<Results> readJson(StringRef Text, StringRef Name) {
  auto Failed = [&](Error E) {
    return createStringError("'" + Name + "' is no results file of raddle: " +
                             toString(std::move(E)) +
                             "; write one with 'raddle lint -o results.json'");
  };
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
