// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Classes and global variables of the unit, and what their types mean.
#include "checkers/extract/UnitContext.h"
#include "checkers/framework/LlvmCompat.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Index/USRGeneration.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/Path.h"

using namespace clang;
using llvm::SmallString;
using llvm::StringRef;

namespace raddle::checkers {

//===-- Records and globals -----------------------------------------------===//

model::StringId UnitContext::recordOf(QualType Type) {
  QualType Pointee = Types.pointee(Type);
  if (Pointee.isNull())
    return 0;
  const RecordDecl *Record = Pointee->getAsRecordDecl();
  return Record ? recordKey(Record) : 0;
}

model::StringId UnitContext::recordKey(const RecordDecl *Record) {
  if (const RecordDecl *Definition = Record->getDefinition())
    Record = Definition;
  if (model::StringId Known = RecordKeys.lookup(Record))
    return Known;
  model::StringId Key = key(Record);
  RecordKeys[Record] = Key;
  if (isUser(Record) && Record->isCompleteDefinition())
    describe(Record, Key);
  return Key;
}

static void eachField(const RecordDecl *Record,
                      llvm::function_ref<void(const FieldDecl *)> Do) {
  for (const FieldDecl *F : Record->fields()) {
    if (!F->isAnonymousStructOrUnion()) {
      Do(F);
      continue;
    }
    if (const RecordDecl *Inner = F->getType()->getAsRecordDecl())
      eachField(Inner, Do);
  }
}

void UnitContext::describe(const RecordDecl *Record, model::StringId Key) {
  if (const auto *Class = dyn_cast<CXXRecordDecl>(Record))
    if (Class->isLambda() || Class->isDependentContext())
      return;
  // The slot first: fields may name the record itself.
  size_t Slot = Summary.Records.size();
  Summary.Records.emplace_back();
  model::RecordSummary Out;
  Out.Key = Key;
  Out.Name = intern(displayName(Record));
  Out.Where = where(Record->getLocation());
  if (const auto *Class = dyn_cast<CXXRecordDecl>(Record))
    for (const CXXBaseSpecifier &Base : Class->bases())
      if (const auto *B = Base.getType()->getAsCXXRecordDecl())
        Out.Bases.push_back(recordKey(B));
  eachField(Record, [&](const FieldDecl *F) {
    model::FieldSummary Field;
    Field.LockType = lockType(F->getType());
    Field.Cancellation = handleKind(F->getType(), F->getName());
    QualType Pointee = Types.pointee(F->getType());
    bool Class = !Pointee.isNull() && Pointee->isRecordType();
    if (!Field.LockType && Field.Cancellation == model::HandleKind::None &&
        (!Class || !isUser(Pointee->getAsRecordDecl())))
      return;
    Field.Name = intern(F->getName());
    Field.Type = typeId(F->getType());
    if (Class)
      Field.Record = recordKey(Pointee->getAsRecordDecl());
    Field.Where = where(F->getLocation());
    Out.Fields.push_back(Field);
  });
  Summary.Records[Slot] = std::move(Out);
}

model::StringId UnitContext::global(const VarDecl *Variable) {
  Variable = Variable->getCanonicalDecl();
  if (model::StringId Known = Globals.lookup(Variable))
    return Known;
  model::GlobalSummary Out;
  Out.Key = key(Variable);
  if (const auto *Owner = dyn_cast<FunctionDecl>(Variable->getDeclContext()))
    Out.Name = intern(displayName(Owner) + "::" + Variable->getNameAsString());
  else
    Out.Name = intern(displayName(Variable));
  Out.Type = typeId(Variable->getType());
  Out.LockType = lockType(Variable->getType());
  Out.Record = recordOf(Variable->getType());
  if (isUser(Variable))
    Out.Where = where(Variable->getLocation());
  Globals[Variable] = Out.Key;
  Summary.Globals.push_back(Out);
  return Out.Key;
}

/// The typedef of a C library's lock, if \p Type is spelt as one.
static StringRef cLockName(QualType Type) {
  for (int Depth = 0; Depth < 8; ++Depth) {
    const auto *Typedef = Type->getAs<TypedefType>();
    if (!Typedef)
      return "";
    StringRef Name = Typedef->getDecl()->getName();
    if (Name == "pthread_mutex_t" || Name == "pthread_rwlock_t" ||
        Name == "pthread_spinlock_t" || Name == "mtx_t")
      return Name;
    Type = Typedef->desugar();
  }
  return "";
}

model::StringId UnitContext::lockType(QualType Type) {
  for (int Depth = 0; Depth < 6 && !Type.isNull(); ++Depth) {
    Type = Type.getNonReferenceType();
    if (StringRef Name = cLockName(Type); !Name.empty())
      return intern(Name);
    const TypeInfo &Info = Types.of(Type);
    if (Info.is(TypeKind::Lock) || Info.is(TypeKind::Synchronized) ||
        Info.is(TypeKind::OnceFlag))
      return intern(Info.Name);
    if (Info.is(TypeKind::Container)) {
      Type = KnownTypes::argument(Type);
      continue;
    }
    if (Type->isAnyPointerType())
      Type = Type->getPointeeType();
    else if (const auto *Array = Context.getAsArrayType(Type))
      Type = Array->getElementType();
    else if (QualType Behind = Types.pointee(Type); Behind != Type)
      Type = Behind;
    else
      return 0;
  }
  return 0;
}

/// A name that says "stop now" of a flag.
static bool isStopName(StringRef Name) {
  std::string Lower = Name.lower();
  for (StringRef Word :
       {"stop", "quit", "exit", "cancel", "shutdown", "shutting_down",
        "terminate", "abort", "running", "done", "finished", "closing"})
    if (StringRef(Lower).contains(Word))
      return true;
  return false;
}

model::HandleKind UnitContext::handleKind(QualType Type, StringRef Name) {
  using model::HandleKind;
  if (Type.isNull())
    return HandleKind::None;
  const TypeInfo &Info = Types.behind(Type);
  switch (Info.Kind) {
  case TypeKind::StopToken:
    return HandleKind::StopToken;
  case TypeKind::StopSource:
    return HandleKind::StopSource;
  case TypeKind::CustomHandle:
    return HandleKind::Custom;
  case TypeKind::AtomicFlag:
    return isStopName(Name) ? HandleKind::Flag : HandleKind::None;
  case TypeKind::Atomic: {
    QualType Value = KnownTypes::argument(Types.pointee(Type));
    return !Value.isNull() && Value->isBooleanType() && isStopName(Name)
               ? HandleKind::Flag
               : HandleKind::None;
  }
  default:
    break;
  }
  QualType Plain = Types.pointee(Type);
  if (const auto *Atomic = Plain->getAs<AtomicType>())
    if (Atomic->getValueType()->isBooleanType() && isStopName(Name))
      return HandleKind::Flag;
  return HandleKind::None;
}

bool UnitContext::destructionMatters(const CXXRecordDecl *Record) {
  if (!Record || !(Record = Record->getDefinition()))
    return false;
  Record = Record->getDefinition();
  auto [It, New] = Matters.try_emplace(Record, false);
  if (!New)
    return It->second;
  auto OfType = [&](QualType Type) {
    if (const auto *Array = Context.getAsArrayType(Type))
      Type = Context.getBaseElementType(QualType(Array, 0));
    if (Type->isReferenceType() || Type->isPointerType())
      return false;
    return destructionMatters(Type->getAsCXXRecordDecl());
  };
  bool Result = false;
  switch (Types.of(Record).Kind) {
  case TypeKind::Guard:
  case TypeKind::InverseGuard:
  case TypeKind::JoiningThread:
    Result = true;
    break;
  case TypeKind::UniquePointer:
  case TypeKind::Optional:
  case TypeKind::Container: {
    const auto *Instance = dyn_cast<ClassTemplateSpecializationDecl>(Record);
    if (!Instance)
      break;
    for (const TemplateArgument &A : Instance->getTemplateArgs().asArray())
      if (A.getKind() == TemplateArgument::Type)
        Result |= OfType(A.getAsType());
    break;
  }
  default:
    if (!isUser(Record) || Record->hasTrivialDestructor())
      break;
    if (const CXXDestructorDecl *D = Record->getDestructor();
        D && D->isUserProvided())
      Result = true;
    for (const FieldDecl *F : Record->fields())
      Result = Result || OfType(F->getType());
    for (const CXXBaseSpecifier &Base : Record->bases())
      Result = Result || OfType(Base.getType());
  }
  return Matters[Record] = Result;
}

} // namespace raddle::checkers
