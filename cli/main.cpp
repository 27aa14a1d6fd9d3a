// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Commands.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <CLI/CLI.hpp>
#include <csignal>

using namespace raddle::cli;

namespace {

/// As a shell would need it to be typed again.
std::string quoted(llvm::StringRef Argument) {
  constexpr llvm::StringLiteral Plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "@%+=:,./_-";
  if (!Argument.empty() &&
      Argument.find_first_not_of(Plain) == llvm::StringRef::npos)
    return Argument.str();
  std::string Result = "'";
  for (char C : Argument)
    Result += C == '\'' ? std::string("'\\''") : std::string(1, C);
  return Result + "'";
}

} // namespace

int main(int Argc, char **Argv) {
  // A reader that has seen enough (`| head`) is no reason to crash.
  std::signal(SIGPIPE, SIG_DFL);
  Invocation Call;
  std::vector<std::string> Arguments;
  Call.Typed = "raddle";
  for (int I = 1; I < Argc; ++I) {
    Call.Typed += " " + quoted(Argv[I]);
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
  addExplain(App, Call);
  addChecks(App, Call);
  addBaseline(App, Call);
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
