// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function's AST and control flow -> its FunctionSummary.
#ifndef RADDLE_CHECKERS_EXTRACT_FUNCTIONEXTRACTOR_H
#define RADDLE_CHECKERS_EXTRACT_FUNCTIONEXTRACTOR_H

#include "checkers/extract/BodyScan.h"
#include "checkers/extract/UnitContext.h"
#include "clang/Analysis/CFG.h"

namespace raddle::checkers {

/// What a call of a callable value runs.
struct Callable {
  model::StringId Callee = 0;   ///< Function known by name.
  model::AccessPath CalleePath; ///< Else the variable that holds it.
  model::AccessPath Object;     ///< What it runs on, if HasObject.
  bool HasObject = false;
  bool NeedsObject = false; ///< Member pointer: the next argument is it.
  bool Virtual = false;
  const clang::FunctionDecl *Function = nullptr;

  explicit operator bool() const {
    return Callee || CalleePath.Root != model::RootKind::None;
  }
};

class FunctionExtractor {
public:
  FunctionExtractor(UnitContext &Unit, const clang::FunctionDecl *Function);

  /// With events and blocks if the function has a body.
  model::FunctionSummary run();

  /// Of a destructor nobody wrote: destroys members and bases.
  static model::FunctionSummary
  implicitDestructor(UnitContext &Unit, const clang::CXXDestructorDecl *D);

  /// What initialising the unit's global variables stores and calls, as a
  /// function of its own: tables of functions, registered callbacks.
  static model::FunctionSummary
  globalInitialisers(UnitContext &Unit,
                     llvm::ArrayRef<const clang::VarDecl *> Globals);

private:
  using Path = model::AccessPath;
  using Token = unsigned; ///< Index into Events, in order of emission.
  static constexpr Token NoToken = ~0u;

  struct RawBlock {
    std::vector<Token> Events;
    llvm::SmallVector<unsigned, 2> Successors;
    bool Work = false;
    bool Returns = false;
    Path ReturnPath;
    Token ReturnOn = NoToken;
    bool ReturnNegated = false;
    int8_t ReturnConstant = -1;
    Token BranchOn = NoToken;
    bool BranchNegated = false;
    int Loop = -1;
    bool Keep = true;
  };
  struct RawEvent : model::Event {
    Path ObjectPath, ResultPath, CalleeAs, SwitchPath;
    llvm::SmallVector<Path, 2> ArgPaths;
  };
  /// Notes on the events of a block that it is the `case` of an enumerator.
  void noteCase(const clang::CFGBlock &B, const RawBlock &Raw);
  struct RawLoop {
    const clang::Stmt *Statement = nullptr;
    unsigned Head = 0;
    unsigned First = 0; ///< First block that leads back.
    std::vector<bool> Members;
    unsigned Size = 0;
    int Parent = -1;
  };

  // Declarations.cpp, FunctionExtractor.cpp, Statements.cpp, Unwritten.cpp.
  void describe();
  void describeAttributes();
  void describeHandles();
  void addHandle(Path Where, clang::QualType Type, llvm::StringRef Name,
                 clang::SourceLocation At);
  void addFieldHandles(const clang::CXXRecordDecl *Record, Path Base,
                       int Depth);
  void walk();
  void element(const clang::CFGElement &Element);
  void statement(const clang::Stmt *S);
  void initializer(const clang::CXXCtorInitializer *Init);
  void declare(const clang::VarDecl *V);
  void returned(const clang::Expr *Value, const clang::Stmt *At,
                const clang::VarDecl *NrvoVariable);
  void binary(const clang::BinaryOperator *B);
  void unary(const clang::UnaryOperator *Op);
  void cast(const clang::CastExpr *C);
  void lambda(const clang::LambdaExpr *L);
  void initList(const clang::InitListExpr *L);
  void destroy(Path Object, clang::QualType Type, clang::SourceRange At);
  void staticLocal(const clang::VarDecl *V, bool Begin);
  void order(const clang::Expr *Left, const clang::Expr *Right);

  // BlockGraph.cpp: loops, reduction, numbering.
  /// A block of Clang's graph, or a part of one that a try block starts in.
  struct Segment {
    const clang::CFGBlock *Block;
    unsigned Begin, End; ///< Elements.
    bool Last;
    const clang::CFGBlock *Handlers; ///< Where an exception goes, if not Last.
  };
  std::vector<Segment> segments(const clang::CFG &Graph);
  void findLoops(llvm::ArrayRef<Segment> Order);
  void placeJoins();
  void dropUnreachable();
  void reduce();
  void emit();
  model::PathId pathId(Path P);

