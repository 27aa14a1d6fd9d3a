// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Commands.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <CLI/CLI.hpp>
#include <csignal>

using namespace raddle::cli;

namespace {

/// Why \p Name is no command; empty if it is one.
std::string unknownCommand(const CLI::App &App, const std::string &Name) {
  std::vector<std::string> Known;
  for (const CLI::App *Command : App.get_subcommands({}))
    Known.push_back(Command->get_name());
  if (llvm::is_contained(Known, Name))
    return "";
  std::string Meant = nearest(Name, Known);
  return "there is no command '" + Name + "'; " +
         (Meant.empty() ? "" : "did you mean '" + Meant + "'? ") +
         "'raddle --help' lists all";
}

/// What was not expected, in the words of who typed it.
std::string unexpected(const CLI::App &App, const Invocation &Call,
                       const std::vector<std::string> &Arguments) {
  std::vector<std::string> Extra = App.remaining(true);
  auto First = llvm::find_if(Arguments, [&](const std::string &Each) {
    return llvm::is_contained(Extra, Each);
  });
  if (First == Arguments.end() || App.get_subcommands().empty())
    return "";
  const CLI::App *Innermost = &App;
  std::string Name = "raddle";
  while (!Innermost->get_subcommands().empty()) {
    Innermost = Innermost->get_subcommands().front();
    Name += " " + Innermost->get_name();
  }
  const CLI::App &Command = *Innermost;
  if (!llvm::StringRef(*First).starts_with("-")) {
    bool Runs = llvm::is_contained({"leaks", "locks", "stress"},
                                   llvm::StringRef(Command.get_name()));
    if (!Runs || Call.HasBehind)
      return "'" + *First + "' was not expected; '" + Name +
             " --help' says what is";
    return "the program to run stands behind '--': " + Name + " [options] -- " +
           shellQuoted(*First);
  }
  std::string Option = First->substr(0, First->find('='));
  std::vector<std::string> Known;
  for (const CLI::Option *Each : Command.get_options())
    for (const std::string &Long : Each->get_lnames())
      Known.push_back("--" + Long);
  std::string Meant = nearest(Option, Known);
  return "'" + Name + "' has no option '" + Option + "'; " +
         (Meant.empty() ? "" : "did you mean '" + Meant + "'? ") + "'" + Name +
         " --help' lists them";
}

} // namespace

int main(int Argc, char **Argv) {
  // A reader that has seen enough (`| head`) is no reason to crash.
  std::signal(SIGPIPE, SIG_DFL);
  Invocation Call;
  std::vector<std::string> Arguments;
  Call.Typed = "raddle";
  for (int I = 1; I < Argc; ++I) {
    Call.Typed += " " + shellQuoted(Argv[I]);
    if (Call.HasBehind)
      Call.Behind.push_back(Argv[I]);
    else if (llvm::StringRef(Argv[I]) == "--")
      Call.HasBehind = true;
    else
      Arguments.push_back(Argv[I]);
  }

  CLI::App App("raddle finds concurrency bugs in C and C++.", "raddle");
  App.set_version_flag("--version", "raddle " RADDLE_VERSION);
  App.require_subcommand(1);
  App.footer("Start with: raddle lint -p <build folder>");
  addLint(App, Call);
  addExtract(App, Call);
  addLink(App, Call);
  addReport(App, Call);
  addLeaks(App, Call);
  addLocks(App, Call);
  addStress(App, Call);
  addReplay(App, Call);
  addExplain(App, Call);
  addChecks(App, Call);
  addBaseline(App, Call);
  addProfile(App, Call);
  if (!Arguments.empty() && !llvm::StringRef(Arguments[0]).starts_with("-"))
    if (std::string Why = unknownCommand(App, Arguments[0]); !Why.empty()) {
      llvm::errs() << "raddle: error: " << Why << "\n";
      return ExitUsage;
    }
  try {
    // CLI11 wants them last to first.
    std::vector<std::string> Reversed(Arguments.rbegin(), Arguments.rend());
    App.parse(Reversed);
  } catch (const CLI::CallForHelp &E) {
    return App.exit(E);
  } catch (const CLI::CallForAllHelp &E) {
    return App.exit(E);
  } catch (const CLI::CallForVersion &E) {
    return App.exit(E);
  } catch (const CLI::ExtrasError &E) {
    std::string Why = unexpected(App, Call, Arguments);
    llvm::errs() << "raddle: error: " << (Why.empty() ? E.what() : Why) << "\n";
    return ExitUsage;
  } catch (const CLI::ParseError &E) {
    llvm::errs() << "raddle: error: " << E.what()
                 << "; 'raddle --help' lists the commands, 'raddle COMMAND "
                    "--help' their options\n";
    return ExitUsage;
  }
  int Code = Call.Run ? Call.Run() : ExitUsage;
  llvm::outs().flush();
  return Code;
}
