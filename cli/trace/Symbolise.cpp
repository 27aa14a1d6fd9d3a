// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/Symbolise.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/DebugInfo/DWARF/DWARFCompileUnit.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/DebugInfo/DWARF/DWARFDie.h"
#include "llvm/DebugInfo/Symbolize/Symbolize.h"
#include "llvm/Object/BuildID.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using raddle::lockorder::Frame;
using raddle::lockorder::Place;

namespace raddle::cli {

namespace {

constexpr StringLiteral DebugFolder = "/usr/lib/debug";

std::string buildIdOf(const object::ObjectFile &File) {
  object::BuildIDRef Id = object::getBuildID(&File);
  return std::string(reinterpret_cast<const char *>(Id.data()), Id.size());
}

/// "/usr/lib/debug/.build-id/ab/cdef.debug", if it is there.
std::string debugFile(StringRef BuildId) {
  std::string Hex = toHex(BuildId, /*LowerCase=*/true);
  if (Hex.size() < 3)
    return "";
  std::string Path = (DebugFolder + "/.build-id/" + Hex.substr(0, 2) + "/" +
                      Hex.substr(2) + ".debug")
                         .str();
  return sys::fs::is_regular_file(Path) ? Path : "";
}

symbolize::LLVMSymbolizer::Options options() {
  symbolize::LLVMSymbolizer::Options O;
  O.PrintFunctions = DILineInfoSpecifier::FunctionNameKind::LinkageName;
  O.PathStyle = DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath;
  O.DebugFileDirectory = {DebugFolder.str()};
  O.FallbackDebugPath = (DebugFolder + "/").str();
  return O;
}

/// The symbolizer's words for "not known".
std::string known(StringRef Text) {
  return Text == DILineInfo::BadString || Text == DILineInfo::Addr2LineBadString
             ? ""
             : Text.str();
}

} // namespace

struct Symboliser::Module {
  std::string Path; ///< To ask the symbolizer for; empty: no usable file.
  /// A symbolizer for each, so that one that is hard to read harms no other.
  std::unique_ptr<symbolize::LLVMSymbolizer> Symbols;
  /// Read when a coroutine is met.
  object::OwningBinary<object::ObjectFile> File;
  std::unique_ptr<DWARFContext> Debug;
  /// By address in the file, and whether it is a return address.
  std::map<std::pair<uint64_t, bool>, std::vector<Frame>> Frames;
};

Symboliser::Symboliser(std::string Root) : Root(std::move(Root)) {}
Symboliser::~Symboliser() = default;

Symboliser::Module &Symboliser::module(const TraceModule &M) {
  std::unique_ptr<Module> &Into = Modules[{M.Path, M.BuildId}];
  if (Into)
    return *Into;
  Into = std::make_unique<Module>();
  StringRef Path = M.Path;
  // A device or a pipe would be read for ever.
  bool There = Path.starts_with("/") && sys::fs::is_regular_file(Path);
  if (There) {
    auto File = object::ObjectFile::createObjectFile(Path);
    if (!File) {
      consumeError(File.takeError());
      There = false;
    } else if (!isa<object::ELFObjectFileBase>(File->getBinary())) {
      There = false;
    } else if (!M.BuildId.empty() &&
               buildIdOf(*File->getBinary()) != M.BuildId) {
      Warnings.push_back(
          ("'" + Path +
           "' is not the file that the program had loaded (its build id "
           "differs); its functions are shown as offsets")
              .str());
      There = false;
    }
  }
  Into->Path = There ? Path.str() : debugFile(M.BuildId);
  if (!Into->Path.empty())
    Into->Symbols = std::make_unique<symbolize::LLVMSymbolizer>(options());
  return *Into;
}

Place Symboliser::place(StringRef File, unsigned Line, unsigned Column) {
  std::string Known = known(File);
  if (Known.empty() || !Line)
    return {};
  SmallString<256> Clean(Known);
  sys::path::remove_dots(Clean, /*remove_dot_dot=*/true);
  return {relativeTo(Clean, Root), Line, Column, 0};
}

const std::vector<Frame> &Symboliser::frames(const TraceModule &M,
                                             uint64_t Address, bool Return) {
  Module &Of = module(M);
  uint64_t Offset = Address - M.Bias;
  auto [It, New] = Of.Frames.try_emplace({Offset, Return});
  std::vector<Frame> &Result = It->second;
  if (!New)
    return Result;
  if (Of.Symbols) {
    // Behind a call is the next line, perhaps the next function.
    uint64_t At = Offset - (Return && Offset ? 1 : 0);
    Expected<DIInliningInfo> Info = Of.Symbols->symbolizeInlinedCode(
        Of.Path, {At, object::SectionedAddress::UndefSection});
    if (Info) {
      for (uint32_t I = 0, N = Info->getNumberOfFrames(); I < N; ++I) {
        const DILineInfo &Line = Info->getFrame(I);
        Result.push_back({known(Line.FunctionName),
                          place(Line.FileName, Line.Line, Line.Column), M.Path,
                          Offset, I + 1 < N});
      }
    } else {
      consumeError(Info.takeError());
    }
  }
  if (Result.empty())
    Result.push_back({"", {}, M.Path, Offset, false});
  return Result;
}

std::vector<Frame> Symboliser::stack(const Trace &T, const TraceStack &S) {
  std::vector<Frame> Result;
  for (size_t I = 0; I < S.Frames.size(); ++I) {
    const TraceFrame &F = S.Frames[I];
    bool Return = I || !S.ExactTop;
    if (!F.Module) {
      Result.push_back({"", {}, "", F.Address, false});
      continue;
    }
    const TraceModule &M = T.Modules[F.Module];
    if (sys::path::filename(M.Path).starts_with("libraddle_rt.so"))
      continue;
    const std::vector<Frame> &Each = frames(M, F.Address, Return);
    Result.insert(Result.end(), Each.begin(), Each.end());
  }
  return Result;
}

std::vector<Frame> Symboliser::exactly(const Trace &T, const TraceFrame &F) {
  if (!F.Module)
    return {};
  return frames(T.Modules[F.Module], F.Address, /*Return=*/false);
}

/// clang's labels "__coro_resume_N" stand where a coroutine goes on and carry
/// the line where it was suspended.
Place Symboliser::suspensionPlace(Module &Of, uint64_t Offset) {
  if (Of.Path.empty())
    return {};
  if (!Of.Debug) {
    auto File = object::ObjectFile::createObjectFile(Of.Path);
    if (!File) {
      consumeError(File.takeError());
      return {};
    }
    Of.File = std::move(*File);
    // What cannot be read is passed over.
    Of.Debug = DWARFContext::create(
        *Of.File.getBinary(), DWARFContext::ProcessDebugRelocations::Process,
        nullptr, "", [](Error E) { consumeError(std::move(E)); },
        [](Error E) { consumeError(std::move(E)); });
  }
  DWARFCompileUnit *Unit = Of.Debug->getCompileUnitForCodeAddress(Offset);
  if (!Unit)
    return {};
  for (const DWARFDebugInfoEntry &Entry : Unit->dies()) {
    DWARFDie Die(Unit, &Entry);
    if (Die.getTag() != dwarf::DW_TAG_label)
      continue;
    auto At = dwarf::toAddress(Die.find(dwarf::DW_AT_low_pc));
    const char *Name = Die.getShortName();
    if (At && *At == Offset && Name &&
        StringRef(Name).starts_with("__coro_resume_"))
      return place(
          Die.getDeclFile(
              DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath),
          unsigned(Die.getDeclLine()),
          unsigned(dwarf::toUnsigned(Die.find(dwarf::DW_AT_decl_column), 0)));
  }
  return {};
}

std::vector<Frame> Symboliser::suspension(const Trace &T, const TraceFrame &F) {
  // What is inlined there comes after the suspension.
  std::vector<Frame> Frames = exactly(T, F);
  if (Frames.size() > 1)
    Frames.erase(Frames.begin(), Frames.end() - 1);
  if (Frames.empty() || !F.Module)
    return Frames;
  const TraceModule &M = T.Modules[F.Module];
  if (Place Where = suspensionPlace(module(M), F.Address - M.Bias); Where.Line)
    Frames.front().Where = Where;
  return Frames;
}

Symboliser::Variable Symboliser::variable(const Trace &T, uint32_t Index,
                                          uint64_t Address) {
  const TraceModule &M = T.Modules[Index];
  Module &Of = module(M);
  if (!Index || !Of.Symbols)
    return {};
  Expected<DIGlobal> Global = Of.Symbols->symbolizeData(
      Of.Path, {Address - M.Bias, object::SectionedAddress::UndefSection});
  if (!Global) {
    consumeError(Global.takeError());
    return {};
  }
  return {known(Global->Name), place(Global->DeclFile, Global->DeclLine, 0)};
}

bool isLibraryFrame(const Frame &F) {
  StringRef Module = sys::path::filename(F.Module);
  for (StringRef Prefix :
       {"libc.so", "libc-", "libpthread", "libstdc++", "libc++", "libgcc_s",
        "ld-linux", "libraddle_rt", "libtsan", "libasan", "libubsan",
        "libclang_rt", "[vdso]"})
    if (Module.starts_with(Prefix))
      return true;
  StringRef Name = F.Function;
  for (StringRef Prefix :
       {"pthread_", "__pthread_", "mtx_", "thrd_", "cnd_", "__interceptor_",
        "___interceptor_", "__interceptor_trampoline", "__gthread", "_start",
        "__libc_start", "__tsan", "__asan", "__sanitizer"})
    if (Name.starts_with(Prefix))
      return true;
  StringRef File = F.Where.File;
  if (File.contains("/include/c++/") || File.contains("/lib/gcc/") ||
      File.contains("/compiler-rt/lib/"))
    return true;
  // A template has its return type in front, and "std::" may be among its
  // arguments: only the name itself counts.
  StringRef Head = Name.take_until([](char C) { return C == '(' || C == '<'; });
  StringRef Last =
      Head.rsplit(' ').second.empty() ? Head : Head.rsplit(' ').second;
  // Between main and a test: its framework. Tests may be in namespace testing.
  for (StringRef Runner : {"testing::Test::Run", "testing::TestInfo::Run",
                           "testing::TestSuite::Run", "testing::UnitTest::Run"})
    if (Last == Runner)
      return true;
  for (StringRef Prefix : {"std::", "__gnu_cxx::", "__sanitizer::", "__tsan::",
                           "__asan::", "testing::internal::", "Catch::"})
    if (Last.starts_with(Prefix))
      return true;
  return false;
}

std::string frameName(const Frame &F) {
  if (!F.Function.empty())
    return F.Function;
  std::string Module = F.Module.empty()
                           ? std::string("an address in no known file")
                           : sys::path::filename(F.Module).str();
  return Module + "+0x" + utohexstr(F.Offset, /*LowerCase=*/true);
}

std::string frameText(const Frame &F) {
  std::string Text = frameName(F);
  if (!F.Where.File.empty())
    Text += " at " + F.Where.File + ":" + std::to_string(F.Where.Line);
  return Text;
}

} // namespace raddle::cli
