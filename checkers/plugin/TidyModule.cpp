// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle's checks inside clang-tidy. File checks are what they are there; the
// program checks see one translation unit as far as it goes.
#include "checkers/extract/Extract.h"
#include "checkers/extract/NoLint.h"
#include "checkers/framework/FileCheckRegistry.h"
#include "lockorder/link/Link.h"
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace raddle::checkers {

namespace {

/// What linking the translation unit says, made once for all program checks.
class UnitFindings {
public:
  static const UnitFindings &of(ASTContext &Context) {
    // clang-tidy works through one translation unit after the other.
    static thread_local UnitFindings Last;
    if (Last.For != &Context || Last.Main != mainFile(Context))
      Last.make(Context);
    return Last;
  }

  lockorder::LinkResult Result;
  std::string Root;

private:
  static std::string mainFile(ASTContext &Context) {
    const SourceManager &Sources = Context.getSourceManager();
    OptionalFileEntryRef Main =
        Sources.getFileEntryRefForID(Sources.getMainFileID());
    return Main ? Main->getName().str() : "";
  }

  void make(ASTContext &Context) {
    For = &Context;
    Main = mainFile(Context);
    auto Here = Context.getSourceManager()
                    .getFileManager()
                    .getVirtualFileSystem()
                    .getCurrentWorkingDirectory();
    Root = Here ? *Here : "/";
    ExtractOptions Extract;
    Extract.Root = Root;
    lockorder::LinkOptions Link;
    Link.WholeProgram = false;
    std::vector<model::TUSummary> Units;
    Units.push_back(extractSummary(Context, Extract));
    Result = lockorder::link(Units, Link);
  }

  const ASTContext *For = nullptr;
  std::string Main;
};

class ProgramCheck : public tidy::ClangTidyCheck {
public:
  ProgramCheck(StringRef Name, tidy::ClangTidyContext *Context)
      : ClangTidyCheck(Name, Context), Id(Name.str()) {}

  void registerMatchers(MatchFinder *Finder) override {
    Finder->addMatcher(translationUnitDecl().bind("unit"), this);
  }

  void check(const MatchFinder::MatchResult &Match) override {
    const UnitFindings &Findings = UnitFindings::of(*Match.Context);
    for (const lockorder::Diagnosis &D : Findings.Result.Diagnoses) {
      if (D.Check != Id)
        continue;
      SourceLocation Where = find(*Match.SourceManager, Findings, D.Where);
      if (Where.isInvalid())
        continue;
      diag(Where, "%0") << D.Message;
      for (const lockorder::Witness &W : D.Witnesses)
        for (const lockorder::Step &S : W.Steps) {
          SourceLocation At = find(*Match.SourceManager, Findings, S.Where);
          if (At.isValid())
            diag(At, "%0", DiagnosticIDs::Note)
                << (W.Title.empty() ? S.Text : W.Title + ": " + S.Text);
        }
      for (const std::string &Note : D.Notes)
        diag(Where, "%0", DiagnosticIDs::Note) << Note;
    }
  }

private:
  static SourceLocation find(const SourceManager &Sources,
                             const UnitFindings &Findings,
                             const lockorder::Place &Where) {
    if (Where.File.empty() || Where.Line == 0)
      return {};
    llvm::SmallString<256> Name(Findings.Root);
    llvm::sys::path::append(Name, Where.File);
    llvm::sys::path::remove_dots(Name, /*remove_dot_dot=*/true);
    OptionalFileEntryRef File =
        Sources.getFileManager().getOptionalFileRef(Name);
    if (!File)
      return {};
    return Sources.translateFileLineCol(*File, Where.Line,
                                        Where.Column ? Where.Column : 1);
  }

  std::string Id;
};

class RaddleModule : public tidy::ClangTidyModule {
public:
  void addCheckFactories(tidy::ClangTidyCheckFactories &Factories) override {
    addFileChecks(Factories);
    for (StringRef Id : programChecks())
      Factories.registerCheck<ProgramCheck>(Id);
  }
};

const tidy::ClangTidyModuleRegistry::Add<RaddleModule>
    Module("raddle-module", "Concurrency checks of raddle.");

} // namespace

} // namespace raddle::checkers
