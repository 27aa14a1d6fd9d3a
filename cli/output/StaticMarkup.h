// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names in the markup of lockorder/viewer/static-markup.md. Whatever they hold,
// the result is HTML.
#ifndef RADDLE_CLI_OUTPUT_STATICMARKUP_H
#define RADDLE_CLI_OUTPUT_STATICMARKUP_H

#include "cli/findings/Finding.h"
#include "cli/output/SourceFiles.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::cli::output {

/// The first \p Max characters; unchanged if there are no more.
llvm::StringRef firstCharacters(llvm::StringRef Text, unsigned Max);
/// In one line, for links and headings of tables.
std::string inShort(llvm::StringRef Text);
/// Whole, folded if it is long.
std::string folded(llvm::StringRef Text);
std::string name(llvm::StringRef Text);
/// Empty without a place.
std::string place(SourceFiles &Sources, const lockorder::Place &P);

/// The sections of what was seen at run time; nothing without a run.
void writeStaticRun(const Results &R, SourceFiles &Sources,
                    llvm::raw_ostream &Out);
/// A section for each stress campaign.
void writeStaticStress(const Results &R, SourceFiles &Sources,
                       llvm::raw_ostream &Out);

} // namespace raddle::cli::output

#endif
