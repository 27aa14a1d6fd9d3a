// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SARIF 2.1.0. One code flow per finding, with a thread flow for each thread of
// it: clang's own SARIF writer knows a single flow, hence llvm::json here.
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/SarifWriter.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

namespace output {

namespace {

/// GitHub refuses more.
constexpr size_t MaxResults = 25000;
constexpr StringLiteral Schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json";

} // namespace

void SarifWriter::choose() {
  for (const Finding &F : R.Findings)
    Chosen.push_back(&F);
  if (Chosen.size() > MaxResults) {
    // The gravest stay, in their order.
    for (Level L : {Level::Note, Level::Warning, Level::Error}) {
      size_t Surplus = Chosen.size() - std::min(Chosen.size(), MaxResults);
      for (size_t I = Chosen.size(); I-- > 0 && Surplus;)
        if (Chosen[I]->What.Severity == L) {
          Chosen[I] = nullptr;
          --Surplus;
        }
      llvm::erase(Chosen, nullptr);
    }
  }
  for (const checkers::CheckCard &Card : checkers::allChecks())
    Rules.push_back(Card.Id.str());
  for (const Finding *F : Chosen)
    if (!is_contained(Rules, F->What.Check))
      Rules.push_back(F->What.Check);
}

void SarifWriter::rule(StringRef Id, const checkers::CheckCard *Card) {
  J.object([&] {
    text("id", Id);
    text("name", ruleName(Id));
    J.attributeObject("defaultConfiguration", [&] {
      J.attribute("enabled", !Card || Card->Level != "strict");
      J.attribute("level", "warning");
    });
    if (!Card)
      return;
    message("shortDescription", Card->Summary);
    message("fullDescription", Card->Summary);
    J.attributeObject("help", [&] {
      text("text", Card->Page);
      text("markdown", Card->Page);
    });
    J.attributeObject("properties", [&] {
      J.attributeArray("tags", [&] {
        J.value("concurrency");
        StringRef Cwe = Card->Cwe;
        Cwe.consume_front("CWE-");
        if (!Cwe.empty())
          J.value(utf8(("external/cwe/cwe-" + Cwe).str()));
      });
    });
  });
}

void SarifWriter::rules() {
  auto Cards = checkers::allChecks();
  J.attributeArray("rules", [&] {
    for (auto [Index, Id] : enumerate(Rules))
      rule(Id, Index < Cards.size() ? &Cards[Index] : nullptr);
  });
}

void SarifWriter::notifications() {
  J.attributeArray("toolExecutionNotifications", [&] {
    for (const FailedUnit &F : R.Failed)
      J.object([&] {
        J.attribute("level", "error");
        message("message", F.File + ": " + F.Why);
        if (!F.File.empty())
          J.attributeArray("locations", [&] {
            J.object([&] { location({F.File, 0, 0, 0}, "", ""); });
          });
      });
    for (const ProgramRun &P : R.Run.Programs)
      if (!isWhole(P))
        J.object([&] {
          J.attribute("level", "warning");
          message("message", incompleteText(P));
        });
    if (size_t Left = R.Findings.size() - Chosen.size())
      J.object([&] {
        J.attribute("level", "warning");
        message("message", "the file holds " + std::to_string(MaxResults) +
                               " results, as many as code hosts take; " +
                               counted(Left, "finding") +
                               " of the lowest level left out");
      });
  });
}

void SarifWriter::document() {
  J.object([&] {
    J.attribute("$schema", Schema);
    J.attribute("version", "2.1.0");
    J.attributeArray("runs", [&] {
      J.object([&] {
        J.attributeObject("tool", [&] {
          J.attributeObject("driver", [&] {
            J.attribute("name", "raddle");
            J.attribute("semanticVersion", RADDLE_VERSION);
            J.attribute("version", RADDLE_VERSION);
            rules();
          });
        });
        J.attributeArray("invocations", [&] {
          J.object([&] {
            // The code of a run may be that of the program.
            J.attribute("executionSuccessful",
                        !hasRun(R.Run) ? R.ExitCode <= 1
                                       : all_of(R.Run.Programs, isWhole));
            J.attribute("exitCode", R.ExitCode);
            if (!R.Command.empty())
              text("commandLine", R.Command);
            notifications();
          });
        });
        if (!R.Root.empty())
          J.attributeObject("originalUriBaseIds", [&] {
            J.attributeObject("SRCROOT", [&] {
              J.attribute("uri", "file://" + uriPath(R.Root) +
                                     (R.Root.back() == '/' ? "" : "/"));
            });
          });
        J.attribute("columnKind", "utf16CodeUnits");
        J.attributeArray("results", [&] {
          for (const Finding *F : Chosen)
            result(*F);
        });
      });
    });
  });
}

} // namespace output

void writeSarif(const Results &R, raw_ostream &Out) {
  output::SarifWriter(R, Out).document();
  Out << '\n';
}

} // namespace raddle::cli
