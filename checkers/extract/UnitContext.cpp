// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
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

UnitContext::UnitContext(ASTContext &Context, const ExtractOptions &Options,
                         model::TUSummary &Summary)
    : Context(Context), Sources(Context.getSourceManager()), Options(Options),
      Summary(Summary), Types(Context, Options.Locks),
      Policy(Context.getPrintingPolicy()), NoLints(Sources) {
  compat::hidePlaces(Policy);
  Policy.SuppressTagKeyword = true;
  Policy.SuppressUnwrittenScope = true;
  Policy.SuppressInlineNamespace =
      llvm::to_underlying(PrintingPolicy::SuppressInlineNamespaceMode::All);
  Policy.TerseOutput = true;
  Policy.PolishForDeclaration = true;
  Policy.Bool = true;
}

bool UnitContext::isUser(const Decl *D) {
  SourceLocation Where = D->getLocation();
  return Where.isValid() && !Sources.isInSystemHeader(Where);
}

//===-- Places ------------------------------------------------------------===//

std::string UnitContext::relative(StringRef Name) {
  SmallString<256> Path(Name);
  if (!llvm::sys::path::is_absolute(Path)) {
    auto Here = Sources.getFileManager()
                    .getVirtualFileSystem()
                    .getCurrentWorkingDirectory();
    if (Here) {
      Path = *Here;
      llvm::sys::path::append(Path, Name);
    }
  }
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  auto Part = llvm::sys::path::begin(Path),
       PathEnd = llvm::sys::path::end(Path);
  SmallString<256> Root(Options.Root);
  llvm::sys::path::remove_dots(Root, /*remove_dot_dot=*/true);
  auto Base = llvm::sys::path::begin(Root),
       BaseEnd = llvm::sys::path::end(Root);
  if (Root.empty())
    return std::string(llvm::sys::path::filename(Path));
  while (Part != PathEnd && Base != BaseEnd && *Part == *Base) {
    ++Part;
    ++Base;
  }
  SmallString<256> Out;
  for (; Base != BaseEnd; ++Base)
    llvm::sys::path::append(Out, "..");
  for (; Part != PathEnd; ++Part)
    llvm::sys::path::append(Out, *Part);
  return std::string(Out);
}

model::StringId UnitContext::fileId(FileID File) {
  auto [It, New] = FileIds.try_emplace(File, 0);
  if (New)
    if (OptionalFileEntryRef Entry = Sources.getFileEntryRefForID(File))
      It->second = intern(relative(Entry->getName()));
  return It->second;
}

model::Location UnitContext::where(SourceRange Range) {
  model::Location Out;
  SourceLocation Begin = Sources.getExpansionLoc(Range.getBegin());
  if (Begin.isInvalid())
    return Out;
  auto [File, Offset] = Sources.getDecomposedLoc(Begin);
  Out.File = fileId(File);
  if (!Out.File)
    return Out;
  Out.Line = Sources.getLineNumber(File, Offset);
  Out.Column = Sources.getColumnNumber(File, Offset);
  SourceLocation End = Range.getEnd();
  if (End.isMacroID())
    End = Sources.getExpansionRange(End).getEnd();
  if (End.isInvalid())
    return Out;
  auto [EndFile, EndOffset] = Sources.getDecomposedLoc(End);
  if (EndFile != File || EndOffset < Offset ||
      Sources.getLineNumber(File, EndOffset) != Out.Line)
    return Out;
  Out.EndColumn =
      Sources.getColumnNumber(File, EndOffset) +
      Lexer::MeasureTokenLength(End, Sources, Context.getLangOpts());
  return Out;
}

model::StringId UnitContext::noLint(SourceLocation Where) {
  Where = Sources.getExpansionLoc(Where);
  if (Where.isInvalid())
    return 0;
  auto [File, Offset] = Sources.getDecomposedLoc(Where);
  return intern(NoLints.silenced(File, Sources.getLineNumber(File, Offset)));
}

//===-- Keys --------------------------------------------------------------===//

/// The function that a lambda is written in; null in an initialiser of a
/// global or field.
static const FunctionDecl *enclosingFunction(const CXXRecordDecl *Lambda) {
  return dyn_cast<FunctionDecl>(Lambda->getDeclContext());
}

std::string UnitContext::lambdaKey(const CXXRecordDecl *Lambda) {
  const FunctionDecl *Parent = enclosingFunction(Lambda);
  std::string Out;
  if (Parent)
    Out = keyText(Parent);
  else if (const auto *Context = dyn_cast<NamedDecl>(
               Decl::castFromDeclContext(Lambda->getDeclContext())))
    // Initialiser of a variable or field.
    Out = keyText(Context);
  model::Location L = where(Lambda->getLocation());
  if (!Parent)
    Out += "$" + Summary.string(L.File).str();
  return Out + "$lambda@" + std::to_string(L.Line) + ":" +
         std::to_string(L.Column);
}

bool UnitContext::isInternal(const NamedDecl *D) {
  // A build has many programs, each with a main of its own.
  const auto *F = dyn_cast<FunctionDecl>(D);
  return !D->isExternallyVisible() || (F && F->isMain());
}

/// USRs spell all closure types alike, so instances over two lambdas of one
/// function would be one entity.
void UnitContext::appendLambdaArguments(
    llvm::ArrayRef<TemplateArgument> Arguments, std::string &Out, int Depth) {
  if (Depth > 4)
    return;
  for (const TemplateArgument &A : Arguments) {
    if (A.getKind() == TemplateArgument::Pack) {
      appendLambdaArguments(A.getPackAsArray(), Out, Depth + 1);
      continue;
    }
    if (A.getKind() != TemplateArgument::Type)
      continue;
    QualType Type = A.getAsType().getNonReferenceType();
    if (Type->isPointerType())
      Type = Type->getPointeeType();
    const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
    if (!Record)
      continue;
    if (Record->isLambda()) {
      Out += "$<" + lambdaKey(Record) + ">";
    } else if (const auto *Instance =
                   dyn_cast<ClassTemplateSpecializationDecl>(Record)) {
      appendLambdaArguments(Instance->getTemplateArgs().asArray(), Out,
                            Depth + 1);
    }
  }
}

