// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/FunctionExtractor.h"
#include "clang/AST/Attr.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

FunctionExtractor::FunctionExtractor(UnitContext &Unit,
                                     const FunctionDecl *Function)
    : Unit(Unit), Function(Function), Context(Unit.Context) {}

//===-- Emission ----------------------------------------------------------===//

FunctionExtractor::RawEvent FunctionExtractor::event(EventKind Kind,
                                                     SourceRange At) {
  RawEvent E;
  E.Kind = Kind;
  E.Where = Unit.where(At);
  E.NoLint = Unit.noLint(At.getBegin());
  return E;
}

FunctionExtractor::RawEvent FunctionExtractor::event(EventKind Kind,
                                                     const Stmt *At) {
  return event(Kind, At->getSourceRange());
}

FunctionExtractor::Token FunctionExtractor::add(RawEvent E) {
  Token T = Events.size();
  Events.push_back(std::move(E));
  Blocks[Current].Events.push_back(T);
  return T;
}

void FunctionExtractor::store(Path To, Path From, const Stmt *At) {
  if (isOpaque(To) || From.Root == RootKind::None || To == From ||
      (From.Root == RootKind::Opaque && From.Elements.empty()))
    return;
  RawEvent E = event(EventKind::Store, At);
  E.ObjectPath = std::move(To);
  E.ArgPaths.push_back(std::move(From));
  add(std::move(E));
}

model::StringId FunctionExtractor::text(const NamedDecl *D) {
  return Unit.spelling(D);
}

//===-- Control flow ------------------------------------------------------===//

static CFG::BuildOptions graphOptions() {
  CFG::BuildOptions Options;
  Options.AddImplicitDtors = true;
  Options.AddTemporaryDtors = true;
  Options.AddInitializers = true;
  Options.AddStaticInitBranches = true;
  Options.AddCXXDefaultInitExprInCtors = true;
  Options.OmitImplicitValueInitializers = true;
  for (Stmt::StmtClass Class :
       {Stmt::CallExprClass, Stmt::CXXMemberCallExprClass,
        Stmt::CXXOperatorCallExprClass, Stmt::UserDefinedLiteralClass,
        Stmt::CXXConstructExprClass, Stmt::CXXTemporaryObjectExprClass,
        Stmt::CXXInheritedCtorInitExprClass, Stmt::CXXNewExprClass,
        Stmt::CXXDeleteExprClass, Stmt::LambdaExprClass,
        Stmt::BinaryOperatorClass, Stmt::CompoundAssignOperatorClass,
        Stmt::UnaryOperatorClass, Stmt::ImplicitCastExprClass,
        Stmt::AtomicExprClass, Stmt::InitListExprClass, Stmt::CXXThrowExprClass,
        Stmt::GCCAsmStmtClass})
    Options.setAlwaysAdd(Class);
  return Options;
}

