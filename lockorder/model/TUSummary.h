// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The summary of one translation unit: all that the linker ever sees of it.
#ifndef RADDLE_LOCKORDER_MODEL_TUSUMMARY_H
#define RADDLE_LOCKORDER_MODEL_TUSUMMARY_H

#include "lockorder/model/FunctionSummary.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <map>

namespace raddle::model {

struct FieldSummary {
  StringId Name = 0;
  StringId Type = 0;
  StringId Record = 0; ///< Class of its type, pointers looked through, or 0.
  /// "std::mutex", "pthread_mutex_t"...: the field is a lock of a known
  /// library; 0 otherwise.
  StringId LockType = 0;
  HandleKind Cancellation = HandleKind::None;
  Location Where;
};

struct RecordSummary {
  StringId Key = 0;
  StringId Name = 0; ///< Qualified, for messages.
  Location Where;
  llvm::SmallVector<StringId, 1> Bases; ///< Entity keys.
  std::vector<FieldSummary> Fields;     ///< Those that could matter.
};

struct GlobalSummary {
  StringId Key = 0;
  StringId Name = 0;
  StringId Type = 0;
  StringId Record = 0;
  StringId LockType = 0;
  Location Where;
};

/// A file-level finding of a check that needs no other translation unit.
struct FileFinding {
  StringId Check = 0;
  StringId Message = 0;
  Location Where;
  struct Note {
    StringId Message = 0;
    Location Where;
  };
  std::vector<Note> Notes;
};

/// Strings and paths are interned: equal strings have equal ids.
class TUSummary {
public:
  /// Version of the file format and of the meaning of its content; a reader
  /// accepts no other.
  static constexpr uint32_t FormatVersion = 1;

  TUSummary() : Strings(1), Paths(1) { StringIds[""] = 0; }

  StringId intern(llvm::StringRef Text) {
    auto [It, New] = StringIds.try_emplace(Text, Strings.size());
    if (New)
      Strings.push_back(Text.str());
    return It->second;
  }
  PathId intern(const AccessPath &Path);

  llvm::StringRef string(StringId Id) const { return Strings[Id]; }
  const AccessPath &path(PathId Id) const { return Paths[Id]; }

  StringId MainFile = 0;
  /// Tells several configurations of one file apart; empty for the first.
  StringId Configuration = 0;
  std::vector<FunctionSummary> Functions;
  std::vector<RecordSummary> Records;
  std::vector<GlobalSummary> Globals;
  std::vector<FileFinding> Findings;

  std::vector<std::string> Strings;
  std::vector<AccessPath> Paths;

private:
  llvm::StringMap<StringId> StringIds;
  std::map<std::vector<uint32_t>, PathId> PathIds;
};

} // namespace raddle::model

#endif
