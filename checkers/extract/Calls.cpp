// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and constructions: told apart here, known libraries in their own files.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/Basic/Builtins.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

void FunctionExtractor::arguments(RawEvent &E,
                                  llvm::ArrayRef<const Expr *> Args) {
  for (size_t I = 0; I < Args.size(); ++I) {
    const Expr *A = Args[I];
    if (isa<CXXDefaultArgExpr>(A)) {
      E.ArgPaths.push_back({});
      continue;
    }
    // Scalars lead nowhere; a constant zero may be a null pointer.
    bool Matters = matters(A->getType()) || isCallableType(A->getType()) ||
                   A->getType()->isPointerType() ||
                   A->getType()->isNullPtrType();
    E.ArgPaths.push_back(Matters ? pathOf(A) : Path());
    if (I < 32 && handleOf(A) != model::HandleKind::None)
      E.CancelArgs |= 1u << I;
  }
}

void FunctionExtractor::userCall(const FunctionDecl *Callee, const Expr *At,
                                 const Expr *Object,
                                 llvm::ArrayRef<const Expr *> Args,
                                 bool Virtual) {
  RawEvent E = event(EventKind::Call, At);
  E.Callee = Unit.key(Callee);
  E.Text = text(Callee);
  E.Virtual = Virtual;
  if (Object)
    E.ObjectPath = pathOf(Object);
  arguments(E, Args);
  QualType Type = Callee->getReturnType();
  if (Type->isRecordType() && !Unit.Types.isPointerLike(Type))
    E.ResultPath = objectOf(At);
  add(std::move(E), BodyScan::core(At));
}

void FunctionExtractor::indirectCall(const CallExpr *C) {
  const Expr *Callee = BodyScan::core(C->getCallee());
  RawEvent E = event(EventKind::Call, C);
  if (const auto *B = dyn_cast<BinaryOperator>(Callee); B && B->isPtrMemOp()) {
    E.ObjectPath = pathOf(B->getLHS());
    E.CalleeAs = pathOf(B->getRHS());
  } else {
    E.CalleeAs = pathOf(Callee);
  }
  arguments(E, llvm::ArrayRef(C->getArgs(), C->getNumArgs()));
  if (C->getType()->isRecordType() && C->isPRValue() &&
      !Unit.Types.isPointerLike(C->getType()))
    E.ResultPath = objectOf(C);
  if (isOpaque(E.CalleeAs) && E.CalleeAs.Elements.empty()) {
    work();
    return;
  }
  add(std::move(E), C);
}

/// A variable or field of class type: its dynamic type is its static one.
static bool isWholeObject(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  const ValueDecl *D = nullptr;
  if (const auto *R = dyn_cast<DeclRefExpr>(E))
    D = R->getDecl();
  else if (const auto *M = dyn_cast<MemberExpr>(E))
    D = M->getMemberDecl();
  return D && isa<VarDecl, FieldDecl>(D) && D->getType()->isRecordType();
}

