// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What known libraries do to locks. The classes are in KnownTypes.cpp; here
// are the names of their functions.
#include "checkers/extract/FunctionExtractor.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using llvm::StringRef;
using raddle::model::EventKind;
using raddle::model::Flavor;
using raddle::model::LockMode;
using raddle::model::RootKind;

namespace raddle::checkers {

namespace {

enum class LockAction : uint8_t { Acquire, Release, Await, Downgrade };

struct LockRow {
  LockAction Action = LockAction::Acquire;
  LockMode Mode = LockMode::Exclusive;
  Flavor How = Flavor::Blocking;
};

constexpr LockMode Exclusive = LockMode::Exclusive;
constexpr LockMode Shared = LockMode::Shared;
constexpr LockMode Upgrade = LockMode::Upgrade;

// Members of lock classes of all known libraries. One table serves them all:
// no name means one thing here and another there.
const llvm::StringMap<LockRow> &members() {
  using enum LockAction;
  static const llvm::StringMap<LockRow> Table = {
      {"lock", {Acquire}},
      {"Lock", {Acquire}},
      {"WriterLock", {Acquire}},
      {"writeLock", {Acquire}},
      {"lockForWrite", {Acquire}},
      {"LockWhen", {Acquire}},
      {"WriterLockWhen", {Acquire}},
      {"LockWhenWithTimeout", {Acquire}},
      {"LockWhenWithDeadline", {Acquire}},
      {"lock_upgrade", {Acquire, Upgrade}},
      {"lock_shared", {Acquire, Shared}},
      {"lock_sharable", {Acquire, Shared}},
      {"ReaderLock", {Acquire, Shared}},
      {"ReaderLockWhen", {Acquire, Shared}},
      {"ReaderLockWhenWithTimeout", {Acquire, Shared}},
      {"readLock", {Acquire, Shared}},
      {"lockForRead", {Acquire, Shared}},
      {"try_lock", {Acquire, Exclusive, Flavor::Try}},
      {"TryLock", {Acquire, Exclusive, Flavor::Try}},
      {"WriterTryLock", {Acquire, Exclusive, Flavor::Try}},
      {"tryWriteLock", {Acquire, Exclusive, Flavor::Try}},
      {"tryLock", {Acquire, Exclusive, Flavor::Try}},
      {"tryLockForWrite", {Acquire, Exclusive, Flavor::Try}},
      {"try_lock_upgrade", {Acquire, Upgrade, Flavor::Try}},
      {"try_lock_shared", {Acquire, Shared, Flavor::Try}},
      {"try_lock_sharable", {Acquire, Shared, Flavor::Try}},
      {"ReaderTryLock", {Acquire, Shared, Flavor::Try}},
      {"tryReadLock", {Acquire, Shared, Flavor::Try}},
      {"tryLockForRead", {Acquire, Shared, Flavor::Try}},
      {"try_lock_for", {Acquire, Exclusive, Flavor::Timed}},
      {"try_lock_until", {Acquire, Exclusive, Flavor::Timed}},
      {"timed_lock", {Acquire, Exclusive, Flavor::Timed}},
      {"try_lock_shared_for", {Acquire, Shared, Flavor::Timed}},
      {"try_lock_shared_until", {Acquire, Shared, Flavor::Timed}},
      {"timed_lock_shared", {Acquire, Shared, Flavor::Timed}},
      {"unlock", {Release}},
      {"Unlock", {Release}},
      {"WriterUnlock", {Release}},
      {"unlock_upgrade", {Release, Upgrade}},
      {"unlock_shared", {Release, Shared}},
      {"unlock_sharable", {Release, Shared}},
      {"ReaderUnlock", {Release, Shared}},
      {"Await", {Await}},
      {"AwaitWithTimeout", {Await}},
      {"AwaitWithDeadline", {Await}},
      {"unlock_and_lock_shared", {Downgrade, Shared}},
      {"unlock_and_lock_upgrade", {Downgrade, Upgrade}},
      {"unlock_upgrade_and_lock_shared", {Downgrade, Shared}},
      {"unlock_upgrade_and_lock", {Downgrade, Exclusive}},
  };
  return Table;
}

} // namespace

FunctionExtractor::RawEvent FunctionExtractor::acquire(Path Lock,
                                                       const Expr *At,
                                                       LockMode Mode,
                                                       Flavor How) {
  RawEvent E = event(EventKind::Acquire, At);
  E.ObjectPath = std::move(Lock);
  E.Mode = Mode;
  E.How = How;
  return E;
}

bool FunctionExtractor::lockMember(const CXXMemberCallExpr *C,
                                   const TypeInfo &Type, StringRef Name) {
  LockRow Row;
  if (const model::LockType *User = Type.UserLock) {
    auto In = [&](const std::vector<std::string> &Names) {
      return llvm::is_contained(Names, Name);
    };
    if (In(User->Lock))
      Row = {};
    else if (In(User->TryLock))
      Row.How = Flavor::Try;
    else if (In(User->Unlock))
      Row.Action = LockAction::Release;
    else if (In(User->LockShared))
      Row.Mode = Shared;
    else if (In(User->TryLockShared))
      Row = {LockAction::Acquire, Shared, Flavor::Try};
    else if (In(User->UnlockShared))
      Row = {LockAction::Release, Shared};
    else
      return false;
  } else {
    auto It = members().find(Name);
    if (It == members().end())
      return false;
    Row = It->second;
    // QMutex::tryLock(timeout), Poco::Mutex::lock(milliseconds).
    if (C->getNumArgs() && !isa<CXXDefaultArgExpr>(C->getArg(0)) &&
        (Name == "tryLock" || Name == "tryLockForRead" ||
         Name == "tryLockForWrite" || Name == "lock") &&
        Row.How != Flavor::Timed && !isZero(C->getArg(0)))
      Row.How = Flavor::Timed;
  }
  Path Lock = pathOf(C->getImplicitObjectArgument());
  switch (Row.Action) {
  case LockAction::Acquire: {
    RawEvent E = acquire(Lock, C, Row.Mode, Row.How);
    E.Recursive = Type.Recursive;
    E.Text = text(C->getMethodDecl());
    if (Row.How == Flavor::Try)
      E.Poll = model::PollKind::TryLock;
    add(std::move(E), C);
    return true;
  }
  case LockAction::Release: {
    RawEvent E = event(EventKind::Release, C);
    E.ObjectPath = Lock;
    E.Mode = Row.Mode;
    add(std::move(E), C);
    return true;
  }
  case LockAction::Await: {
    RawEvent E = event(EventKind::Wait, C);
    E.ObjectPath = Lock;
    E.ArgPaths.push_back(Lock);
    E.HasPredicate = true;
    E.Timed = Name != "Await";
    E.Text = text(C->getMethodDecl());
    add(std::move(E), C);
    return true;
  }
  case LockAction::Downgrade: {
    RawEvent R = event(EventKind::Release, C);
    R.ObjectPath = Lock;
    add(std::move(R));
    // Nobody can come in between: the lock is not waited for.
    RawEvent E = acquire(Lock, C, Row.Mode, Flavor::Adopted);
    add(std::move(E), C);
    return true;
  }
  }
  return false;
}

bool FunctionExtractor::guardMember(const CXXMemberCallExpr *C,
                                    const TypeInfo &Type, StringRef Name) {
  Path Guard = pathOf(C->getImplicitObjectArgument());
  auto Emit = [&](EventKind Kind, Flavor How = Flavor::Blocking) {
    RawEvent E = event(Kind, C);
    E.ObjectPath = Guard;
    E.Mode = Type.Mode;
    E.How = How;
    E.Text = text(C->getMethodDecl());
    if (How == Flavor::Try)
      E.Poll = model::PollKind::TryLock;
    add(std::move(E), C);
    return true;
  };
  if (const model::GuardType *User = Type.UserGuard) {
    if (llvm::is_contained(User->Lock, Name))
      return Emit(EventKind::GuardAcquire);
    if (llvm::is_contained(User->Unlock, Name))
      return Emit(EventKind::GuardRelease);
    return false;
  }
  enum { Other, Lock, Try, Timed, Unlock, Disown, Owns, Swap, Look, Reset };
  switch (llvm::StringSwitch<int>(Name)
              .Cases({"lock", "relock", "Lock"}, Lock)
              .Cases({"try_lock", "tryLock"}, Try)
              .Cases({"try_lock_for", "try_lock_until", "timed_lock"}, Timed)
              .Cases({"unlock", "Release", "Unlock"}, Unlock)
              .Case("release", Disown)
              .Cases({"owns_lock", "operator bool", "isLocked", "owns"}, Owns)
              .Case("swap", Swap)
              .Cases({"mutex", "operator->", "asNonConst"}, Look)
              .Case("dismiss", Disown)
              .Default(Other)) {
  case Lock:
    return Emit(EventKind::GuardAcquire);
  case Try:
    return Emit(EventKind::GuardAcquire,
                C->getNumArgs() ? Flavor::Timed : Flavor::Try);
  case Timed:
    return Emit(EventKind::GuardAcquire, Flavor::Timed);
  case Unlock:
    return Emit(EventKind::GuardRelease);
  case Disown:
    return Emit(EventKind::GuardDisown);
  case Owns:
    return Emit(EventKind::GuardOwns);
  case Swap: {
    RawEvent E = event(EventKind::GuardSwap, C);
    E.ObjectPath = Guard;
    if (C->getNumArgs())
      E.ArgPaths.push_back(pathOf(C->getArg(0)));
    add(std::move(E), C);
    return true;
  }
  case Look:
    return true;
  default:
    return false;
  }
}

/// The user's own lock() that a standard guard over a class of the user's
/// calls: what it locks is for the linker to find out.
model::StringId FunctionExtractor::userLockFunction(QualType Type,
                                                    bool SharedMode) {
  QualType Plain = Unit.Types.pointee(Type);
  const CXXRecordDecl *Class =
      Plain.isNull() ? nullptr : Plain->getAsCXXRecordDecl();
  for (int Depth = 0; Class && Depth < 4; ++Depth) {
    if (!(Class = Class->getDefinition()) || Unit.Types.of(Class) ||
        !Unit.isUser(Class))
      return 0;
    for (const CXXMethodDecl *M : Class->methods())
      if (M->getIdentifier() && M->getNumParams() == 0 &&
          M->getName() == (SharedMode ? "lock_shared" : "lock"))
        return Unit.key(M);
    Class = Class->getNumBases()
                ? Class->bases_begin()->getType()->getAsCXXRecordDecl()
                : nullptr;
  }
  return 0;
}

bool FunctionExtractor::guardConstruct(const CXXConstructExpr *C,
                                       const TypeInfo &Type) {
  const CXXConstructorDecl *Constructor = C->getConstructor();
  Path Guard = objectOf(C);
  if (Constructor->isMoveConstructor() ||
      (Constructor->isCopyConstructor() && C->getNumArgs())) {
    RawEvent E = event(EventKind::GuardMove, C);
    E.ObjectPath = Guard;
    E.ArgPaths.push_back(pathOf(C->getArg(0)));
    add(std::move(E), C);
    return true;
  }
  RawEvent E = event(EventKind::GuardInit, C);
  E.ObjectPath = Guard;
  E.Mode = Type.Mode;
  E.Text = Unit.intern(Type.Name);
  for (const Expr *A : C->arguments()) {
    if (isa<CXXDefaultArgExpr>(A))
      continue;
    QualType Argument = A->getType().getNonReferenceType();
    const TypeInfo &Info = Unit.Types.of(Argument);
    const CXXRecordDecl *Class = Argument->getAsCXXRecordDecl();
    StringRef Tag = Class && Class->getIdentifier() ? Class->getName() : "";
    if (Tag.starts_with("defer_lock"))
      E.How = Flavor::Deferred;
    else if (Tag.starts_with("adopt_lock"))
      E.How = Flavor::Adopted;
    else if (Tag.starts_with("try_to_lock"))
      E.How = Flavor::Try;
    else if (Info.is(TypeKind::Duration) || Info.is(TypeKind::TimePoint))
      E.How = Flavor::Timed;
    else if (Argument->isBooleanType()) {
      // Poco::ScopedRWLock(lock, write).
      if (Type.Name == "Poco::ScopedRWLock" && constantOf(A) == 0)
        E.Mode = Shared;
    } else if (Argument->isArithmeticType() || Argument->isEnumeralType()) {
      if (E.ArgPaths.size() && Argument->isIntegerType())
        E.How = Flavor::Timed;
    } else if (!E.ArgPaths.empty() && Type.Name != "std::scoped_lock" &&
               Type.Name != "boost::scoped_lock") {
      // absl::MutexLock(&mu, condition) and the like: one lock.
    } else {
      E.Recursive |= Unit.Types.behind(Argument).Recursive;
      if (!E.Callee)
        E.Callee = userLockFunction(Argument, Type.Mode == Shared);
      E.ArgPaths.push_back(pathOf(A));
    }
  }
  if (Type.is(TypeKind::InverseGuard)) {
    if (E.ArgPaths.empty())
      return true;
    const TypeInfo &Of = Unit.Types.behind(C->getArg(0)->getType());
    bool OverGuard = Of.is(TypeKind::Guard);
    RawEvent Release =
        event(OverGuard ? EventKind::GuardRelease : EventKind::Release, C);
    Release.ObjectPath = E.ArgPaths[0];
    add(std::move(Release), C);
    RawEvent Again =
        event(OverGuard ? EventKind::GuardAcquire : EventKind::Acquire, C);
    Again.ObjectPath = E.ArgPaths[0];
    Again.Recursive = E.Recursive;
    InverseGuards.push_back({Guard, Again});
    return true;
  }
  if (E.How == Flavor::Try)
    E.Poll = model::PollKind::TryLock;
  if (E.ArgPaths.size() > 1)
    E.Group = ++Groups;
  if (E.ArgPaths.size() == 1)
    GuardedLocks.push_back({Guard, E.ArgPaths[0]});
  add(std::move(E), C);
  return true;
}

} // namespace raddle::checkers
