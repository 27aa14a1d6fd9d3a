// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Classes of known libraries, and those that the configuration names, by what
// they mean to the analysis. Found by qualified name alone, so that a mock or a
// header whose bodies are skipped serves as well.
#ifndef RADDLE_CHECKERS_EXTRACT_KNOWNTYPES_H
#define RADDLE_CHECKERS_EXTRACT_KNOWNTYPES_H

#include "lockorder/model/FunctionSummary.h"
#include "lockorder/model/LockModel.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"

namespace raddle::checkers {

enum class TypeKind : uint8_t {
  None,
  Lock,
  Guard,        ///< Holds locks while it lives.
  InverseGuard, ///< Gives a lock back while it lives.
  Synchronized, ///< folly::Synchronized: a lock around data.
  OnceFlag,
  CondVar,
  Semaphore,
  Latch,
  Barrier,
  Event,
  Future,
  Thread,
  JoiningThread,
  ThreadGroup,
  Executor, ///< Runs what it is given: pools, io_context.
  Atomic,
  AtomicFlag,
  StopToken,
  StopSource,
  StopCallback,
  CustomHandle, ///< From LockModel::CancellationTypes.
  SmartPointer,
  UniquePointer,
  Optional,
  Callable, ///< std::function and the like.
  Container,
  Iterator,
  TimePoint,
  Duration,
};

struct TypeInfo {
  TypeKind Kind = TypeKind::None;
  model::LockMode Mode = model::LockMode::Exclusive; ///< Of guards.
  bool Recursive = false;
  const model::LockType *UserLock = nullptr;
  const model::GuardType *UserGuard = nullptr;
  std::string Name; ///< Qualified, without inline namespaces and arguments.

  explicit operator bool() const { return Kind != TypeKind::None; }
  bool is(TypeKind K) const { return Kind == K; }
};

/// "std::vector" for any of its instances; inline namespaces left out.
std::string plainName(const clang::NamedDecl *D);

/// \p Text matches \p Pattern, where `*` stands for any text.
bool matchesName(llvm::StringRef Pattern, llvm::StringRef Text);

class KnownTypes {
public:
  KnownTypes(clang::ASTContext &Context, const model::LockModel &Model)
      : Context(Context), Model(Model) {}

  const TypeInfo &of(const clang::CXXRecordDecl *Record);
  /// References looked through.
  const TypeInfo &of(clang::QualType Type);
  /// References, pointers and smart pointers looked through.
  const TypeInfo &behind(clang::QualType Type);

  /// Template argument \p I of the class, if it is a type.
  static clang::QualType argument(clang::QualType Type, unsigned I = 0);
  /// Pointer, reference, smart pointer, reference_wrapper.
  bool isPointerLike(clang::QualType Type);
  /// Pointers, references and smart pointers taken off.
  clang::QualType pointee(clang::QualType Type);

private:
  TypeInfo classify(const clang::CXXRecordDecl *Record);

  clang::ASTContext &Context;
  const model::LockModel &Model;
  llvm::DenseMap<const clang::CXXRecordDecl *, TypeInfo> Cache;
  TypeInfo Nothing;
};

} // namespace raddle::checkers

#endif