  // Conditions.cpp
  struct Outcome {
    Token On = NoToken;
    bool Negated = false;
  };
  Outcome outcome(const clang::Expr *E, int Depth = 0);
  int constantOf(const clang::Expr *E);

  // Loops.cpp
  void describeLoop(const RawLoop &Raw, model::Loop &Out);

  // Paths.cpp, CallPaths.cpp
  Path pathOf(const clang::Expr *E, int Depth = 0);
  Path pathOfDecl(const clang::ValueDecl *D, const clang::Expr *Use);
  Path pathOfCall(const clang::CallExpr *C, int Depth);
  Path pathOfConstruct(const clang::CXXConstructExpr *C, int Depth);
  Path place(const Destination &D);
  Path objectOf(const clang::Expr *Construction);
  Path temporaryOf(const clang::Expr *E);
  Path field(Path Base, const clang::FieldDecl *F);
  Path elementOf(Path Base);
  Path pseudo(Path Base, llvm::StringRef Name, bool ByValue = true);
  Path thisPath();
  Path capture(const clang::VarDecl *V);
  static Path root(model::RootKind Kind, uint32_t Index = 0,
                   model::StringId Name = 0);
  static bool isOpaque(const Path &P) {
    return P.Root == model::RootKind::None || P.Root == model::RootKind::Opaque;
  }
  /// Functions of libraries that only pass on their first argument's object.
  static bool passesObject(llvm::StringRef Name);
  bool isOwn(const clang::FunctionDecl *F) const {
    return Function && F->getCanonicalDecl() == Function->getCanonicalDecl();
  }
  void lambdasIn(const clang::Stmt *S);
  void initial(Path To, const clang::Expr *Init, int Depth);
  uint32_t localIndex(const clang::VarDecl *V);
  bool matters(clang::QualType Type);

  // Calls.cpp, Construction.cpp, LibraryCalls.cpp
  void call(const clang::CallExpr *C);
  void construct(const clang::CXXConstructExpr *C);
  void userCall(const clang::FunctionDecl *Callee, const clang::Expr *At,
                const clang::Expr *Object,
                llvm::ArrayRef<const clang::Expr *> Args, bool Virtual);
  void systemCall(const clang::FunctionDecl *Callee, const clang::CallExpr *C);
  void indirectCall(const clang::CallExpr *C);
  void arguments(RawEvent &E, llvm::ArrayRef<const clang::Expr *> Args);
  bool runsCallables(const clang::FunctionDecl *Callee,
                     const clang::CallExpr *C);
  void callOperator(const clang::CXXOperatorCallExpr *C);
  bool callOperatorOf(clang::QualType Type);
  void constructIndirectly(clang::QualType Type, Path Object,
                           llvm::ArrayRef<const clang::Expr *> Args,
                           const clang::Expr *At);
  void builtin(const clang::CallExpr *C, const clang::FunctionDecl *Callee);
  void copied(Path To, const clang::Expr *Source,
              const clang::CXXRecordDecl *Class, bool Move,
              const clang::Expr *At);
  bool storesCallables(const clang::CallExpr *C, llvm::StringRef Name);

  // Callables.cpp
  Callable callable(const clang::Expr *E);
  bool isCallableType(clang::QualType Type);
  bool isHandleType(clang::QualType Type);
  void callCallable(const Callable &What,
                    llvm::ArrayRef<const clang::Expr *> Args,
                    const clang::Expr *At);
  bool bind(const clang::CallExpr *C, llvm::StringRef Name);

