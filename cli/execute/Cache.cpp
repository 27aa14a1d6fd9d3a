// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Cache.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <ctime>
#include <sys/stat.h>

using namespace llvm;

namespace raddle::cli {

namespace {

/// Behind the magic: the hash of the rest.
constexpr StringLiteral Magic = "RADDLEC1";
constexpr size_t HeaderSize = 16;

std::string sealed(StringRef Content) {
  std::string Bytes = Magic.str();
  Bytes.resize(HeaderSize);
  support::endian::write64le(&Bytes[8], xxh3_64bits(Content));
  Bytes += Content;
  return Bytes;
}

/// The content of a sealed file, or nothing if there is none or it is damaged.
std::optional<std::string> unsealed(const std::string &Path) {
  Expected<std::string> Bytes = readFile(Path);
  if (!Bytes) {
    consumeError(Bytes.takeError());
    return std::nullopt;
  }
  StringRef Content = StringRef(*Bytes);
  if (Content.size() < HeaderSize || !Content.consume_front(Magic))
    return std::nullopt;
  uint64_t Hash = support::endian::read64le(Content.data());
  Content = Content.drop_front(8);
  if (xxh3_64bits(Content) != Hash)
    return std::nullopt;
  return Content.str();
}

class EntryReader {
public:
  explicit EntryReader(StringRef Bytes)
      : At(Bytes.bytes_begin()), End(Bytes.bytes_end()) {}
  bool Failed = false;
  uint64_t number() {
    unsigned Length = 0;
    const char *Error = nullptr;
    uint64_t Value = decodeULEB128(At, &Length, End, &Error);
    if (Error) {
      Failed = true;
      At = End;
      return 0;
    }
    At += Length;
    return Value;
  }
  std::string text() {
    uint64_t Size = number();
    if (Size > static_cast<uint64_t>(End - At)) {
      Failed = true;
      return {};
    }
    std::string Result(reinterpret_cast<const char *>(At), Size);
    At += Size;
    return Result;
  }

private:
  const uint8_t *At, *End;
};

void writeText(raw_ostream &Out, StringRef Text) {
  encodeULEB128(Text.size(), Out);
  Out << Text;
}

} // namespace

std::string cacheKey(StringRef Text) {
  XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef(Text));
  return utohexstr(Hash.high64, /*LowerCase=*/true, 16) +
         utohexstr(Hash.low64, /*LowerCase=*/true, 16);
}

Expected<Cache> Cache::open(StringRef Folder) {
  Cache Result;
  if (Folder.empty())
    return Result;
  Result.Folder = Folder.str();
  for (StringRef Kind : {"units", "summaries", "results"})
    if (std::error_code Code =
            sys::fs::create_directories(Result.place(Kind, "")))
      return createStringError(
          "the cache '" + Folder + "' cannot be made (" + Code.message() +
          "); name a folder that can be written with --cache-dir, or do "
          "without by --no-cache");
  return Result;
}

std::string Cache::place(StringRef Kind, StringRef Name) const {
  return (Folder + "/" + Kind + (Name.empty() ? "" : "/") + Name).str();
}

int64_t Cache::now() {
  timespec Time{};
  // Linux since 6.13 stamps files that are looked at with the exact time, which
  // is ahead of the coarse clock; before, it was the coarse clock's, and a
  // change within a tick (some ms) after the start goes unseen.
  ::clock_gettime(CLOCK_REALTIME, &Time);
  return Time.tv_sec * 1'000'000'000LL + Time.tv_nsec;
}

Cache::FileState &Cache::state(StringRef Path) {
  auto [It, New] = States.try_emplace(Path);
  FileState &State = It->second;
  if (New) {
    struct stat Info{};
    if (::stat(It->getKeyData(), &Info) == 0) {
      State.Exists = true;
      State.Size = Info.st_size;
      State.Modified =
          Info.st_mtim.tv_sec * 1'000'000'000LL + Info.st_mtim.tv_nsec;
    }
  }
  return State;
}

uint64_t Cache::content(StringRef Path, FileState &State) {
  if (!State.Content) {
    Expected<std::string> Bytes = readFile(Path);
    if (Bytes) {
      State.Content = xxh3_64bits(*Bytes);
      State.Size = Bytes->size();
    } else {
      consumeError(Bytes.takeError());
      State.Exists = false;
      State.Content = 0;
    }
  }
  return *State.Content;
}

std::optional<Cache::UnitEntry> Cache::readUnit(StringRef Key) {
  std::optional<std::string> Bytes = unsealed(place("units", Key));
  if (!Bytes)
    return std::nullopt;
  EntryReader In(*Bytes);
  UnitEntry Entry;
  Entry.Address = In.text();
  uint64_t Count = In.number();
  for (uint64_t I = 0; I < Count && !In.Failed; ++I) {
    Dependency &D = Entry.Files.emplace_back();
    D.Path = In.text();
    D.Size = In.number();
    D.Modified = static_cast<int64_t>(In.number());
    D.Content = In.number();
  }
  if (In.Failed)
    return std::nullopt;
  return Entry;
}

