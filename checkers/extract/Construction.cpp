// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects being made: constructors, copies nobody wrote, make_unique and
// emplace.
#include "checkers/extract/FunctionExtractor.h"
#include "clang/Basic/Builtins.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

/// The constructor that make_unique and emplace run: bodies of system
/// templates are not instantiated, so it is found by the number of arguments.
void FunctionExtractor::constructIndirectly(QualType Type, Path Object,
                                            llvm::ArrayRef<const Expr *> Args,
                                            const Expr *At) {
  if (Type.isNull())
    return;
  if (const TypeInfo &Info = Unit.Types.of(Type);
      (Info.is(TypeKind::Thread) || Info.is(TypeKind::JoiningThread)) &&
      !Args.empty() && Unit.Types.of(Args[0]->getType()).Kind != Info.Kind) {
    spawn(At,
          Info.is(TypeKind::Thread) ? model::SpawnKind::Thread
                                    : model::SpawnKind::JoiningThread,
          std::move(Object), Args);
    return;
  }
  const CXXRecordDecl *Class = Type->getAsCXXRecordDecl();
  if (!Class || !(Class = Class->getDefinition()) || !Unit.isUser(Class))
    return;
  const CXXConstructorDecl *Only = nullptr;
  for (const CXXConstructorDecl *C : Class->ctors()) {
    if (!C->isUserProvided() || C->getMinRequiredArguments() > Args.size() ||
        C->getNumParams() < Args.size() || C->isCopyOrMoveConstructor())
      continue;
    if (Only)
      return;
    Only = C;
  }
  if (!Only)
    return;
  RawEvent E = event(EventKind::Call, At);
  E.Callee = Unit.key(Only);
  E.Text = text(Only);
  E.ObjectPath = std::move(Object);
  arguments(E, Args);
  add(std::move(E));
}

/// A copy or move that nobody wrote: fields of the one are those of the other.
void FunctionExtractor::copied(Path To, const Expr *Source,
                               const CXXRecordDecl *Class, bool Move,
                               const Expr *At) {
  Path From = pathOf(Source);
  if (To == From || isOpaque(To))
    return;
  bool Leads = Class->isLambda();
  if (const CXXRecordDecl *Definition = Class->getDefinition())
    for (const FieldDecl *F : Definition->fields()) {
      if (Move && Unit.Types.of(F->getType()).is(TypeKind::Guard)) {
        RawEvent E = event(EventKind::GuardMove, At);
        E.ObjectPath = field(To, F);
        E.ArgPaths.push_back(field(From, F));
        add(std::move(E));
      } else if (Unit.Types.isPointerLike(F->getType()) ||
                 isCallableType(F->getType())) {
        Leads |= matters(F->getType());
      }
    }
  if (Leads)
    store(To, From, At);
}

void FunctionExtractor::construct(const CXXConstructExpr *C) {
  if (C->isElidable() && C->getNumArgs() == 1)
    return;
  const CXXConstructorDecl *Constructor = C->getConstructor();
  const CXXRecordDecl *Class = Constructor->getParent();
  const TypeInfo &Info = Unit.Types.of(Class);
  switch (Info.Kind) {
  case TypeKind::Guard:
  case TypeKind::InverseGuard:
    if (guardConstruct(C, Info))
      return;
    break;
  case TypeKind::Thread:
  case TypeKind::JoiningThread:
    if (threadConstruct(C, Info))
      return;
    break;
  case TypeKind::StopCallback: {
    if (C->getNumArgs() < 2)
      return;
    RawEvent E = event(EventKind::CancelCallback, C);
    E.ObjectPath = pathOf(C->getArg(0));
    Callable What = callable(C->getArg(1));
    E.Callee = What.Callee;
    E.CalleeAs = What.CalleePath;
    add(std::move(E));
    return;
  }
  case TypeKind::Optional:
    // `return guard;` as an optional guard.
    if (C->getNumArgs() >= 1 &&
        Unit.Types.of(C->getArg(0)->getType()).is(TypeKind::Guard)) {
      RawEvent E = event(EventKind::GuardMove, C);
      E.ObjectPath = objectOf(C);
      E.ArgPaths.push_back(pathOf(C->getArg(0)));
      add(std::move(E), C);
    }
    return;
  case TypeKind::None:
    break;
  default:
    return;
  }
  if (Class->isLambda())
    return;
  if (!Unit.isUser(Class)) {
    if (Constructor->getNumParams() && !Constructor->isTrivial() &&
        !Class->getDefinition()->hasTrivialDestructor())
      work();
    return;
  }
  if (Constructor->isCopyOrMoveConstructor() &&
      !Constructor->isUserProvided()) {
    if (C->getNumArgs())
      copied(objectOf(C), C->getArg(0), Class, Constructor->isMoveConstructor(),
             C);
    return;
  }
  if (Constructor->isTrivial())
    return;
  if (!Constructor->isUserProvided() && Constructor->hasBody())
    Unit.Pending.insert(Constructor);
  RawEvent E = event(EventKind::Call, C);
  E.Callee = Unit.key(Constructor);
  E.Text = text(Constructor);
  E.ObjectPath = objectOf(C);
  arguments(E, llvm::ArrayRef(C->getArgs(), C->getNumArgs()));
  add(std::move(E), C);
}

} // namespace raddle::checkers