void FunctionExtractor::walk() {
  static const CFG::BuildOptions Options = graphOptions();
  std::unique_ptr<CFG> Graph =
      CFG::buildCFG(Function, Function->getBody(), &Context, Options);
  if (!Graph) {
    // Clang builds no graph for broken code; the function is opaque.
    Out.Blocks.emplace_back();
    Out.Blocks.back().Work = true;
    Out.Blocks.back().Returns = true;
    return;
  }
  const std::vector<Segment> Order = segments(*Graph);
  // The hidden iterators of range-for stand for an element of the range.
  for (const Stmt *S : Scan->Loops)
    if (const auto *For = dyn_cast<CXXForRangeStmt>(S);
        For && For->getBeginStmt() && For->getRangeInit()) {
      // The range itself is declared first, so its path is set on the way;
      // hidden variables are looked up by name only here.
      if (const auto *Begin =
              dyn_cast<VarDecl>(For->getBeginStmt()->getSingleDecl()))
        RangeOf[Begin] = For;
      if (const auto *End =
              dyn_cast<VarDecl>(For->getEndStmt()->getSingleDecl()))
        RangeOf[End] = For;
    }

  const CFGBlock *Exit = &Graph->getExit();
  std::map<const CFGBlock *, const VarDecl *> StaticInit;
  for (const Segment &S : Order)
    if (const auto *D =
            dyn_cast_or_null<DeclStmt>(S.Block->getTerminatorStmt()))
      if (const auto *V = dyn_cast<VarDecl>(D->getSingleDecl());
          V && S.Block->succ_size() == 2)
        if (const CFGBlock *Init = *std::next(S.Block->succ_begin()))
          StaticInit[Init] = V;

  for (size_t I = 0; I < Order.size(); ++I) {
    const Segment &S = Order[I];
    Current = I;
    LastAssigned.clear();
    Elided.clear();
    if (auto It = StaticInit.find(S.Block);
        It != StaticInit.end() && S.Begin == 0)
      staticLocal(It->second, /*Begin=*/true);
    bool Throws = false;
    for (unsigned E = S.Begin; E < S.End; ++E) {
      const CFGElement Element = (*S.Block)[E];
      if (auto Statement = Element.getAs<CFGStmt>())
        Throws |= isa<CXXThrowExpr>(Statement->getStmt());
      element(Element);
    }
    noteCase(*S.Block, Blocks[I]);
    if (!S.Last)
      continue;
    RawBlock &B = Blocks[I];
    // What no handler takes leaves the function, but does not return.
    if (S.Block->hasNoReturnElement() || Throws ||
        isa_and_nonnull<CXXTryStmt>(S.Block->getTerminatorStmt())) {
      llvm::erase_if(B.Successors,
                     [&](unsigned Next) { return Order[Next].Block == Exit; });
      continue;
    }
    if (S.Block == Exit) {
      B.Returns = true;
      continue;
    }
    if (B.Returns) {
      if (B.Successors.size() == 1 && Order[B.Successors[0]].Block == Exit)
        B.Successors.clear();
      else
        B.Returns = false;
    }
    if (B.Successors.size() != 2 || S.Block->succ_size() != 2)
      continue;
    const Stmt *Terminator = S.Block->getTerminatorStmt();
    if (!Terminator || isa<SwitchStmt, CXXForRangeStmt, DeclStmt>(Terminator))
      continue;
    const Expr *Condition = nullptr;
    if (const auto *Logical = dyn_cast<BinaryOperator>(Terminator))
      Condition = Logical->getLHS();
    else
      Condition = dyn_cast_or_null<Expr>(
          S.Block->getTerminatorCondition(/*StripParens=*/true));
    // `a && b` as condition: the block that decides holds b.
    while (Condition) {
      const auto *Inner =
          dyn_cast<BinaryOperator>(Condition->IgnoreParenImpCasts());
      if (!Inner || !Inner->isLogicalOp())
        break;
      Condition = Inner->getRHS();
    }
    Outcome O = outcome(Condition);
    B.BranchOn = O.On;
    B.BranchNegated = O.Negated;
  }
  findLoops(Order);
  placeJoins();
  reduce();
  emit();
}