void Cache::writeUnit(StringRef Key, const UnitEntry &Entry) {
  std::string Bytes;
  raw_string_ostream Out(Bytes);
  writeText(Out, Entry.Address);
  encodeULEB128(Entry.Files.size(), Out);
  for (const Dependency &D : Entry.Files) {
    writeText(Out, D.Path);
    encodeULEB128(D.Size, Out);
    encodeULEB128(static_cast<uint64_t>(D.Modified), Out);
    encodeULEB128(D.Content, Out);
  }
  // A cache that cannot be written only makes the next run slower.
  consumeError(replaceFile(place("units", Key), sealed(Bytes)));
}

std::optional<std::string> Cache::findUnit(StringRef Key) {
  if (!enabled())
    return std::nullopt;
  std::optional<UnitEntry> Entry = readUnit(Key);
  if (!Entry)
    return std::nullopt;
  bool TimesChanged = false;
  for (Dependency &D : Entry->Files) {
    FileState &Now = state(D.Path);
    if (!Now.Exists || Now.Size != D.Size)
      return std::nullopt;
    if (Now.Modified == D.Modified)
      continue;
    if (content(D.Path, Now) != D.Content || !Now.Exists)
      return std::nullopt;
    D.Modified = Now.Modified;
    TimesChanged = true;
  }
  if (!sys::fs::exists(place("summaries", Entry->Address)))
    return std::nullopt;
  if (TimesChanged)
    writeUnit(Key, *Entry);
  return Entry->Address;
}

std::optional<std::string> Cache::readSummary(StringRef Address) {
  if (!enabled())
    return std::nullopt;
  return unsealed(place("summaries", Address));
}

void Cache::storeUnit(StringRef Key, StringRef Summary, StringRef Address,
                      ArrayRef<std::string> Dependencies, int64_t StartedNs) {
  if (!enabled())
    return;
  UnitEntry Entry;
  Entry.Address = Address.str();
  for (const std::string &Path : Dependencies) {
    FileState &Now = state(Path);
    if (!Now.Exists || Now.Modified > StartedNs)
      return;
    uint64_t Content = content(Path, Now);
    if (!Now.Exists)
      return;
    Entry.Files.push_back({Path, Now.Size, Now.Modified, Content});
  }
  if (Error E = replaceFile(place("summaries", Address), sealed(Summary)))
    return consumeError(std::move(E));
  writeUnit(Key, Entry);
  Stored = true;
}

std::optional<std::string> Cache::readResult(StringRef Key) {
  if (!enabled())
    return std::nullopt;
  return unsealed(place("results", Key));
}

void Cache::storeResult(StringRef Key, StringRef Bytes) {
  if (!enabled())
    return;
  consumeError(replaceFile(place("results", Key), sealed(Bytes)));
  Stored = true;
}

std::string Cache::programIdentity(StringRef Path) {
  FileState &State = state(Path);
  std::string Stamp =
      (Path + "\n" + Twine(State.Size) + "\n" + Twine(State.Modified) + "\n")
          .str();
  std::string Memo = place("program-" + cacheKey(Path), "");
  if (enabled())
    if (std::optional<std::string> Known = unsealed(Memo))
      if (StringRef(*Known).starts_with(Stamp))
        return Known->substr(Stamp.size());
  std::string Identity = utohexstr(content(Path, State), true, 16);
  if (enabled())
    consumeError(replaceFile(Memo, sealed(Stamp + Identity)));
  return Identity;
}

void Cache::trim() {
  if (!enabled() || !Stored)
    return;
  constexpr int64_t Day = 86'400'000'000'000LL;
  std::string Stamp = place("trimmed", "");
  FileState &Last = state(Stamp);
  int64_t Now = now();
  if (Last.Exists && Now - Last.Modified < Day)
    return;
  consumeError(replaceFile(Stamp, ""));
  if (!Last.Exists)
    return; // A fresh cache.
  StringSet<> Used;
  auto Each = [&](StringRef Kind, auto Visit) {
    std::error_code Code;
    for (sys::fs::directory_iterator It(place(Kind, ""), Code), End;
         It != End && !Code; It.increment(Code))
      Visit(It->path());
  };
  Each("units", [&](const std::string &Path) {
    StringRef Key = sys::path::filename(Path);
    if (std::optional<UnitEntry> Entry = readUnit(Key)) {
      // A unit whose source is gone will not come back.
      if (!Entry->Files.empty() && Now - state(Path).Modified > 30 * Day)
        sys::fs::remove(Path);
      else
        Used.insert(Entry->Address);
    } else if (Now - state(Path).Modified > Day) {
      sys::fs::remove(Path);
    }
  });
  // A day's grace: another run may have written it and not yet its unit.
  Each("summaries", [&](const std::string &Path) {
    if (!Used.contains(sys::path::filename(Path)) &&
        Now - state(Path).Modified > Day)
      sys::fs::remove(Path);
  });
  Each("results", [&](const std::string &Path) {
    if (Now - state(Path).Modified > 7 * Day)
      sys::fs::remove(Path);
  });
}

} // namespace raddle::cli
