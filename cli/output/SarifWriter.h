// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes one SARIF 2.1.0 document (OASIS, errata 01).
#ifndef RADDLE_CLI_OUTPUT_SARIFWRITER_H
#define RADDLE_CLI_OUTPUT_SARIFWRITER_H

#include "checkers/framework/CheckCard.h"
#include "cli/findings/Finding.h"
#include "cli/output/Escape.h"
#include "cli/output/SarifFlows.h"
#include "cli/output/SarifWords.h"
#include "cli/output/SourceFiles.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace raddle::cli::output {

class SarifWriter {
public:
  SarifWriter(const Results &R, llvm::raw_ostream &Out)
      : R(R), J(Out, 1), Sources(R.Root) {
    choose();
  }

  void document();

private:
  // Sarif.cpp: the tool, its rules, and what there is of findings.
  void choose();
  void rules();
  void rule(llvm::StringRef Id, const checkers::CheckCard *Card);
  void notifications();

  // SarifResult.cpp: one finding.
  void result(const Finding &F);
  void artifact(llvm::StringRef File);
  void location(const lockorder::Place &P, llvm::StringRef Text,
                llvm::StringRef Function,
                std::optional<unsigned> Id = std::nullopt);
  void codeFlow(llvm::ArrayRef<ThreadFlow> Flows);
  void flowStep(const FlowStep &S);
  void codeFlows(const Finding &F);
  void properties(const Finding &F);
  void stress(const StressView &V, const StressFailure &Failure);
  void related(const lockorder::Diagnosis &D);
  void stacks(const lockorder::Diagnosis &D);
  void frame(const lockorder::Frame &F);

  void text(llvm::StringRef Key, llvm::StringRef Value) {
    J.attribute(Key, utf8(Value));
  }
  void message(llvm::StringRef Key, llvm::StringRef Text) {
    J.attributeObject(Key, [&] { J.attribute("text", messageText(Text)); });
  }

  const Results &R;
  llvm::json::OStream J;
  SourceFiles Sources;
  std::vector<const Finding *> Chosen;
  std::vector<std::string> Rules; ///< Ids, by index.
};

} // namespace raddle::cli::output

#endif
