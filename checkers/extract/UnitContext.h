// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the extraction of one translation unit shares between its functions:
// entity keys, names, places, NOLINT, and the queue of functions that came up
// on the way (lambdas, destructors nobody wrote).
#ifndef RADDLE_CHECKERS_EXTRACT_UNITCONTEXT_H
#define RADDLE_CHECKERS_EXTRACT_UNITCONTEXT_H

#include "checkers/extract/Extract.h"
#include "checkers/extract/KnownTypes.h"
#include "checkers/extract/NoLint.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/PrettyPrinter.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace raddle::checkers {

class UnitContext {
public:
  UnitContext(clang::ASTContext &Context, const ExtractOptions &Options,
              model::TUSummary &Summary);

  clang::ASTContext &Context;
  clang::SourceManager &Sources;
  const ExtractOptions &Options;
  model::TUSummary &Summary;
  KnownTypes Types;

  model::StringId intern(llvm::StringRef Text) { return Summary.intern(Text); }

  /// Declared outside system headers; for an instance: its template is.
  bool isUser(const clang::Decl *D);

  /// Entity key; equal in all translation units that see the entity.
  model::StringId key(const clang::NamedDecl *D);
  std::string keyText(const clang::NamedDecl *D);
  /// Qualified, functions with their parameters' types.
  std::string displayName(const clang::NamedDecl *D);
  /// Qualified name without parameters, for messages.
  model::StringId spelling(const clang::NamedDecl *D);
  /// plainName(), remembered.
  llvm::StringRef plain(const clang::FunctionDecl *F);
  std::string typeName(clang::QualType Type);
  model::StringId typeId(clang::QualType Type) {
    return intern(typeName(Type));
  }

  /// Where the user wrote it.
  model::Location where(clang::SourceRange Range);
  model::Location where(clang::SourceLocation Begin) {
    return where(clang::SourceRange(Begin, Begin));
  }
  model::StringId noLint(clang::SourceLocation Where);

  /// Key of the class behind pointers, references and smart pointers, or 0.
  /// Classes of the user's are put into the summary.
  model::StringId recordOf(clang::QualType Type);
  model::StringId recordKey(const clang::RecordDecl *Record);
  /// A variable with static storage; put into the summary.
  model::StringId global(const clang::VarDecl *Variable);

  model::HandleKind handleKind(clang::QualType Type, llvm::StringRef Name);
  /// "std::mutex" and the like, or 0.
  model::StringId lockType(clang::QualType Type);

  /// The class has, at any depth, a member or base whose destruction matters.
  bool destructionMatters(const clang::CXXRecordDecl *Record);

  /// Functions yet to be summarised.
  llvm::SetVector<const clang::FunctionDecl *> Pending;
  /// Destructors without a written body that are called somewhere.
  llvm::SetVector<const clang::CXXDestructorDecl *> PendingDestructors;
  /// pthread and C11 mutexes that this unit initialises as recursive. To be
  /// called when Pending holds the unit's functions.
  void findRecursiveMutexes();
  bool isRecursive(const clang::Expr *Mutex);

private:
  model::StringId fileId(clang::FileID File);
  std::string relative(llvm::StringRef Name);
  std::string lambdaKey(const clang::CXXRecordDecl *Lambda);
  void appendLambdaArguments(const clang::Decl *D, std::string &Out);
  void appendLambdaArguments(llvm::ArrayRef<clang::TemplateArgument> Arguments,
                             std::string &Out, int Depth);
  bool isInternal(const clang::NamedDecl *D);
  void describe(const clang::RecordDecl *Record, model::StringId Key);

  clang::PrintingPolicy Policy;
  NoLintTable NoLints;
  llvm::DenseMap<const clang::Decl *, model::StringId> Keys;
  llvm::DenseMap<clang::FileID, model::StringId> FileIds;
  llvm::DenseMap<const clang::RecordDecl *, model::StringId> RecordKeys;
  llvm::DenseMap<const clang::VarDecl *, model::StringId> Globals;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> Matters;
  void findRecursiveMutexes(const clang::Stmt *S);

  llvm::DenseSet<const clang::ValueDecl *> RecursiveMutexes;
  llvm::DenseMap<const clang::NamedDecl *, model::StringId> Spellings;
  llvm::DenseMap<const clang::FunctionDecl *, std::string> PlainNames;
};

} // namespace raddle::checkers

#endif
