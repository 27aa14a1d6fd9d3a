// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/framework/FrontendRun.h"
#include "checkers/framework/CommandLine.h"
#include "checkers/framework/FileChecks.h"
#include "checkers/framework/LlvmCompat.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <set>

using namespace llvm;

namespace raddle::checkers {

namespace {

/// Keeps errors as text; throws warnings away.
class ErrorCollector : public clang::DiagnosticConsumer {
public:
  std::vector<std::string> Errors;

  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override {
    DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < clang::DiagnosticsEngine::Error)
      return;
    SmallString<128> Text;
    Info.FormatDiagnostic(Text);
    std::string Where;
    if (Info.hasSourceManager() && Info.getLocation().isValid()) {
      clang::PresumedLoc Place =
          Info.getSourceManager().getPresumedLoc(Info.getLocation());
      if (Place.isValid())
        Where = (Twine(Place.getFilename()) + ":" + Twine(Place.getLine()) +
                 ":" + Twine(Place.getColumn()) + ": ")
                    .str();
    }
    Errors.push_back(Where + Text.str().str());
  }
};

/// Everything that was read, system headers too: the cache depends on it.
class AllDependencies : public clang::DependencyCollector {
public:
  bool needSystemDependencies() override { return true; }
  bool sawDependency(StringRef Name, bool, bool, bool IsModule,
                     bool IsMissing) override {
    return !IsModule && !IsMissing && !Name.starts_with("<");
  }
};

class ExtractConsumer : public clang::ASTConsumer {
public:
  ExtractConsumer(const FrontendOptions &Options, UnitResult &Result,
                  FileChecks &Checks, bool &Done)
      : Options(Options), Result(Result), Checks(Checks), Done(Done) {}

  void Initialize(clang::ASTContext &Context) override {
    Sources = &Context.getSourceManager();
  }

  bool shouldSkipFunctionBody(clang::Decl *D) override {
    return Sources->isInSystemHeader(D->getLocation());
  }

  void HandleTranslationUnit(clang::ASTContext &Context) override {
    Result.Summary = extractSummary(Context, Options.Extract);
    Checks.run(Context, Result.Summary);
    Done = true;
  }

private:
  const FrontendOptions &Options;
  UnitResult &Result;
  FileChecks &Checks;
  bool &Done;
  clang::SourceManager *Sources = nullptr;
};

class ExtractAction : public clang::ASTFrontendAction {
public:
  ExtractAction(const FrontendOptions &Options, UnitResult &Result,
                FileChecks &Checks)
      : Options(Options), Result(Result), Checks(Checks) {}
  bool Done = false;

protected:
  std::unique_ptr<clang::ASTConsumer>
  CreateASTConsumer(clang::CompilerInstance &Compiler, StringRef) override {
    Checks.start(Compiler);
    return std::make_unique<ExtractConsumer>(Options, Result, Checks, Done);
  }
  bool shouldEraseOutputFiles() override { return false; }

private:
  const FrontendOptions &Options;
  UnitResult &Result;
  FileChecks &Checks;
};

std::string absolute(StringRef Name, StringRef Directory) {
  SmallString<256> Path(Name);
  if (!sys::path::is_absolute(Path)) {
    Path = Directory;
    sys::path::append(Path, Name);
  }
  sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return std::string(Path);
}

/// What a build for code generation wants, and a parse does not need.
void leanInvocation(clang::CompilerInvocation &Invocation) {
  clang::FrontendOptions &Frontend = Invocation.getFrontendOpts();
  Frontend.DisableFree = false;
  Frontend.ProgramAction = clang::frontend::ParseSyntaxOnly;
  Frontend.SkipFunctionBodies = true;
  Invocation.getDependencyOutputOpts() = clang::DependencyOutputOptions();
  Invocation.getPreprocessorOpts().ImplicitPCHInclude.clear();
  Invocation.getLangOpts().RetainCommentsFromSystemHeaders = false;
  Invocation.getLangOpts().CommentOpts.ParseAllComments = false;
}

} // namespace

Expected<UnitResult> runFrontend(const CompileCommand &Command,
                                 const FrontendOptions &Options) {
  IntrusiveRefCntPtr<vfs::FileSystem> Files = vfs::createPhysicalFileSystem();
  if (std::error_code E = Files->setCurrentWorkingDirectory(Command.Directory))
    return createStringError(
        "'" + Command.Directory + "', the directory of the command for '" +
        Command.File + "', cannot be used: " + E.message());
  Expected<std::vector<std::string>> Arguments =
      driverArguments(Command, Options, *Files);
  if (!Arguments)
    return Arguments.takeError();
  std::vector<const char *> Argv;
  for (const std::string &Arg : *Arguments)
    Argv.push_back(Arg.c_str());

  // What the driver dislikes is the build's business, so a collector of its
  // own hears it; only no invocation at all is an error.
  ErrorCollector DriverErrors;
  clang::DiagnosticOptions DriverOptions;
  clang::CreateInvocationOptions Create;
  Create.Diags = clang::CompilerInstance::createDiagnostics(
      *Files, DriverOptions, &DriverErrors, /*ShouldOwnClient=*/false);
  Create.VFS = Files;
  Create.RecoverOnError = true;
  std::shared_ptr<clang::CompilerInvocation> Invocation =
      clang::createInvocation(Argv, Create);
  if (!Invocation || Invocation->getFrontendOpts().Inputs.empty()) {
    std::string Why = DriverErrors.Errors.empty()
                          ? "it names no source file to compile"
                          : join(DriverErrors.Errors, "; ");
    return createStringError("the command for '" + Command.File +
                             "' cannot be used: " + Why);
  }
  leanInvocation(*Invocation);
  if (!Files->exists(Invocation->getFrontendOpts().Inputs[0].getFile()))
    return createStringError("'" + Command.File +
                             "' does not exist; build generated sources first, "
                             "or write the compile database again");

  UnitResult Result;
  ErrorCollector Errors;
  clang::CompilerInstance Compiler(Invocation);
  Compiler.setVirtualFileSystem(Files);
  Compiler.setVerboseOutputStream(nulls()); // "1 error generated."
  Compiler.createDiagnostics(&Errors, /*ShouldOwnClient=*/false);
  Compiler.createFileManager();
  Compiler.createSourceManager();
  auto Dependencies = std::make_shared<AllDependencies>();
  Compiler.addDependencyCollector(Dependencies);
  FileChecks Checks(Options, Command.Directory);
  ExtractAction Action(Options, Result, Checks);
  if (!Compiler.createTarget())
    return createStringError("the command for '" + Command.File +
                             "' is for a target that Clang does not know: " +
                             join(Errors.Errors, "; "));
  Compiler.ExecuteAction(Action);

  std::set<std::string> Sorted;
  for (StringRef Name : Dependencies->getDependencies())
    Sorted.insert(absolute(Name, Command.Directory));
  Result.Dependencies.assign(Sorted.begin(), Sorted.end());
  Result.Errors = std::move(Errors.Errors);
  if (!Action.Done)
    return createStringError(
        "'" + Command.File + "' could not be parsed: " +
        (Result.Errors.empty() ? "no reason given" : Result.Errors.front()));
  return Result;
}

} // namespace raddle::checkers
