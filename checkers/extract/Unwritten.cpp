// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that nobody wrote as a function: destructors the compiler makes, and the
// initialisers of global variables.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/AST/Attr.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

//===-- Destructors nobody wrote ------------------------------------------===//

model::FunctionSummary
FunctionExtractor::implicitDestructor(UnitContext &Unit,
                                      const CXXDestructorDecl *D) {
  FunctionExtractor X(Unit, D);
  X.describe();
  X.Out.HasBody = true;
  X.Blocks.emplace_back();
  X.Blocks[0].Returns = true;
  const CXXRecordDecl *Class = D->getParent();
  llvm::SmallVector<const FieldDecl *, 8> Fields(Class->fields());
  SourceRange At(D->getLocation(), D->getLocation());
  for (const FieldDecl *F : llvm::reverse(Fields))
    X.destroy(X.field(root(RootKind::This), F), F->getType(), At);
  llvm::SmallVector<const CXXBaseSpecifier *, 2> Bases;
  for (const CXXBaseSpecifier &B : Class->bases())
    Bases.push_back(&B);
  for (const CXXBaseSpecifier *B : llvm::reverse(Bases))
    X.destroy(root(RootKind::This), B->getType(), At);
  X.emit();
  return std::move(X.Out);
}

//===-- Global variables --------------------------------------------------===//

void FunctionExtractor::lambdasIn(const Stmt *S) {
  for (const Stmt *Child : S->children())
    if (const auto *L = dyn_cast_or_null<LambdaExpr>(Child))
      lambda(L);
    else if (Child)
      lambdasIn(Child);
}

void FunctionExtractor::initial(Path To, const Expr *Init, int Depth) {
  if (!Init || Depth > 6)
    return;
  const Expr *Core = BodyScan::core(Init);
  if (const auto *L = dyn_cast<InitListExpr>(Core)) {
    if (const auto *Semantic = L->getSemanticForm())
      L = Semantic;
    const RecordDecl *Record = L->getType()->getAsRecordDecl();
    if (L->getType()->isArrayType() || L->isTransparent()) {
      for (const Expr *One : L->inits())
        initial(L->isTransparent() ? To : elementOf(To), One, Depth + 1);
    } else if (Record && Record->isUnion()) {
      if (L->getNumInits() && L->getInitializedFieldInUnion())
        initial(field(To, L->getInitializedFieldInUnion()), L->getInit(0),
                Depth + 1);
    } else if (Record) {
      const auto *Class = dyn_cast<CXXRecordDecl>(Record);
      unsigned I = Class ? Class->getNumBases() : 0;
      for (const FieldDecl *F : Record->fields()) {
        if (F->isUnnamedBitField())
          continue;
        if (I >= L->getNumInits())
          break;
        initial(field(To, F), L->getInit(I++), Depth + 1);
      }
    }
    return;
  }
  if (const auto *L = dyn_cast<LambdaExpr>(Core))
    lambda(L);
  if (const auto *C = dyn_cast<CXXConstructExpr>(Core)) {
    lambdasIn(C);
    if (Unit.isUser(C->getConstructor()) && C->getNumArgs())
      construct(C);
  }
  QualType Type = Init->getType();
  if (isCallableType(Type) || (Unit.Types.isPointerLike(Type) && matters(Type)))
    store(To, pathOf(Init), Init);
}

model::FunctionSummary
FunctionExtractor::globalInitialisers(UnitContext &Unit,
                                      llvm::ArrayRef<const VarDecl *> Globals) {
  FunctionExtractor X(Unit, nullptr);
  model::StringId Main = Unit.Summary.MainFile;
  X.Out.Key = Unit.intern(Unit.Summary.string(Main).str() + "#$globals");
  X.Out.Name = Unit.intern("initialisation of globals in " +
                           Unit.Summary.string(Main).str());
  X.Out.HasBody = true;
  X.Out.InternalLinkage = true;
  X.Scan = std::make_unique<BodyScan>(Unit, Globals);
  X.Blocks.emplace_back();
  X.Blocks[0].Returns = true;
  for (const VarDecl *V : Globals)
    X.initial(root(RootKind::Global, 0, Unit.global(V)), V->getInit(), 0);
  if (!X.Events.empty())
    X.Out.Where = X.Events.front().Where;
  X.emit();
  return std::move(X.Out);
}

} // namespace raddle::checkers
