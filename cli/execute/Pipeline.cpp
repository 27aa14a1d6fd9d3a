// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Pipeline.h"
#include "cli/execute/Files.h"
#include "lockorder/model/SummaryIO.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace raddle::cli {

namespace {

/// The first error and how many others there are.
std::string describeErrors(const std::vector<std::string> &Errors) {
  std::string Text = "it does not compile: " + Errors.front();
  if (Errors.size() > 1)
    Text += " (and " + std::to_string(Errors.size() - 1) + " more)";
  return Text + "; what could be parsed was analysed";
}

const std::string &ownPath() {
  static const std::string Path = [] {
    static int Anchor;
    return sys::fs::getMainExecutable("raddle", &Anchor);
  }();
  return Path;
}

} // namespace

std::string Pipeline::unitKey(const Unit &U) {
  Request R;
  R.Command = U.Command;
  R.Options = Frontend;
  R.Configuration = U.Configuration;
  return cacheKey(Store.programIdentity(Workers.Executable) +
                  LLVM_VERSION_STRING + encode(R));
}

size_t Pipeline::fromCache() const {
  return count_if(Results, [](const Extracted &E) { return E.FromCache; });
}

std::vector<FailedUnit> Pipeline::failed() const {
  std::vector<FailedUnit> Result;
  for (size_t I = 0; I < Results.size(); ++I)
    if (!Results[I].Failure.empty())
      Result.push_back({relativeTo(Units[I].Path, Frontend.Extract.Root),
                        Results[I].Failure});
  return Result;
}

const std::vector<Extracted> &Pipeline::extract(Progress &Shown) {
  Results.resize(Units.size());
  Keys.resize(Units.size());
  std::vector<size_t> Todo;
  for (size_t I = 0; I < Units.size(); ++I) {
    if (Store.enabled()) {
      Keys[I] = unitKey(Units[I]);
      if (std::optional<std::string> Address = Store.findUnit(Keys[I])) {
        Results[I].Address = std::move(*Address);
        Results[I].FromCache = true;
        continue;
      }
    }
    Todo.push_back(I);
  }
  run(Todo, Shown);
  return Results;
}

void Pipeline::run(const std::vector<size_t> &Todo, Progress &Shown) {
  std::vector<size_t> Present;
  for (size_t I : Todo) {
    Results[I] = {};
    if (sys::fs::exists(Units[I].Path))
      Present.push_back(I);
    else
      Results[I].Failure =
          "'" + Units[I].Path +
          "' does not exist; build generated sources first, or write the "
          "compile database again";
  }
  std::vector<int64_t> Started(Present.size());
  Shown.start(Present.size());
  runWorkers(
      Present.size(),
      [&](size_t N) {
        Started[N] = Cache::now();
        const Unit &U = Units[Present[N]];
        return Request{U.Command, Frontend, U.Configuration};
      },
      [&](size_t N, Reply R) {
        size_t I = Present[N];
        Extracted &E = Results[I];
        E.Failure = std::move(R.Failure);
        ++Parsed;
        Shown.step(relativeTo(Units[I].Path, Frontend.Extract.Root));
        if (!E.Failure.empty())
          return;
        E.Address = model::contentAddress(R.Summary);
        // What does not compile is tried again each time: a header that is
        // missing is no dependency that could be seen to change.
        if (R.Errors.empty())
          Store.storeUnit(Keys[I], R.Summary, E.Address, R.Dependencies,
                          Started[N]);
        else
          E.Failure = describeErrors(R.Errors);
        E.Bytes = std::move(R.Summary);
      },
      Workers);
  Shown.clear();
}

void Pipeline::loadBytes(Progress &Shown) {
  std::vector<size_t> Damaged;
  for (size_t I = 0; I < Results.size(); ++I) {
    Extracted &E = Results[I];
    if (E.Address.empty() || !E.Bytes.empty())
      continue;
    std::optional<std::string> Bytes = Store.readSummary(E.Address);
    if (Bytes && model::contentAddress(*Bytes) == E.Address)
      E.Bytes = std::move(*Bytes);
    else
      Damaged.push_back(I);
  }
  if (!Damaged.empty())
    run(Damaged, Shown);
}

std::vector<Summary> Pipeline::summaries(Progress &Shown) {
  loadBytes(Shown);
  std::vector<Summary> Result;
  for (const Extracted &E : Results)
    if (!E.Bytes.empty())
      Result.push_back({E.Address, E.Bytes});
  return Result;
}

Linked linkSummaries(const std::vector<model::TUSummary> &Summaries,
                     const lockorder::LinkOptions &Options) {
  lockorder::LinkResult Result = lockorder::link(Summaries, Options);
  Linked L;
  L.Findings = makeFindings(std::move(Result.Diagnoses), Summaries);
  L.Graph = std::move(Result.Graph);
  L.Functions = Result.Functions;
  return L;
}

Linked Pipeline::link(const lockorder::LinkOptions &Options, Progress &Shown) {
  auto KeyOfResult = [&] {
    std::string Text = Store.programIdentity(ownPath()) +
                       (Options.WholeProgram ? "\nwhole" : "\npart");
    for (const std::string &Check : Options.Checks)
      Text += "\n" + Check;
    for (const Extracted &E : Results)
      Text += "\n" + E.Address;
    return cacheKey(Text);
  };
  std::string Key;
  if (Store.enabled()) {
    Key = KeyOfResult();
    if (std::optional<std::string> Bytes = Store.readResult(Key))
      if (std::optional<Linked> L = readLinked(*Bytes))
        return std::move(*L);
  }
  loadBytes(Shown);
  std::vector<model::TUSummary> Summaries;
  for (size_t I = 0; I < Results.size(); ++I) {
    if (Results[I].Bytes.empty())
      continue;
    Expected<model::TUSummary> S =
        model::readSummary(Results[I].Bytes, Units[I].Path);
    if (S)
      Summaries.push_back(std::move(*S));
    else
      Results[I].Failure = toString(S.takeError());
    // Linking needs the memory more.
    Results[I].Bytes = std::string();
  }
  Linked L = linkSummaries(Summaries, Options);
  if (Store.enabled()) {
    Store.storeResult(KeyOfResult(), writeLinked(L));
    Store.trim();
  }
  return L;
}

} // namespace raddle::cli
