// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"

namespace raddle::cli {

void writeStaticReport(const Results &R, llvm::raw_ostream &Out) {
  Out << "<header class=\"st-head\"><h1>raddle report: <span class=\"st-name\">"
      << html(R.Project) << "</span></h1></header>\n";
}

} // namespace raddle::cli
