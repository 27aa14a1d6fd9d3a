// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/model/SummaryIO.h"
#include "lockorder/model/SummaryCodec.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace raddle::model {
namespace {

constexpr StringLiteral Magic = "RADDLETU";
/// Magic, version (4), content size (8), content hash (8).
constexpr size_t HeaderSize = 8 + 4 + 8 + 8;
/// A content size above this is taken for damage; the largest real summaries
/// are a few megabytes.
constexpr uint64_t MaxContentSize = 1u << 30;

class Writer {
public:
  static constexpr bool Reading = false;
  explicit Writer(raw_ostream &Out) : Out(Out) {}
  bool failed() const { return false; }
  void count(uint64_t N) { encodeULEB128(N, Out); }
  template <typename T> void number(T N) {
    // -1 means "none" in several fields; store it as a single byte.
    encodeULEB128(static_cast<uint32_t>(N) + 1u, Out);
  }
  void flag(bool F) { Out << static_cast<char>(F); }
  template <typename T> void enumeration(T V, T) {
    Out << static_cast<char>(V);
  }
  void string(StringId Id) { encodeULEB128(Id, Out); }
  void path(PathId Id) { encodeULEB128(Id, Out); }
  void text(const std::string &T) {
    encodeULEB128(T.size(), Out);
    Out << T;
  }

private:
  raw_ostream &Out;
};

class Reader {
public:
  static constexpr bool Reading = true;
  Reader(StringRef Bytes, const TUSummary &Tables)
      : At(Bytes.bytes_begin()), Start(At), End(Bytes.bytes_end()),
        Tables(Tables) {}

  bool failed() const { return !Why.empty(); }
  const std::string &why() const { return Why; }
  uint64_t position() const { return At - Start; }
  bool atEnd() const { return At == End; }

  uint64_t raw() {
    if (failed())
      return 0;
    unsigned Length = 0;
    const char *Error = nullptr;
    uint64_t Value = decodeULEB128(At, &Length, End, &Error);
    if (Error) {
      fail("it ends in the middle of a number");
      return 0;
    }
    At += Length;
    return Value;
  }
  void count(uint64_t &N) {
    N = raw();
    // Every item takes at least one byte, so a larger count is damage; this
    // keeps a hostile file from asking for memory it does not pay for.
    if (N > static_cast<uint64_t>(End - At)) {
      fail("a list is longer than the file");
      N = 0;
    }
  }
  template <typename T> void number(T &N) {
    uint64_t Value = raw();
    if (Value > UINT32_MAX)
      fail("a number is too large");
    N = static_cast<T>(static_cast<uint32_t>(Value) - 1u);
  }
  void flag(bool &F) { F = byte(1); }
  template <typename T> void enumeration(T &V, T Last) {
    V = static_cast<T>(byte(static_cast<uint8_t>(Last)));
  }
  void string(StringId &Id) {
    uint64_t Value = raw();
    if (Value >= std::max<size_t>(Tables.Strings.size(), 1))
      return fail("a text is referred to that is not there");
    Id = Value;
  }
  void path(PathId &Id) {
    uint64_t Value = raw();
    if (Value >= std::max<size_t>(Tables.Paths.size(), 1))
      return fail("a path is referred to that is not there");
    Id = Value;
  }
  void text(std::string &T) {
    uint64_t Size = 0;
    count(Size);
    T.assign(reinterpret_cast<const char *>(At), Size);
    At += Size;
  }

private:
  uint8_t byte(uint8_t Last) {
    if (failed())
      return 0;
    if (At == End) {
      fail("it ends too early");
      return 0;
    }
    if (*At > Last) {
      fail("a value is out of range");
      return 0;
    }
    return *At++;
  }
  void fail(const char *Text) {
    if (Why.empty())
      Why = Text;
  }

