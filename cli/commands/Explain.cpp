// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle explain, raddle checks
#include "checkers/framework/CheckCard.h"
#include "cli/commands/Common.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <CLI/CLI.hpp>

using namespace llvm;
using raddle::checkers::allChecks;
using raddle::checkers::CheckCard;

namespace raddle::cli {

namespace {

/// The page without its front matter, which is for machines.
StringRef body(StringRef Page) {
  StringRef Rest = Page;
  if (!Rest.consume_front("---\n"))
    return Page;
  size_t End = Rest.find("\n---\n");
  return End == StringRef::npos ? Page : Rest.drop_front(End + 5).ltrim('\n');
}

int explain(StringRef Name) {
  const CheckCard *Card = checkers::findCheck(Name);
  if (!Card)
    Card = checkers::findCheck(("raddle-" + Name).str());
  if (!Card) {
    std::vector<std::string> Names;
    for (const CheckCard &Each : allChecks())
      Names.push_back(Each.Id.str());
    std::string Meant = nearest(Name, Names);
    if (Meant.empty())
      Meant = nearest(("raddle-" + Name).str(), Names);
    return usageError("there is no check '" + Name + "'; " +
                      (Meant.empty() ? "" : "did you mean '" + Meant + "'? ") +
                      "'raddle checks' lists all");
  }
  StringRef Text = body(Card->Page);
  outs() << Text;
  if (!Text.ends_with("\n"))
    outs() << "\n";
  return ExitClean;
}

int listChecks() {
  size_t Width = 0;
  for (const CheckCard &Card : allChecks())
    Width = std::max(Width, Card.Id.size());
  for (const CheckCard &Card : allChecks())
    outs() << left_justify(Card.Id, Width) << "  "
           << left_justify(Card.Level, 7) << "  " << left_justify(Card.Kind, 7)
           << "  " << Card.Summary << "\n";
  outs() << "\n'strict' checks run if --checks names them; 'program' checks "
            "see all files together, 'runtime' checks a running program "
            "(raddle leaks, locks, stress)\n"
         << "more about one: raddle explain " << allChecks().front().Id << "\n";
  return ExitClean;
}

} // namespace

void addExplain(CLI::App &App, Invocation &Call) {
  auto Name = std::make_shared<std::string>();
  CLI::App *Command = App.add_subcommand(
      "explain", "What a check means, why it matters, how to mend it");
  Command->add_option("check", *Name, "Its name, as findings show it")
      ->required();
  Command->callback(
      [Name, &Call] { Call.Run = [Name] { return explain(*Name); }; });
}

void addChecks(CLI::App &App, Invocation &Call) {
  CLI::App *Command = App.add_subcommand("checks", "List all checks");
  Command->callback([&Call] { Call.Run = [] { return listChecks(); }; });
}

} // namespace raddle::cli
