// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// extract and link as the commands use them: with cache and workers.
#ifndef RADDLE_CLI_EXECUTE_PIPELINE_H
#define RADDLE_CLI_EXECUTE_PIPELINE_H

#include "cli/execute/Cache.h"
#include "cli/execute/CompileDatabase.h"
#include "cli/execute/Progress.h"
#include "cli/execute/ResultCodec.h"
#include "cli/execute/Workers.h"
#include "lockorder/link/Link.h"

namespace raddle::cli {

/// What became of one unit.
struct Extracted {
  std::string Address; ///< Of the summary; empty if there is none.
  std::string Bytes;   ///< The summary; empty if it is still in the cache.
  /// Why there is no summary, or (with one) what did not compile.
  std::string Failure;
  bool FromCache = false;
};

struct Summary {
  std::string Address, Bytes;
};

class Pipeline {
public:
  Pipeline(std::vector<Unit> Units, checkers::FrontendOptions Frontend,
           WorkerOptions Workers, Cache Store)
      : Units(std::move(Units)), Frontend(std::move(Frontend)),
        Workers(std::move(Workers)), Store(std::move(Store)) {}

  /// Summaries of all units, from the cache where nothing they were made from
  /// has changed.
  const std::vector<Extracted> &extract(Progress &Shown);

  /// Links what extract() gave; extracts again what the cache turns out not to
  /// hold.
  Linked link(const lockorder::LinkOptions &Options, Progress &Shown);

  /// All summaries that there are.
  std::vector<Summary> summaries(Progress &Shown);

  const std::vector<Unit> &units() const { return Units; }
  size_t parsed() const { return Parsed; }
  size_t fromCache() const;
  /// Units without a summary, or with compile errors.
  std::vector<FailedUnit> failed() const;

private:
  std::string unitKey(const Unit &U);
  void run(const std::vector<size_t> &Todo, Progress &Shown);
  void loadBytes(Progress &Shown);

  std::vector<Unit> Units;
  checkers::FrontendOptions Frontend;
  WorkerOptions Workers;
  Cache Store;
  std::vector<std::string> Keys;
  std::vector<Extracted> Results;
  size_t Parsed = 0;
};

/// Links summaries and makes findings of the outcome.
Linked linkSummaries(const std::vector<model::TUSummary> &Summaries,
                     const lockorder::LinkOptions &Options);

} // namespace raddle::cli

#endif
