// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The writers themselves, and what several of them share. Indices into the
// graph are checked here: results may have been read from a file.
#ifndef RADDLE_CLI_OUTPUT_FORMATS_H
#define RADDLE_CLI_OUTPUT_FORMATS_H

#include "cli/output/Writers.h"
#include "llvm/Support/JSON.h"

namespace raddle::cli {

void writeText(const Results &R, bool Colour, llvm::raw_ostream &Out);
void writeSarif(const Results &R, llvm::raw_ostream &Out);
void writeJson(const Results &R, llvm::raw_ostream &Out);
void writeGitHub(const Results &R, llvm::raw_ostream &Out);
void writeGitLab(const Results &R, llvm::raw_ostream &Out);
void writeJUnit(const Results &R, llvm::raw_ostream &Out);
llvm::Error writeHtml(const Results &R, llvm::StringRef ViewerFolder,
                      llvm::raw_ostream &Out);

/// What text says of campaigns beside the findings.
void writeStressText(const Results &R, llvm::raw_ostream &Out);

/// The document of docs/formats/report-data.md.
void writeReportData(const Results &R, llvm::raw_ostream &Out);
/// The part of the page that needs no JavaScript.
void writeStaticReport(const Results &R, llvm::raw_ostream &Out);

llvm::StringRef levelName(lockorder::Level L);   ///< "error"
llvm::StringRef kindName(lockorder::StepKind K); ///< "acquire"

/// "?" for an index out of range.
llvm::StringRef lockName(const lockorder::LockOrderGraph &G, uint32_t Lock);
/// Null for an index out of range.
const lockorder::Edge *edgeAt(const lockorder::LockOrderGraph &G,
                              std::optional<uint32_t> Edge);
/// "'A' -> 'B'"
std::string edgeName(const lockorder::LockOrderGraph &G, uint32_t Edge);
/// "'A', 'B'", in order of acquisition; empty if there is none.
std::string heldNames(const lockorder::LockOrderGraph &G,
                      const std::vector<uint32_t> &Held);
/// What breaks the cycle: "turn round 'A' -> 'B': ..."; empty if not known.
std::string suggestion(const lockorder::LockOrderGraph &G,
                       const lockorder::Diagnosis &D);
/// "path 1 of 2: ..., in a thread that starts in 'Worker::run()'"
std::string witnessTitle(const lockorder::Diagnosis &D, size_t Index);
/// "src/a.cpp:12:5", "" without a place.
std::string placeText(const lockorder::Place &P);
/// "1 finding", "2 findings"
std::string counted(uint64_t N, llvm::StringRef What);
/// All that a finding says, as lines of plain text without source.
std::string details(const Results &R, const Finding &F);

} // namespace raddle::cli

#endif
