// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/framework/FileChecks.h"
#include "checkers/extract/UnitContext.h"
#include "checkers/framework/FileCheckRegistry.h"
#include "clang-tidy/ClangTidyDiagnosticConsumer.h"
#include "clang-tidy/ClangTidyOptions.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/Frontend/CompilerInstance.h"

using namespace clang;
using namespace clang::tidy;

namespace raddle::checkers {

namespace {

/// Turns what checks report into findings; NOLINT is honoured as in
/// clang-tidy.
class FindingCollector : public DiagnosticConsumer {
public:
  ClangTidyContext *Tidy = nullptr;
  UnitContext *Unit = nullptr;

  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const Diagnostic &Info) override {
    if (!Unit)
      return;
    llvm::SmallString<128> Text;
    Info.FormatDiagnostic(Text);
    if (Level == DiagnosticsEngine::Note) {
      if (Taken)
        Unit->Summary.Findings.back().Notes.push_back(
            {Unit->intern(Text), Unit->where(Info.getLocation())});
      return;
    }
    Taken = false;
    llvm::SmallVector<tooling::Diagnostic, 1> Malformed;
    if (Info.getLocation().isInvalid() ||
        Unit->Sources.isInSystemHeader(
            Unit->Sources.getExpansionLoc(Info.getLocation())) ||
        Tidy->shouldSuppressDiagnostic(Level, Info, Malformed))
      return;
    Taken = true;
    model::FileFinding F;
    std::string Check = Tidy->getCheckName(Info.getID());
    llvm::StringRef Message = Text;
    Message.consume_back(" [" + Check + "]");
    F.Check = Unit->intern(Check);
    F.Message = Unit->intern(Message);
    SourceRange Range(Info.getLocation());
    if (Info.getNumRanges()) {
      CharSourceRange First = Info.getRange(0);
      if (First.getBegin() == Info.getLocation())
        Range = First.getAsRange();
    }
    F.Where = Unit->where(Range);
    Unit->Summary.Findings.push_back(F);
  }

private:
  bool Taken = false;
};

} // namespace

struct FileChecks::Tidy {
  std::unique_ptr<ClangTidyContext> Context;
  FindingCollector Collector;
  std::unique_ptr<DiagnosticsEngine> Engine;
  std::vector<std::unique_ptr<ClangTidyCheck>> Checks;
  std::unique_ptr<ast_matchers::MatchFinder> Finder;
};

FileChecks::FileChecks(const FrontendOptions &Options, std::string Directory)
    : Options(Options), Directory(std::move(Directory)) {}
FileChecks::~FileChecks() = default;

void FileChecks::start(CompilerInstance &Compiler) {
  if (Options.FileChecks.empty())
    return;
  ClangTidyOptions Settings = ClangTidyOptions::getDefaults();
  Settings.Checks = "-*," + Options.FileChecks;
  for (const auto &[Name, Value] : Options.CheckOptions)
    Settings.CheckOptions[Name] = ClangTidyOptions::ClangTidyValue(Value);
  auto Context = std::make_unique<ClangTidyContext>(
      std::make_unique<DefaultOptionsProvider>(ClangTidyGlobalOptions(),
                                               Settings));
  Context->setCurrentFile(Compiler.getFrontendOpts().Inputs.front().getFile());
  Context->setCurrentBuildDirectory(Directory);
  ClangTidyCheckFactories Factories;
  addFileChecks(Factories);
  auto Checks = Factories.createChecks(Context.get());
  if (Checks.empty())
    return;
  State = std::make_unique<Tidy>();
  State->Context = std::move(Context);
  State->Checks = std::move(Checks);
  auto DiagnosticSettings = std::make_unique<DiagnosticOptions>();
  State->Engine = std::make_unique<DiagnosticsEngine>(
      DiagnosticIDs::create(), *DiagnosticSettings, &State->Collector,
      /*ShouldOwnClient=*/false);
  State->Context->setDiagnosticsEngine(std::move(DiagnosticSettings),
                                       State->Engine.get());
  State->Collector.Tidy = State->Context.get();
  State->Context->setSourceManager(&Compiler.getSourceManager());
  State->Finder = std::make_unique<ast_matchers::MatchFinder>();
  Preprocessor *Tokens = &Compiler.getPreprocessor();
  for (auto &Check : State->Checks) {
    if (!Check->isLanguageVersionSupported(Compiler.getLangOpts()))
      continue;
    Check->registerPPCallbacks(Compiler.getSourceManager(), Tokens, Tokens);
    Check->registerMatchers(State->Finder.get());
  }
}

void FileChecks::run(ASTContext &Context, model::TUSummary &Summary) {
  if (!State)
    return;
  UnitContext Unit(Context, Options.Extract, Summary);
  State->Collector.Unit = &Unit;
  State->Collector.BeginSourceFile(Context.getLangOpts());
  State->Context->setASTContext(&Context);
  // Matching and its parent map cost what they look at: not system headers.
  std::vector<Decl *> Own;
  for (Decl *D : Context.getTranslationUnitDecl()->decls())
    if (Unit.isUser(D))
      Own.push_back(D);
  auto Before = Context.getTraversalScope();
  Context.setTraversalScope(Own);
  State->Finder->matchAST(Context);
  Context.setTraversalScope(Before);
  State->Collector.EndSourceFile();
  State->Collector.Unit = nullptr;
}

} // namespace raddle::checkers
