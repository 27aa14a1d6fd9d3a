// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a declaration says: names, parameters, attributes, cancellation handles.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/AST/Attr.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

//===-- The declaration ---------------------------------------------------===//

void FunctionExtractor::describe() {
  Out.Key = Unit.key(Function);
  Out.Name = Unit.intern(Unit.displayName(Function));
  Out.Where = Unit.where(Function->getLocation());
  Out.Main = Function->isMain();
  Out.InternalLinkage = !Function->isExternallyVisible();
  Out.NoReturn = Function->isNoReturn();
  Out.Constructor = isa<CXXConstructorDecl>(Function);
  Out.Destructor = isa<CXXDestructorDecl>(Function);
  if (const auto *M = dyn_cast<CXXMethodDecl>(Function)) {
    Out.Closure = M->getParent()->isLambda();
    if (!Out.Closure)
      Out.Record = Unit.recordKey(M->getParent());
    Out.Virtual = M->isVirtual();
    for (const CXXMethodDecl *Overridden : M->overridden_methods())
      Out.Overrides.push_back(Unit.key(Overridden));
  }
  for (const ParmVarDecl *P : Function->parameters()) {
    model::Variable V;
    V.Name = Unit.intern(P->getName());
    V.Type = Unit.typeId(P->getType());
    V.Record = Unit.recordOf(P->getType());
    V.Cancellation = Unit.handleKind(P->getType(), P->getName());
    V.Where = Unit.where(P->getLocation());
    Out.Params.push_back(V);
  }
  describeAttributes();
}

void FunctionExtractor::describeAttributes() {
  if (!Function->hasAttrs())
    return;
  auto Declare = [&](model::EffectKind Kind, bool Shared, auto Arguments,
                     bool Success = true) {
    auto One = [&](Path Lock) {
      model::DeclaredEffect D;
      D.Kind = Kind;
      D.Mode = Shared ? model::LockMode::Shared : model::LockMode::Exclusive;
      D.Lock = pathId(std::move(Lock));
      D.SuccessValue = Success;
      Out.Declared.push_back(D);
    };
    if (Arguments.begin() == Arguments.end() && isa<CXXMethodDecl>(Function))
      One(root(RootKind::This));
    for (const Expr *Argument : Arguments) {
      Path P = pathOf(Argument);
      if (!isOpaque(P))
        One(P);
    }
  };
  using model::EffectKind;
  for (const Attr *A : Function->getAttrs()) {
    if (const auto *X = dyn_cast<AcquireCapabilityAttr>(A))
      Declare(EffectKind::Acquires, X->isShared(), X->args());
    else if (const auto *X = dyn_cast<ReleaseCapabilityAttr>(A))
      Declare(EffectKind::Releases, X->isShared(), X->args());
    else if (const auto *X = dyn_cast<RequiresCapabilityAttr>(A))
      Declare(EffectKind::Requires, X->isShared(), X->args());
    else if (const auto *X = dyn_cast<LocksExcludedAttr>(A))
      Declare(EffectKind::Excludes, false, X->args());
    else if (const auto *X = dyn_cast<TryAcquireCapabilityAttr>(A)) {
      int Success = constantOf(X->getSuccessValue());
      Declare(EffectKind::TryAcquires, X->isShared(), X->args(), Success != 0);
    }
  }
}

void FunctionExtractor::addHandle(Path Where, QualType Type, StringRef Name,
                                  SourceLocation At) {
  model::HandleKind Kind = Unit.handleKind(Type, Name);
  if (Kind == model::HandleKind::None)
    return;
  model::CancellationHandle H;
  H.Path = pathId(std::move(Where));
  H.Kind = Kind;
  H.Name = Unit.intern(Name);
  H.Where = Unit.where(At);
  Out.Handles.push_back(H);
}

void FunctionExtractor::addFieldHandles(const CXXRecordDecl *Record, Path Base,
                                        int Depth) {
  if (!Record || !Record->hasDefinition() || Depth > 4)
    return;
  Record = Record->getDefinition();
  for (const FieldDecl *F : Record->fields())
    addHandle(field(Base, F), F->getType(), F->getName(), F->getLocation());
  for (const CXXBaseSpecifier &B : Record->bases())
    if (const auto *Class = B.getType()->getAsCXXRecordDecl();
        Class && Unit.isUser(Class))
      addFieldHandles(Class, Base, Depth + 1);
}

void FunctionExtractor::describeHandles() {
  for (const ParmVarDecl *P : Function->parameters())
    addHandle(root(RootKind::Param, P->getFunctionScopeIndex()), P->getType(),
              P->getName(), P->getLocation());
  const auto *M = dyn_cast<CXXMethodDecl>(Function);
  if (!M)
    return;
  const CXXRecordDecl *Class = M->getParent();
  if (!Class->isLambda()) {
    if (M->isInstance())
      addFieldHandles(Class, root(RootKind::This), 0);
    return;
  }
  auto Field = Class->field_begin();
  for (const LambdaCapture &C : Class->captures()) {
    if (C.capturesVariable()) {
      const ValueDecl *V = C.getCapturedVar();
      if (const auto *Var = dyn_cast<VarDecl>(V))
        addHandle(capture(Var), V->getType(), V->getName(), V->getLocation());
    } else if (C.capturesThis()) {
      addFieldHandles(Field->getType()->isPointerType()
                          ? Field->getType()->getPointeeCXXRecordDecl()
                          : Field->getType()->getAsCXXRecordDecl(),
                      thisPath(), 0);
    }
    ++Field;
  }
}

model::FunctionSummary FunctionExtractor::run() {
  describe();
  if (Function->doesThisDeclarationHaveABody() && Function->getBody()) {
    Out.HasBody = true;
    describeHandles();
    Scan = std::make_unique<BodyScan>(Unit, Function);
    Out.Coroutine = Scan->HasCoroutine;
    walk();
  }
  return std::move(Out);
}

} // namespace raddle::checkers
