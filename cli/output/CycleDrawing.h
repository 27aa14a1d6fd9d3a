// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_OUTPUT_CYCLEDRAWING_H
#define RADDLE_CLI_OUTPUT_CYCLEDRAWING_H

#include "lockorder/link/Diagnosis.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::cli {

/// Draws the cycle of \p D as SVG: a box per lock, an arrow per edge, numbered
/// as the witnesses are. Draws nothing and returns false where the edges make
/// no cycle. The markup is that of lockorder/viewer/static-markup.md.
bool drawCycle(const lockorder::LockOrderGraph &G,
               const lockorder::Diagnosis &D, llvm::raw_ostream &Out);

} // namespace raddle::cli

#endif
