// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/CompileDatabase.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include <set>

using namespace llvm;

namespace raddle::cli {

namespace {

constexpr StringLiteral Name = "compile_commands.json";
constexpr StringLiteral HowToMake =
    "let CMake write one with 'cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON', or "
    "run your build under 'bear --', and name its folder with -p";

StringRef kindOf(const json::Value &V) {
  switch (V.kind()) {
  case json::Value::Null:
    return "null";
  case json::Value::Boolean:
    return "a truth value";
  case json::Value::Number:
    return "a number";
  case json::Value::String:
    return "a string";
  case json::Value::Array:
    return "a list";
  case json::Value::Object:
    return "an object";
  }
  return "something else";
}

std::vector<std::string> splitCommand(StringRef Command) {
  BumpPtrAllocator Storage;
  StringSaver Saver(Storage);
  SmallVector<const char *, 64> Argv;
  cl::TokenizeGNUCommandLine(Command, Saver, Argv);
  return {Argv.begin(), Argv.end()};
}

/// Reads one entry; errors name it by its number, from 1.
class EntryReader {
public:
  EntryReader(const json::Value &Value, size_t Number, StringRef File,
              StringRef Folder)
      : Value(Value), Number(Number), File(File), Folder(Folder) {}

  Expected<Unit> read() {
    Object = Value.getAsObject();
    if (!Object)
      return bad("it is " + kindOf(Value) + ", not an object");
    Unit Result;
    if (Error E = text("directory", Result.Command.Directory, false))
      return E;
    if (Error E = text("file", Result.Command.File, true))
      return E;
    Result.Command.Directory = absolutePath(Result.Command.Directory, Folder);
    if (Error E = arguments(Result.Command.Arguments))
      return E;
    Result.Path = absolutePath(Result.Command.File, Result.Command.Directory);
    return Result;
  }

private:
  Error bad(const Twine &Why) {
    return createStringError("'" + File + "', entry " + Twine(Number) + ": " +
                             Why +
                             "; write the compile database again with the "
                             "build system that made it");
  }

  Error text(StringRef Key, std::string &Into, bool Needed) {
    const json::Value *Field = Object->get(Key);
    if (!Field && !Needed)
      return Error::success();
    if (!Field)
      return bad("it has no \"" + Key + "\"");
    std::optional<StringRef> Text = Field->getAsString();
    if (!Text)
      return bad("\"" + Key + "\" is " + kindOf(*Field) + ", not a string");
    if (Needed && Text->empty())
      return bad("\"" + Key + "\" is empty");
    Into = Text->str();
    return Error::success();
  }

  Error arguments(std::vector<std::string> &Into) {
    if (const json::Value *List = Object->get("arguments")) {
      const json::Array *Items = List->getAsArray();
      if (!Items)
        return bad("\"arguments\" is " + kindOf(*List) +
                   ", not a list of strings");
      for (const json::Value &Item : *Items) {
        std::optional<StringRef> Text = Item.getAsString();
        if (!Text)
          return bad("\"arguments\" holds " + kindOf(Item) +
                     ", which is not a string");
        Into.push_back(Text->str());
      }
    } else if (Object->get("command")) {
      std::string Command;
      if (Error E = text("command", Command, true))
        return E;
      Into = splitCommand(Command);
    } else {
      return bad("it has neither \"arguments\" nor \"command\"");
    }
    if (Into.empty())
      return bad("its command is empty");
    return Error::success();
  }

  const json::Value &Value;
  size_t Number;
  StringRef File, Folder;
  const json::Object *Object = nullptr;
};

} // namespace

Expected<std::string> findDatabase(StringRef Given) {
  if (!Given.empty()) {
    std::string Path = absolutePath(Given);
    if (sys::fs::is_directory(Path)) {
      SmallString<256> Inside(Path);
      sys::path::append(Inside, Name);
      if (sys::fs::exists(Inside))
        return std::string(Inside);
      return createStringError("there is no '" + Name + "' in '" + Given +
                               "'; " + HowToMake);
    }
    if (sys::fs::exists(Path))
      return Path;
    return createStringError("'" + Given + "' (from -p) does not exist; " +
                             HowToMake);
  }
  SmallString<256> Folder;
  if (std::error_code Code = sys::fs::current_path(Folder))
    return createStringError("the working directory cannot be read: " +
                             Code.message());
  std::string Start(Folder);
  while (true) {
    for (StringRef Below : {"", "build"}) {
      SmallString<256> Candidate(Folder);
      sys::path::append(Candidate, Below, Name);
      if (sys::fs::exists(Candidate))
        return std::string(Candidate);
    }
    if (!sys::path::has_parent_path(Folder) ||
        sys::path::parent_path(Folder) == Folder.str())
      break;
    sys::path::remove_filename(Folder);
  }
  return createStringError("no '" + Name + "' in '" + Start +
                           "', its folder 'build', or above; " + HowToMake);
}

Expected<CompileDatabase> parseDatabase(StringRef Text, StringRef File) {
  CompileDatabase Result;
  Result.File = File.str();
  Result.Directory = sys::path::parent_path(File).str();
  Expected<json::Value> Parsed = json::parse(Text);
  if (!Parsed)
    return createStringError("'" + File + "' is not JSON: " +
                             StringRef(toString(Parsed.takeError())).rtrim() +
                             "; write it again with the build system that "
                             "made it");
  const json::Array *Entries = Parsed->getAsArray();
  if (!Entries)
    return createStringError("'" + File + "' holds " + kindOf(*Parsed) +
                             " where a list of compile commands must be; "
                             "write it again with the build system that made "
                             "it");
  if (Entries->empty())
    return createStringError("'" + File +
                             "' lists no compile commands; configure a build "
                             "that compiles something");
  std::set<std::pair<std::string, std::vector<std::string>>> Seen;
  StringMap<unsigned> PerSource;
  size_t Number = 0;
  for (const json::Value &Entry : *Entries) {
    Expected<Unit> One =
        EntryReader(Entry, ++Number, File, Result.Directory).read();
    if (!One)
      return One.takeError();
    // Assembly sources and the like have no place in the analysis.
    StringRef Extension = sys::path::extension(One->Path);
    if (Extension == ".s" || Extension == ".S" || Extension == ".asm" ||
        Extension == ".rc")
      continue;
    if (!Seen.insert({One->Path + "\n" + One->Command.Directory,
                      One->Command.Arguments})
             .second)
      continue;
    if (unsigned Count = ++PerSource[One->Path]; Count > 1)
      One->Configuration = std::to_string(Count);
    Result.Units.push_back(std::move(*One));
  }
  return Result;
}

Expected<CompileDatabase> readDatabase(StringRef File) {
  Expected<std::string> Text = readFile(File);
  if (!Text)
    return Text.takeError();
  return parseDatabase(*Text, File);
}

} // namespace raddle::cli