  const uint8_t *At, *Start, *End;
  const TUSummary &Tables;
  std::string Why;
};

/// References between blocks, loops and events that the codec cannot check
/// while it reads.
const char *checkReferences(const TUSummary &S) {
  if (S.Strings.empty() || !S.Strings[0].empty() || S.Paths.empty())
    return "its tables do not start with the empty entry";
  for (const FunctionSummary &F : S.Functions) {
    uint64_t Events = 0;
    for (const Block &B : F.Blocks)
      Events += B.Events.size();
    auto BadEvent = [&](const Condition &C) {
      return C.On != Condition::NoEvent && C.On >= Events;
    };
    auto BadLoop = [&](int32_t L) {
      return L < -1 || L >= static_cast<int32_t>(F.Loops.size());
    };
    for (const Block &B : F.Blocks) {
      for (uint32_t Successor : B.Successors)
        if (Successor >= F.Blocks.size())
          return "a branch leads out of its function";
      if (BadEvent(B.Branch) || BadEvent(B.ReturnValue))
        return "a branch depends on an event that is not there";
      if (BadLoop(B.Loop))
        return "a block is in a loop that is not there";
    }
    for (size_t I = 0; I < F.Loops.size(); ++I) {
      // Parents come first; that also rules out cycles.
      if (BadLoop(F.Loops[I].Parent) ||
          F.Loops[I].Parent >= static_cast<int32_t>(I) ||
          F.Loops[I].Head >= F.Blocks.size())
        return "a loop refers to something that is not there";
    }
  }
  return nullptr;
}

Error damaged(StringRef Name, const Twine &Why) {
  return createStringError("'" + Name + "' is not a usable TU summary: " + Why +
                           "; extract it again");
}

} // namespace

std::string writeSummary(const TUSummary &Summary) {
  std::string Content;
  raw_string_ostream Out(Content);
  Writer W(Out);
  // The codec takes references because the reader fills them in; the writer
  // changes nothing.
  code(W, const_cast<TUSummary &>(Summary));

  SmallVector<uint8_t, 0> Packed;
  compression::zstd::compress(arrayRefFromStringRef(Content), Packed, 3);
  std::string Bytes = Magic.str();
  Bytes.resize(HeaderSize);
  support::endian::write32le(&Bytes[8], TUSummary::FormatVersion);
  support::endian::write64le(&Bytes[12], Content.size());
  support::endian::write64le(&Bytes[20], xxh3_64bits(Content));
  Bytes.append(reinterpret_cast<const char *>(Packed.data()), Packed.size());
  return Bytes;
}

Expected<TUSummary> readSummary(StringRef Bytes, StringRef Name) {
  if (Bytes.size() < HeaderSize || !Bytes.starts_with(Magic))
    return damaged(Name, Bytes.empty() ? "it is empty"
                                       : "it does not start like one");
  uint32_t Version = support::endian::read32le(Bytes.data() + 8);
  if (Version != TUSummary::FormatVersion)
    return damaged(Name, "it has format " + Twine(Version) +
                             ", this raddle reads format " +
                             Twine(TUSummary::FormatVersion));
  uint64_t Size = support::endian::read64le(Bytes.data() + 12);
  uint64_t Hash = support::endian::read64le(Bytes.data() + 20);
  if (Size > MaxContentSize)
    return damaged(Name, "it claims to hold " + Twine(Size) + " bytes");
  SmallVector<uint8_t, 0> Content;
  if (Error E = compression::zstd::decompress(
          arrayRefFromStringRef(Bytes.drop_front(HeaderSize)), Content, Size))
    return damaged(Name, "it cannot be decompressed (" +
                             toString(std::move(E)) + ")");
  StringRef Text = toStringRef(ArrayRef<uint8_t>(Content));
  if (Text.size() != Size || xxh3_64bits(Text) != Hash)
    return damaged(Name, "its content does not match its checksum");

  TUSummary Summary;
  Reader R(Text, Summary);
  code(R, Summary);
  if (R.failed())
    return damaged(Name, R.why() + " (at byte " + Twine(R.position()) + ")");
  if (!R.atEnd())
    return damaged(Name, "something follows its end");
  if (const char *Why = checkReferences(Summary))
    return damaged(Name, Why);
  return Summary;
}

std::string contentAddress(StringRef Bytes) {
  return toHex(ArrayRef<uint8_t>(SHA256::hash(arrayRefFromStringRef(Bytes)))
                   .take_front(16),
               /*LowerCase=*/true);
}

} // namespace raddle::model
