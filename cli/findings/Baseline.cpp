// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/Baseline.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace raddle::cli {
namespace {

constexpr StringLiteral Header = "# raddle baseline 1";
constexpr StringLiteral HeaderOfAny = "# raddle baseline ";
constexpr size_t FingerprintLength = 32;

/// A name from outside must not begin a line of its own.
std::string oneLine(StringRef Text) {
  std::string Result = Text.take_front(300).str();
  for (char &C : Result)
    if (static_cast<unsigned char>(C) < ' ' || C == 0x7f)
      C = ' ';
  return Result;
}

bool isFingerprint(StringRef Text) {
  return Text.size() == FingerprintLength && all_of(Text, [](char C) {
           return isDigit(C) || (C >= 'a' && C <= 'f');
         });
}

Error broken(StringRef Name, unsigned Line, const Twine &What) {
  return createStringError(Name + ":" + Twine(Line) + ": " + What +
                           "; mend the line or write the file anew with "
                           "'raddle baseline create'");
}

} // namespace

void Baseline::add(Entry E) {
  if (!E.Fingerprint.empty())
    Known.insert(E.Fingerprint);
  Entries.push_back(std::move(E));
}

Baseline Baseline::of(const std::vector<Finding> &Findings) {
  Baseline B;
  B.add({"", Header.str()});
  for (const Finding &F : Findings) {
    const lockorder::Diagnosis &D = F.What;
    std::string Where =
        D.Where.Line ? D.Where.File + ":" + std::to_string(D.Where.Line) : "-";
    B.add(
        {F.Fingerprint, F.Fingerprint + "  " +
                            oneLine(D.Check + " " + Where + ": " + D.Message)});
  }
  return B;
}

Expected<Baseline> Baseline::parse(StringRef Text, StringRef Name) {
  Baseline B;
  unsigned Number = 0;
  while (!Text.empty()) {
    StringRef Line;
    std::tie(Line, Text) = Text.split('\n');
    Line.consume_back("\r");
    ++Number;
    if (Number == 1 && Line != Header) {
      if (Line.starts_with(HeaderOfAny))
        return broken(Name, Number,
                      "the baseline has version '" +
                          oneLine(Line.drop_front(HeaderOfAny.size())) +
                          "', this raddle reads version 1");
      return broken(Name, Number,
                    "not a baseline, it does not start with '" + Header + "'");
    }
    StringRef Trimmed = Line.trim();
    if (Trimmed.empty() || Trimmed.starts_with("#")) {
      B.add({"", Line.str()});
      continue;
    }
    StringRef Word = Trimmed.substr(0, Trimmed.find_first_of(" \t"));
    if (!isFingerprint(Word))
      return broken(Name, Number,
                    "'" + oneLine(Word.take_front(60)) +
                        "' is not a fingerprint of 32 hexadecimal digits");
    B.add({Word.str(), Line.str()});
  }
  if (!Number)
    return broken(Name, 1, "the baseline is empty");
  return B;
}

Expected<Baseline> Baseline::read(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File, /*IsText=*/true,
                                      /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return createStringError("cannot read the baseline '" + File +
                             "': " + Buffer.getError().message() +
                             "; write one with 'raddle baseline create'");
  return parse((*Buffer)->getBuffer(), File);
}

void Baseline::print(raw_ostream &Out) const {
  for (const Entry &E : Entries)
    Out << E.Text << '\n';
}

Error Baseline::write(StringRef File) const {
  Error E = writeToOutput(File, [&](raw_ostream &Out) {
    print(Out);
    return Error::success();
  });
  if (!E)
    return E;
  return createStringError("cannot write the baseline '" + File +
                           "': " + toString(std::move(E)));
}

size_t Baseline::removeKnown(std::vector<Finding> &Findings) const {
  return std::erase_if(
      Findings, [&](const Finding &F) { return contains(F.Fingerprint); });
}

size_t Baseline::prune(const std::vector<Finding> &Findings) {
  StringSet<> Found;
  for (const Finding &F : Findings)
    Found.insert(F.Fingerprint);
  size_t Removed = std::erase_if(Entries, [&](const Entry &E) {
    return !E.Fingerprint.empty() && !Found.contains(E.Fingerprint);
  });
  Known.clear();
  for (const Entry &E : Entries)
    if (!E.Fingerprint.empty())
      Known.insert(E.Fingerprint);
  return Removed;
}

Baseline::Difference
Baseline::diff(const std::vector<Finding> &Findings) const {
  Difference D;
  StringSet<> Found;
  for (const Finding &F : Findings) {
    Found.insert(F.Fingerprint);
    if (!contains(F.Fingerprint))
      D.New.push_back(&F);
  }
  for (const Entry &E : Entries)
    if (!E.Fingerprint.empty() && !Found.contains(E.Fingerprint))
      D.Gone.push_back(&E);
  return D;
}

} // namespace raddle::cli