void UnitContext::appendLambdaArguments(const Decl *D, std::string &Out) {
  if (const auto *F = dyn_cast<FunctionDecl>(D))
    if (const TemplateArgumentList *Args = F->getTemplateSpecializationArgs())
      appendLambdaArguments(Args->asArray(), Out, 0);
  if (const auto *R = dyn_cast<ClassTemplateSpecializationDecl>(D))
    appendLambdaArguments(R->getTemplateArgs().asArray(), Out, 0);
  if (const auto *Parent =
          dyn_cast<ClassTemplateSpecializationDecl>(D->getDeclContext()))
    appendLambdaArguments(Parent, Out);
}

std::string UnitContext::keyText(const NamedDecl *D) {
  return Summary.string(key(D)).str();
}

model::StringId UnitContext::key(const NamedDecl *D) {
  D = cast<NamedDecl>(D->getCanonicalDecl());
  if (model::StringId Known = Keys.lookup(D))
    return Known;
  std::string Out;
  const auto *Method = dyn_cast<CXXMethodDecl>(D);
  if (Method && Method->getParent()->isLambda()) {
    Out = lambdaKey(Method->getParent());
    if (Method->getPrimaryTemplate() ||
        Method->getTemplateSpecializationArgs()) {
      SmallString<128> Usr;
      index::generateUSRForType(Method->getType(), Context, Usr);
      Out += "(" + std::string(Usr) + ")";
      appendLambdaArguments(D, Out);
    }
    if (!isa<CXXConversionDecl>(Method) &&
        Method->getOverloadedOperator() != OO_Call)
      Out += "$" + Method->getNameAsString();
  } else if (const auto *R = dyn_cast<CXXRecordDecl>(D); R && R->isLambda()) {
    Out = lambdaKey(R);
  } else {
    const auto *V = dyn_cast<VarDecl>(D);
    const auto *Owner = V && V->isStaticLocal()
                            ? dyn_cast<FunctionDecl>(V->getDeclContext())
                            : nullptr;
    SmallString<128> Usr;
    if (Owner) {
      // A USR of a local holds the offset in its file; two instances of the
      // function would have one variable.
      Out = keyText(Owner) + "::" + V->getNameAsString();
      model::Location L = where(V->getLocation());
      Out += "@" + std::to_string(L.Line) + ":" + std::to_string(L.Column);
    } else {
      if (index::generateUSRForDecl(D, Usr) || Usr.empty())
        Usr = D->getQualifiedNameAsString();
      Out = std::string(Usr);
      appendLambdaArguments(D, Out);
      if (isInternal(D)) {
        model::StringId File = fileId(
            Sources.getFileID(Sources.getExpansionLoc(D->getLocation())));
        // What is internal because of a template argument belongs to the file
        // that is compiled.
        bool Instance =
            isa<ClassTemplateSpecializationDecl>(D) ||
            isa<ClassTemplateSpecializationDecl>(D->getDeclContext());
        if (const auto *F = dyn_cast<FunctionDecl>(D))
          Instance |= F->isTemplateInstantiation();
        if (Instance || !File)
          File = Summary.MainFile;
        Out = Summary.string(File).str() + "#" + Out;
      }
    }
  }
  return Keys[D] = intern(Out);
}

//===-- Names -------------------------------------------------------------===//

std::string UnitContext::typeName(QualType Type) {
  if (Type.isNull())
    return "";
  return Type.getAsString(Policy);
}

model::StringId UnitContext::spelling(const NamedDecl *D) {
  D = cast<NamedDecl>(D->getCanonicalDecl());
  if (model::StringId Known = Spellings.lookup(D))
    return Known;
  const auto *Method = dyn_cast<CXXMethodDecl>(D);
  if (Method && Method->getParent()->isLambda())
    return Spellings[D] = intern(displayName(D));
  std::string Out;
  llvm::raw_string_ostream OS(Out);
  D->printQualifiedName(OS, Policy);
  return Spellings[D] = intern(Out);
}

StringRef UnitContext::plain(const FunctionDecl *F) {
  F = F->getCanonicalDecl();
  auto [It, New] = PlainNames.try_emplace(F);
  if (New)
    It->second = plainName(F);
  return It->second;
}

std::string UnitContext::displayName(const NamedDecl *D) {
  const auto *Method = dyn_cast<CXXMethodDecl>(D);
  if (Method && Method->getParent()->isLambda() &&
      Method->getOverloadedOperator() == OO_Call) {
    model::Location L = where(Method->getParent()->getLocation());
    std::string Out = "lambda at " + Summary.string(L.File).str() + ":" +
                      std::to_string(L.Line);
    if (const FunctionDecl *Parent = enclosingFunction(Method->getParent()))
      Out += " in " + displayName(Parent);
    return Out;
  }
  std::string Out;
  llvm::raw_string_ostream OS(Out);
  D->getNameForDiagnostic(OS, Policy, /*Qualified=*/true);
  if (const auto *F = dyn_cast<FunctionDecl>(D)) {
    PrintingPolicy Short = Policy;
    Short.SuppressScope = true;
    OS << "(";
    for (const ParmVarDecl *P : F->parameters()) {
      if (P != F->getParamDecl(0))
        OS << ", ";
      P->getType().print(OS, Short);
    }
    OS << ")";
  }
  return Out;
}

} // namespace raddle::checkers