void FunctionExtractor::element(const CFGElement &Element) {
  switch (Element.getKind()) {
  case CFGElement::Statement:
  case CFGElement::Constructor:
  case CFGElement::CXXRecordTypedCall:
    statement(Element.castAs<CFGStmt>().getStmt());
    return;
  case CFGElement::Initializer:
    initializer(Element.castAs<CFGInitializer>().getInitializer());
    return;
  case CFGElement::AutomaticObjectDtor: {
    auto D = Element.castAs<CFGAutomaticObjDtor>();
    const VarDecl *V = D.getVarDecl();
    // What was moved out is somebody else's to destroy.
    if (Elided.count(V) ||
        (Scan->moved(V) &&
         Unit.Types.of(V->getType()).is(TypeKind::UniquePointer)))
      return;
    SourceLocation End =
        D.getTriggerStmt() ? D.getTriggerStmt()->getEndLoc() : V->getLocation();
    QualType Type = V->getType().getNonReferenceType();
    destroy(root(RootKind::Local, localIndex(V)), Type, SourceRange(End, End));
    return;
  }
  case CFGElement::TemporaryDtor: {
    const CXXBindTemporaryExpr *B =
        Element.castAs<CFGTemporaryDtor>().getBindTemporaryExpr();
    Destination D = Scan->boundTemporary(B);
    // Owning pointers that are temporary are there to be moved from.
    if (D.What == Destination::Temporary &&
        !Unit.Types.of(B->getType()).is(TypeKind::UniquePointer))
      destroy(place(D), B->getType(), B->getSourceRange());
    return;
  }
  case CFGElement::DeleteDtor: {
    const CXXDeleteExpr *D = Element.castAs<CFGDeleteDtor>().getDeleteExpr();
    destroy(pathOf(D->getArgument()), D->getDestroyedType(),
            D->getSourceRange());
    return;
  }
  case CFGElement::MemberDtor: {
    const FieldDecl *F = Element.castAs<CFGMemberDtor>().getFieldDecl();
    SourceLocation End = Function->getEndLoc();
    destroy(field(root(RootKind::This), F), F->getType(),
            SourceRange(End, End));
    return;
  }
  case CFGElement::BaseDtor: {
    SourceLocation End = Function->getEndLoc();
    destroy(root(RootKind::This),
            Element.castAs<CFGBaseDtor>().getBaseSpecifier()->getType(),
            SourceRange(End, End));
    return;
  }
  default:
    return;
  }
}

void FunctionExtractor::destroy(Path Object, QualType Type, SourceRange At) {
  if (Type.isNull())
    return;
  while (const auto *Array = Context.getAsArrayType(Type)) {
    Type = Array->getElementType();
    Object = elementOf(Object);
  }
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (!Record || !Unit.destructionMatters(Record))
    return;
  const TypeInfo &Info = Unit.Types.of(Record);
  if (Info.is(TypeKind::InverseGuard)) {
    for (size_t I = InverseGuards.size(); I--;)
      if (InverseGuards[I].first == Object) {
        RawEvent E = InverseGuards[I].second;
        E.Where = Unit.where(At);
        add(std::move(E));
        return;
      }
    return;
  }
  RawEvent E = event(EventKind::Destroy, At);
  E.ObjectPath = std::move(Object);
  const CXXRecordDecl *Owner = Record;
  if (Info.is(TypeKind::UniquePointer) || Info.is(TypeKind::Optional)) {
    Owner = Unit.Types.pointee(Type)->getAsCXXRecordDecl();
    if (Owner && Unit.Types.of(Owner))
      Owner = nullptr;
  } else if (Info) {
    Owner = nullptr;
  }
  if (Owner && Owner->hasDefinition() && Unit.isUser(Owner))
    if (const CXXDestructorDecl *D = Owner->getDefinition()->getDestructor()) {
      E.Callee = Unit.key(D);
      E.Virtual = Owner != Record && D->isVirtual();
      E.Text = text(D);
      if (!D->isUserProvided())
        Unit.PendingDestructors.insert(D);
    }
  add(std::move(E));
}

void FunctionExtractor::staticLocal(const VarDecl *V, bool Begin) {
  if (!V->isStaticLocal() || V->hasConstantInitialization())
    return;
  Path Lock = root(RootKind::Global, 0, Unit.global(V));
  if (Begin) {
    RawEvent E = event(EventKind::Acquire, V->getSourceRange());
    E.ObjectPath = Lock;
    E.Text =
        Unit.intern("initialisation of static '" + V->getNameAsString() + "'");
    add(std::move(E));
    return;
  }
  // Nothing in between: nobody can notice the lock.
  std::vector<Token> &Here = Blocks[Current].Events;
  if (!Here.empty() && Events[Here.back()].Kind == EventKind::Acquire &&
      Events[Here.back()].ObjectPath == Lock) {
    Here.pop_back();
    return;
  }
  RawEvent E = event(EventKind::Release, V->getSourceRange());
  E.ObjectPath = Lock;
  add(std::move(E));
}

} // namespace raddle::checkers