  // Locks.cpp, LockFunctions.cpp
  bool lockMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                  llvm::StringRef Name);
  bool guardMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                   llvm::StringRef Name);
  bool guardConstruct(const clang::CXXConstructExpr *C, const TypeInfo &Type);
  bool lockFunction(const clang::CallExpr *C, llvm::StringRef Name);
  bool cLockFunction(const clang::CallExpr *C, llvm::StringRef Name);
  bool synchronizedMember(const clang::CXXMemberCallExpr *C,
                          llvm::StringRef Name);
  RawEvent acquire(Path Lock, const clang::Expr *At, model::LockMode Mode,
                   model::Flavor How);
  model::StringId userLockFunction(clang::QualType Type, bool Shared);

  // Threads.cpp
  bool threadConstruct(const clang::CXXConstructExpr *C, const TypeInfo &Type);
  bool threadMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                    llvm::StringRef Name);
  bool threadFunction(const clang::CallExpr *C, llvm::StringRef Name);
  void spawn(const clang::Expr *At, model::SpawnKind Kind, Path Handle,
             llvm::ArrayRef<const clang::Expr *> Args);

  bool startRunnable(const clang::Expr *At, model::SpawnKind Kind, Path Handle,
                     const clang::Expr *Runnable,
                     const clang::CXXRecordDecl *Class, llvm::StringRef Method);

  // Blocking.cpp, SystemCalls.cpp
  bool waitsForTimeout(const clang::CallExpr *C, llvm::StringRef Name);
  bool conditionFunction(const clang::CallExpr *C, llvm::StringRef Name);
  bool waitMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                  llvm::StringRef Name);
  bool atomicMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                    llvm::StringRef Name);
  bool cancelMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                    llvm::StringRef Name);
  bool blockingFunction(const clang::CallExpr *C, llvm::StringRef Name);
  bool pollingMember(const clang::CXXMemberCallExpr *C, const TypeInfo &Type,
                     llvm::StringRef Name);
  void atomicLoad(const clang::Expr *Object, const clang::Expr *At);
  void asked(const clang::Expr *Handle);
  void atomicUpdate(const clang::Expr *Object, const clang::Expr *At);
  void atomicExpression(const clang::AtomicExpr *E);
  void block(const clang::Expr *At, model::BlockKind Kind, Path Object,
             bool Timed, bool Cancellable = false);
  Token poll(const clang::Expr *At, model::PollKind Kind, Path Object);
  model::HandleKind handleOf(const clang::Expr *E);
  bool isZero(const clang::Expr *E);

  // Emission.
  RawEvent event(model::EventKind Kind, const clang::Stmt *At);
  RawEvent event(model::EventKind Kind, clang::SourceRange At);
  Token add(RawEvent E);
  Token add(RawEvent E, const clang::Expr *Of) {
    Token T = add(std::move(E));
    EventOf[Of] = T;
    return T;
  }
  void store(Path To, Path From, const clang::Stmt *At);
  void work() { Blocks[Current].Work = true; }
  model::StringId text(const clang::NamedDecl *D);

  UnitContext &Unit;
  const clang::FunctionDecl *Function;
  clang::ASTContext &Context;
  model::FunctionSummary Out;
  std::unique_ptr<BodyScan> Scan;

  std::vector<RawEvent> Events;
  std::vector<RawBlock> Blocks;
  std::vector<RawLoop> Loops;
  unsigned Current = 0;
  llvm::DenseMap<const clang::Expr *, Token> EventOf;
  /// Events whose zero result means success (pthread_mutex_trylock).
  llvm::DenseMap<Token, bool> ZeroIsSuccess;
  llvm::DenseMap<const clang::VarDecl *, uint32_t> LocalIndices;
  /// References stand for what they were bound to.
  llvm::DenseMap<const clang::VarDecl *, Path> References;
  /// What a pointer that is assigned once points to.
  llvm::DenseMap<const clang::VarDecl *, Path> Pointees;
  llvm::DenseMap<const clang::Expr *, unsigned> Temporaries;
  /// Inverse guards alive: what their end takes again.
  std::vector<std::pair<Path, RawEvent>> InverseGuards;
  /// Guards made here of one lock: what release() and mutex() return.
  std::vector<std::pair<Path, Path>> GuardedLocks;
  /// Cancellation handles that the function itself triggers.
  std::vector<Path> Asked;
  /// What a local was last assigned in the block being walked.
  llvm::DenseMap<const clang::VarDecl *, const clang::Expr *> LastAssigned;
  /// Locals that became the function's result: not destroyed here.
  llvm::DenseMap<const clang::VarDecl *, unsigned> Elided;
  llvm::DenseMap<const clang::VarDecl *, const clang::CXXForRangeStmt *>
      RangeOf;
  std::vector<std::pair<Path, Path>> OrderedPaths;
  std::vector<Token> Numbering;
  uint32_t Opaques = 0;
  uint32_t Groups = 0;
};

} // namespace raddle::checkers

#endif