void FunctionExtractor::call(const CallExpr *C) {
  const FunctionDecl *Callee = C->getDirectCallee();
  if (!Callee) {
    indirectCall(C);
    return;
  }
  if (unsigned Builtin = Callee->getBuiltinID();
      Builtin && !Context.BuiltinInfo.isPredefinedLibFunction(Builtin)) {
    builtin(C, Callee);
    return;
  }
  if (const auto *M = dyn_cast<CXXMemberCallExpr>(C)) {
    const Expr *Object = M->getImplicitObjectArgument();
    // The class as written: members of std::future are those of a base.
    QualType Type = Object->IgnoreParenImpCasts()->getType();
    if (Type->isPointerType())
      Type = Type->getPointeeType();
    const TypeInfo *Info = &Unit.Types.of(Type);
    if (!*Info)
      Info = &Unit.Types.of(M->getRecordDecl());
    StringRef Name = Callee->getIdentifier() ? Callee->getName()
                     : isa<CXXConversionDecl>(Callee)
                         ? StringRef("operator bool")
                         : StringRef();
    switch (Info->Kind) {
    case TypeKind::Lock:
      if (lockMember(M, *Info, Name))
        return;
      break;
    case TypeKind::Guard:
      if (guardMember(M, *Info, Name))
        return;
      break;
    case TypeKind::Synchronized:
      if (synchronizedMember(M, Name))
        return;
      break;
    case TypeKind::Thread:
    case TypeKind::JoiningThread:
    case TypeKind::ThreadGroup:
    case TypeKind::Executor:
      if (threadMember(M, *Info, Name))
        return;
      break;
    case TypeKind::CondVar:
    case TypeKind::Semaphore:
    case TypeKind::Latch:
    case TypeKind::Barrier:
    case TypeKind::Event:
    case TypeKind::Future:
      if (waitMember(M, *Info, Name))
        return;
      break;
    case TypeKind::Atomic:
    case TypeKind::AtomicFlag:
      if (atomicMember(M, *Info, Name))
        return;
      break;
    case TypeKind::StopToken:
    case TypeKind::StopSource:
    case TypeKind::CustomHandle:
      if (cancelMember(M, *Info, Name))
        return;
      break;
    default:
      if (threadMember(M, *Info, Name))
        return;
      break;
    }
    if (pollingMember(M, *Info, Name))
      return;
    if (isa<CXXConversionDecl>(Callee) &&
        llvm::cast<CXXMethodDecl>(Callee)->getParent()->isLambda())
      return; // To a function pointer: Callables.cpp looks through it.
    if (Unit.isUser(Callee)) {
      const auto *Member = dyn_cast<MemberExpr>(C->getCallee()->IgnoreParens());
      const auto *Method = llvm::cast<CXXMethodDecl>(Callee);
      bool Virtual =
          Method->isVirtual() && !(Member && Member->hasQualifier()) &&
          !Method->hasAttr<FinalAttr>() &&
          !Method->getParent()->isEffectivelyFinal() && !isWholeObject(Object);
      userCall(Callee, C, Object, llvm::ArrayRef(C->getArgs(), C->getNumArgs()),
               Virtual);
      return;
    }
    systemCall(Callee, C);
    return;
  }
  llvm::ArrayRef<const Expr *> Args(C->getArgs(), C->getNumArgs());
  if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(C)) {
    if (Op->getNumArgs() >= 1 && isa<CXXMethodDecl>(Callee)) {
      const TypeInfo &Info = Unit.Types.of(Op->getArg(0)->getType());
      if (Info.is(TypeKind::Guard) && Op->getOperator() == OO_Equal &&
          Op->getNumArgs() == 2) {
        RawEvent E = event(EventKind::GuardMove, C);
        E.ObjectPath = pathOf(Op->getArg(0));
        E.ArgPaths.push_back(pathOf(Op->getArg(1)));
        add(std::move(E));
        return;
      }
      if (Info.is(TypeKind::Atomic)) {
        switch (Op->getOperator()) {
        case OO_Equal:
          asked(Op->getArg(0));
          work();
          return;
        case OO_PlusPlus:
        case OO_MinusMinus:
        case OO_PlusEqual:
        case OO_MinusEqual:
        case OO_PipeEqual:
        case OO_AmpEqual:
          atomicUpdate(Op->getArg(0), Op);
          work();
          return;
        default:
          break;
        }
      }
      if (Unit.isUser(Callee) &&
          !llvm::cast<CXXMethodDecl>(Callee)->isStatic()) {
        const auto *Method = llvm::cast<CXXMethodDecl>(Callee);
        if (Method->isTrivial() || Method->isDefaulted()) {
          copied(pathOf(Op->getArg(0)), Op->getArg(1), Method->getParent(),
                 Method->isMoveAssignmentOperator(), C);
          return;
        }
        userCall(Callee, C, Op->getArg(0), Args.drop_front(),
                 Method->isVirtual());
        return;
      }
    }
  }
  StringRef Name = Unit.plain(Callee);
  bool Ours = Unit.isUser(Callee) && Callee->isDefined();
  if (!Ours && (lockFunction(C, Name) || threadFunction(C, Name)))
    return;
  if (!Ours && !Name.contains("::") && cLockFunction(C, Name))
    return;
  if (blockingFunction(C, Name))
    return;
  if (Unit.isUser(Callee)) {
    userCall(Callee, C, nullptr, Args, false);
    return;
  }
  systemCall(Callee, C);
}

void FunctionExtractor::builtin(const CallExpr *C, const FunctionDecl *Callee) {
  StringRef Name = Callee->getName();
  if (Name.contains("pause") || Name.ends_with("arm_yield") ||
      Name.ends_with("arm_wfe")) {
    add(event(EventKind::Pause, C));
    return;
  }
  if (Name.starts_with("__sync_")) {
    if (C->getNumArgs() && Name != "__sync_synchronize")
      atomicUpdate(C->getArg(0), C);
    work();
    return;
  }
  if (Name.starts_with("__builtin_") &&
      (Name.contains("expect") || Name.contains("unreachable") ||
       Name.contains("constant_p") || Name.contains("assume") ||
       Name.contains("offsetof") || Name.contains("addressof")))
    return;
  work();
}

} // namespace raddle::checkers
