// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TU summaries as text, for tests and for people.
#ifndef RADDLE_LOCKORDER_MODEL_DUMP_H
#define RADDLE_LOCKORDER_MODEL_DUMP_H

#include "lockorder/model/TUSummary.h"

namespace raddle::model {

/// `this.mutex_`, `local0:guard`, `param1->queue[]`, `result#3`...; names of
/// locals if \p In is given.
std::string dump(const TUSummary &Summary, PathId Path,
                 const FunctionSummary *In = nullptr);

/// One function: a line per event, indented below its block.
std::string dump(const TUSummary &Summary, const FunctionSummary &Function);

/// The whole summary. Deterministic.
std::string dump(const TUSummary &Summary);

} // namespace raddle::model

#endif
