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

/// Zero, or a duration made of it: `0`, `0ms`, `std::chrono::seconds(0)`.
bool isTimed(unsigned Args) { return Args > 0; }

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
        Row.How != Flavor::Timed && isTimed(C->getNumArgs()) &&
        !isZero(C->getArg(0)))
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

bool FunctionExtractor::lockFunction(const CallExpr *C, StringRef Name) {
  if (Name == "std::lock" || Name == "boost::lock" || Name == "std::try_lock" ||
      Name == "boost::try_lock") {
    uint32_t Group = ++Groups;
    bool Try = Name.ends_with("try_lock");
    for (const Expr *A : C->arguments()) {
      const TypeInfo &Info = Unit.Types.behind(A->getType());
      bool Guard = Info.is(TypeKind::Guard);
      RawEvent E = event(Guard ? EventKind::GuardAcquire : EventKind::Acquire,
                         C);
      E.ObjectPath = pathOf(A);
      E.Mode = Info.Mode;
      E.How = Try ? Flavor::Try : Flavor::Blocking;
      E.Group = Group;
      E.Recursive = Info.Recursive;
      if (!Guard)
        E.Callee = userLockFunction(A->getType(), false);
      add(std::move(E), C);
    }
    return true;
  }
  if (Name == "std::call_once" || Name == "boost::call_once" ||
      Name == "absl::call_once" || Name == "folly::call_once") {
    if (C->getNumArgs() < 2)
      return true;
    unsigned Flag = 0, Function = 1;
    if (!Unit.Types.behind(C->getArg(0)->getType()).is(TypeKind::OnceFlag) &&
        Unit.Types.behind(C->getArg(1)->getType()).is(TypeKind::OnceFlag))
      std::swap(Flag, Function);
    Path Lock = pathOf(C->getArg(Flag));
    RawEvent E = acquire(Lock, C, Exclusive, Flavor::Blocking);
    E.Text = Unit.intern(Name);
    add(std::move(E));
    callCallable(callable(C->getArg(Function)),
                 llvm::ArrayRef(C->getArgs(), C->getNumArgs()).drop_front(2), C);
    RawEvent R = event(EventKind::Release, C);
    R.ObjectPath = Lock;
    add(std::move(R));
    return true;
  }
  return false;
}

/// pthread and C11. Zero says that a try succeeded.
bool FunctionExtractor::cLockFunction(const CallExpr *C, StringRef Name) {
  if (Name == "pthread_mutexattr_settype" || Name == "pthread_mutex_init" ||
      Name == "mtx_init")
    return true; // Read by Extract.cpp for the whole unit.
  enum Action { Acquire, Release };
  struct Row {
    Action What;
    LockMode Mode = LockMode::Exclusive;
    Flavor How = Flavor::Blocking;
  };
  static const llvm::StringMap<Row> Table = {
      {"pthread_mutex_lock", {Acquire}},
      {"pthread_mutex_trylock", {Acquire, Exclusive, Flavor::Try}},
      {"pthread_mutex_timedlock", {Acquire, Exclusive, Flavor::Timed}},
      {"pthread_mutex_clocklock", {Acquire, Exclusive, Flavor::Timed}},
      {"pthread_mutex_unlock", {Release}},
      {"pthread_rwlock_wrlock", {Acquire}},
      {"pthread_rwlock_rdlock", {Acquire, Shared}},
      {"pthread_rwlock_trywrlock", {Acquire, Exclusive, Flavor::Try}},
      {"pthread_rwlock_tryrdlock", {Acquire, Shared, Flavor::Try}},
      {"pthread_rwlock_timedwrlock", {Acquire, Exclusive, Flavor::Timed}},
      {"pthread_rwlock_timedrdlock", {Acquire, Shared, Flavor::Timed}},
      {"pthread_rwlock_unlock", {Release}},
      {"pthread_spin_lock", {Acquire}},
      {"pthread_spin_trylock", {Acquire, Exclusive, Flavor::Try}},
      {"pthread_spin_unlock", {Release}},
      {"mtx_lock", {Acquire}},
      {"mtx_trylock", {Acquire, Exclusive, Flavor::Try}},
      {"mtx_timedlock", {Acquire, Exclusive, Flavor::Timed}},
      {"mtx_unlock", {Release}},
      {"flockfile", {Acquire}},
      {"ftrylockfile", {Acquire, Exclusive, Flavor::Try}},
      {"funlockfile", {Release}},
  };
  auto It = Table.find(Name);
  if (It == Table.end() || C->getNumArgs() == 0)
    return false;
  const Row &R = It->second;
  Path Lock = pathOf(C->getArg(0));
  if (R.What == Release) {
    RawEvent E = event(EventKind::Release, C);
    E.ObjectPath = Lock;
    ZeroIsSuccess[add(std::move(E), C)] = true;
    return true;
  }
  RawEvent E = acquire(Lock, C, R.Mode, R.How);
  E.Text = Unit.intern(Name);
  E.Recursive = Unit.isRecursive(C->getArg(0));
  if (R.How == Flavor::Try)
    E.Poll = model::PollKind::TryLock;
  ZeroIsSuccess[add(std::move(E), C)] = true;
  return true;
}

bool FunctionExtractor::synchronizedMember(const CXXMemberCallExpr *C,
                                           StringRef Name) {
  struct Row {
    LockMode Mode;
    bool Runs;
  };
  static const llvm::StringMap<Row> Table = {
      {"lock", {Exclusive, false}},     {"wlock", {Exclusive, false}},
      {"rlock", {Shared, false}},       {"ulock", {Upgrade, false}},
      {"withLock", {Exclusive, true}},  {"withWLock", {Exclusive, true}},
      {"withRLock", {Shared, true}},    {"withULock", {Upgrade, true}},
      {"withLockPtr", {Exclusive, true}}, {"withWLockPtr", {Exclusive, true}},
      {"copy", {Shared, true}},
  };
  auto It = Table.find(Name);
  if (It == Table.end())
    return false;
  Path Lock = pathOf(C->getImplicitObjectArgument());
  if (!It->second.Runs) {
    RawEvent E = event(EventKind::GuardInit, C);
    E.ObjectPath = objectOf(C);
    E.ArgPaths.push_back(Lock);
    E.Mode = It->second.Mode;
    E.How = C->getNumArgs() ? Flavor::Timed : Flavor::Blocking;
    E.Text = text(C->getMethodDecl());
    add(std::move(E), C);
    return true;
  }
  RawEvent E = acquire(Lock, C, It->second.Mode, Flavor::Blocking);
  E.Text = text(C->getMethodDecl());
  add(std::move(E));
  for (const Expr *A : C->arguments())
    callCallable(callable(A), {}, C);
  RawEvent R = event(EventKind::Release, C);
  R.ObjectPath = Lock;
  R.Mode = It->second.Mode;
  add(std::move(R));
  return true;
}

} // namespace raddle::checkers
