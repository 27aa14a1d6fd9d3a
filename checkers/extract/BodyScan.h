// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What must be known of a function's body before its control flow is walked:
// where temporaries and results are built, which locals are assigned where,
// loops, lambdas.
#ifndef RADDLE_CHECKERS_EXTRACT_BODYSCAN_H
#define RADDLE_CHECKERS_EXTRACT_BODYSCAN_H

#include "checkers/extract/UnitContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

namespace raddle::checkers {

/// The object that an expression of class type initialises.
struct Destination {
  enum Kind : uint8_t {
    None,
    Variable,  ///< Var
    Result,    ///< of the function
    Field,     ///< of this: Member
    Whole,     ///< this object itself (base, delegated constructor)
    Temporary, ///< Number
    Assigned,  ///< the left side of an assignment: Target
    Element,   ///< an element of the container Target
    Allocated, ///< by the new expression Target
    Capture,   ///< of a closure: Target is the lambda, Member its field
    FieldOf,   ///< Member of what Target, an initialiser list, initialises
  };
  Kind What = None;
  const clang::VarDecl *Var = nullptr;
  const clang::FieldDecl *Member = nullptr;
  const clang::Expr *Target = nullptr;
  unsigned Number = 0;
};

class BodyScan {
public:
  BodyScan(UnitContext &Unit, const clang::FunctionDecl *Function);
  /// Of global variables' initialisers.
  BodyScan(UnitContext &Unit, llvm::ArrayRef<const clang::VarDecl *> Globals);

  /// \p E with casts, cleanups, bound temporaries and elided copies stripped.
  static const clang::Expr *core(const clang::Expr *E);

  /// Destination::None: the value is not an object of its own.
  Destination destination(const clang::Expr *E) const {
    return Destinations.lookup(core(E));
  }
  Destination boundTemporary(const clang::CXXBindTemporaryExpr *E) const {
    return Bound.lookup(E);
  }

  /// How often a local is assigned, apart from its initialiser; address taken
  /// or captured by reference counts too.
  unsigned assignments(const clang::VarDecl *V) const {
    return Assignments.lookup(V);
  }

  /// std::move(V) somewhere.
  bool moved(const clang::VarDecl *V) const { return Moved.contains(V); }

  unsigned temporaries() const { return Temporaries; }
  unsigned newTemporary() { return Temporaries++; }

  bool HasCoroutine = false;
  std::vector<const clang::Stmt *> Loops;
  std::vector<const clang::CXXTryStmt *> Tries;
  std::vector<const clang::BinaryOperator *> Comparisons;

private:
  void visit(const clang::Stmt *S);
  void visitLambda(const clang::LambdaExpr *L);
  void visitDecl(const clang::Decl *D);
  void visitCall(const clang::CallExpr *C);
  void visitList(const clang::InitListExpr *L);
  void changed(const clang::Expr *E);
  void place(const clang::Expr *E, Destination D);
  bool startsThread(clang::QualType Type);

  UnitContext &Unit;
  llvm::DenseMap<const clang::Expr *, Destination> Destinations;
  llvm::DenseMap<const clang::CXXBindTemporaryExpr *, Destination> Bound;
  llvm::DenseMap<const clang::VarDecl *, unsigned> Assignments;
  llvm::DenseSet<const clang::VarDecl *> Moved;
  unsigned Temporaries = 0;
};

} // namespace raddle::checkers

#endif
