// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the functions of a translation unit. Namespaces and classes of system
// headers are passed by without a look inside.
#include "checkers/extract/Extract.h"
#include "checkers/extract/FunctionExtractor.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace raddle::checkers {

namespace {

class UnitWalk {
public:
  explicit UnitWalk(UnitContext &Unit) : Unit(Unit) {}

  void context(const DeclContext *C) {
    for (const Decl *D : C->decls())
      declaration(D);
  }

  void declaration(const Decl *D) {
    switch (D->getKind()) {
    case Decl::Namespace:
      if (Unit.isUser(D))
        context(cast<NamespaceDecl>(D));
      return;
    case Decl::LinkageSpec:
    case Decl::Export:
      if (Unit.isUser(D))
        context(Decl::castToDeclContext(D));
      return;
    case Decl::Friend:
      if (const NamedDecl *F = cast<FriendDecl>(D)->getFriendDecl())
        declaration(F);
      return;
    case Decl::Function:
    case Decl::CXXMethod:
    case Decl::CXXConstructor:
    case Decl::CXXDestructor:
    case Decl::CXXConversion:
      if (Unit.isUser(D))
        function(cast<FunctionDecl>(D));
      return;
    case Decl::FunctionTemplate:
      if (Unit.isUser(D))
        for (const FunctionDecl *F :
             cast<FunctionTemplateDecl>(D)->specializations())
          function(F);
      return;
    case Decl::CXXRecord:
    case Decl::ClassTemplateSpecialization:
      record(cast<CXXRecordDecl>(D));
      return;
    case Decl::ClassTemplatePartialSpecialization:
      return;
    case Decl::ClassTemplate:
      if (Unit.isUser(D))
        for (const ClassTemplateSpecializationDecl *S :
             cast<ClassTemplateDecl>(D)->specializations())
          record(S);
      return;
    case Decl::Var:
      if (Unit.isUser(D))
        variable(cast<VarDecl>(D));
      return;
    case Decl::VarTemplate:
      if (Unit.isUser(D))
        for (const VarDecl *V : cast<VarTemplateDecl>(D)->specializations())
          variable(V);
      return;
    default:
      return;
    }
  }

private:
  void function(const FunctionDecl *F) {
    if (F->isDependentContext() || F->isInvalidDecl())
      return;
    if (F->doesThisDeclarationHaveABody()) {
      if (!F->isDefaulted() || F->isUserProvided())
        Unit.Pending.insert(F);
      return;
    }
    // Without a body: only what callers must know of it.
    const auto *M = dyn_cast<CXXMethodDecl>(F);
    bool Tells = (M && M->isVirtual() && !M->isImplicit()) ||
                 F->hasAttr<AcquireCapabilityAttr>() ||
                 F->hasAttr<ReleaseCapabilityAttr>() ||
                 F->hasAttr<TryAcquireCapabilityAttr>() ||
                 F->hasAttr<RequiresCapabilityAttr>();
    if (!Tells)
      return;
    const FunctionDecl *Definition = nullptr;
    if (F->hasBody(Definition))
      return; // Its definition says the same.
    Unit.Pending.insert(F);
  }

  void record(const CXXRecordDecl *R) {
    if (!R->isThisDeclarationADefinition() || R->isDependentContext() ||
        R->isInvalidDecl() || !Unit.isUser(R) || R->isLambda())
      return;
    if (!Records.insert(R).second)
      return;
    Unit.recordKey(R);
    context(R);
  }

  void variable(const VarDecl *V) {
    if (V->getDeclContext()->isDependentContext() || V->isInvalidDecl() ||
        !V->hasGlobalStorage())
      return;
    if (Unit.lockType(V->getType()) && V->isThisDeclarationADefinition())
      Unit.global(V);
    if (V->hasInit() && leads(V->getType()))
      Initialised.push_back(V);
  }

  /// A function or an object of the user's can be behind it.
  bool leads(QualType Type) {
    Type = Unit.Context.getBaseElementType(Type.getNonReferenceType());
    if (Type->isRecordType() || Type->isFunctionPointerType())
      return true;
    return Type->isPointerType() && Type->getPointeeType()->isRecordType();
  }

public:
  std::vector<const VarDecl *> Initialised;

private:
  UnitContext &Unit;
  llvm::DenseSet<const CXXRecordDecl *> Records;
};

/// Does nothing that anybody could notice.
bool isBare(const model::FunctionSummary &F) {
  for (const model::Block &B : F.Blocks)
    if (!B.Events.empty())
      return false;
  return true;
}

} // namespace

model::TUSummary extractSummary(ASTContext &Context,
                                const ExtractOptions &Options) {
  model::TUSummary Summary;
  UnitContext Unit(Context, Options, Summary);
  Summary.MainFile = Unit.where(Unit.Sources.getLocForStartOfFile(
                                    Unit.Sources.getMainFileID()))
                         .File;
  UnitWalk Walk(Unit);
  Walk.context(Context.getTranslationUnitDecl());
  model::FunctionSummary Globals =
      FunctionExtractor::globalInitialisers(Unit, Walk.Initialised);
  if (!isBare(Globals))
    Summary.Functions.push_back(std::move(Globals));
  Unit.findRecursiveMutexes();
  llvm::DenseSet<const FunctionDecl *> Done;
  // Both lists grow while they are walked.
  for (size_t I = 0, J = 0;
       I < Unit.Pending.size() || J < Unit.PendingDestructors.size();) {
    if (I < Unit.Pending.size()) {
      const FunctionDecl *F = Unit.Pending[I++];
      if (F->isDependentContext() || F->isInvalidDecl() ||
          !Done.insert(F->getCanonicalDecl()).second)
        continue;
      const FunctionDecl *Definition = nullptr;
      if (F->hasBody(Definition) && !Definition->isDependentContext())
        F = Definition;
      model::FunctionSummary Out = FunctionExtractor(Unit, F).run();
      if (F->isImplicit() && !Out.Closure && isBare(Out))
        continue;
      Summary.Functions.push_back(std::move(Out));
      continue;
    }
    const CXXDestructorDecl *D = Unit.PendingDestructors[J++];
    Summary.Functions.push_back(FunctionExtractor::implicitDestructor(Unit, D));
  }
  return Summary;
}

} // namespace raddle::checkers
