// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ReplayFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace raddle::stress {

namespace {

constexpr int64_t FormatVersion = 1;
constexpr uint64_t MaxBytes = 256u << 20;
/// A schedule is the deepest thing in a file, at 3.
constexpr unsigned MaxDepth = 16;

/// JSON holds text, arguments and file names are bytes: those that are no UTF-8
/// are written as an object with their hex digits.
json::Value bytes(StringRef Text) {
  if (json::isUTF8(Text))
    return Text;
  return json::Object{{"hex", toHex(Text, /*LowerCase=*/true)}};
}

/// Numbers above 2^53 do not survive many a JSON reader.
std::string hex(uint64_t N) { return "0x" + utohexstr(N, /*LowerCase=*/true); }

/// The parser calls itself for what is nested, and the stack has an end.
bool tooDeep(StringRef Text) {
  unsigned Depth = 0;
  bool Quoted = false;
  for (size_t I = 0; I < Text.size(); ++I) {
    char C = Text[I];
    if (C == '"')
      Quoted = !Quoted;
    else if (Quoted)
      I += C == '\\';
    else if ((C == '{' || C == '[') && ++Depth > MaxDepth)
      return true;
    else if ((C == '}' || C == ']') && Depth)
      --Depth;
  }
  return false;
}

/// Each function returns false once it has said what is wrong.
class Reader {
public:
  bool document(const json::Value &V, json::Path P, ReplayFile &R) {
    const json::Object *O = object(V, P);
    if (!O)
      return false;
    int64_t Version = 0;
    if (const json::Value *At = field(*O, "version", P)) {
      std::optional<int64_t> N = At->getAsInteger();
      if (!N)
        return fail(P.field("version"), "is no number");
      Version = *N;
    } else {
      return false;
    }
    if (Version != FormatVersion)
      return fail(
          P.field("version"),
          "is not 1: the file was written by another version of raddle");
    if (!(string(*O, "program", P, R.Program) &&
          string(*O, "buildId", P, R.BuildId) &&
          string(*O, "folder", P, R.Folder) &&
          list(*O, "arguments", P,
               [&](const json::Value &Each, json::Path Here) {
                 R.Arguments.emplace_back();
                 return string(Each, Here, R.Arguments.back());
               }) &&
          list(*O, "environment", P,
               [&](const json::Value &Each, json::Path Here) {
                 R.Environment.emplace_back();
                 return variable(Each, Here, R.Environment.back());
               }) &&
          string(*O, "strategy", P, R.Strategy) &&
          number(*O, "seed", P, R.Seed) &&
          string(*O, "options", P, R.Options) &&
          list(*O, "schedule", P,
               [&](const json::Value &Each, json::Path Here) {
                 R.Schedule.emplace_back();
                 return scheduleSwitch(Each, Here, R.Schedule.back());
               }) &&
          number(*O, "events", P, R.Events) && number(*O, "hash", P, R.Hash) &&
          failure(*O, P, R) &&
          rate(*O, "withSeed", P, R.SeedFailures, R.SeedRuns) &&
          rate(*O, "without", P, R.BaseFailures, R.BaseRuns)))
      return false;
    if (!sys::path::is_absolute(R.Program))
      return fail(P.field("program"), "is no absolute path");
    if (!R.Folder.empty() && !sys::path::is_absolute(R.Folder))
      return fail(P.field("folder"), "is no absolute path");
    if (R.Strategy.empty() ||
        !all_of(R.Strategy, [](char C) { return isAlnum(C) || C == '_'; }))
      return fail(P.field("strategy"), "is no strategy's name");
    return true;
  }

  const std::string &why() const { return Why; }

private:
  bool fail(json::Path P, StringRef Text) {
    P.report("here");
    Why = Text.str();
    return false;
  }

  const json::Object *object(const json::Value &V, json::Path P) {
    const json::Object *O = V.getAsObject();
    if (!O)
      fail(P, "is no object");
    return O;
  }
  const json::Value *field(const json::Object &O, StringRef Name,
                           json::Path P) {
    const json::Value *V = O.get(Name);
    if (!V)
      fail(P.field(Name), "is missing");
    return V;
  }

  bool string(const json::Value &V, json::Path P, std::string &To) {
    if (std::optional<StringRef> Text = V.getAsString()) {
      To = Text->str();
    } else if (const json::Object *O = V.getAsObject()) {
      std::optional<StringRef> Digits = O->getString("hex");
      if (!Digits || !tryGetFromHex(*Digits, To) || Digits->size() % 2)
        return fail(P, "is neither a string nor {\"hex\": digits}");
    } else {
      return fail(P, "is no string");
    }
    // None of what is read here can hold it: it ends an argument.
    if (To.find('\0') != std::string::npos)
      return fail(P, "holds a zero byte");
    return true;
  }
  bool string(const json::Object &O, StringRef Name, json::Path P,
              std::string &To) {
    const json::Value *V = field(O, Name, P);
    return V && string(*V, P.field(Name), To);
  }

  bool number(const json::Value &V, json::Path P, uint64_t &To) {
    if (std::optional<uint64_t> N = V.getAsUINT64()) {
      To = *N;
      return true;
    }
    if (std::optional<StringRef> Text = V.getAsString())
      if (!Text->empty() && !Text->getAsInteger(0, To))
        return true;
    return fail(P, "is no number from 0 to 2^64 - 1");
  }
  bool number(const json::Object &O, StringRef Name, json::Path P,
              uint64_t &To) {
    const json::Value *V = field(O, Name, P);
    return V && number(*V, P.field(Name), To);
  }

  template <class Function>
  bool list(const json::Object &O, StringRef Name, json::Path P,
            Function Read) {
    const json::Value *V = field(O, Name, P);
    if (!V)
      return false;
    const json::Array *A = V->getAsArray();
    if (!A)
      return fail(P.field(Name), "is no list");
    json::Path Here = P.field(Name);
    for (size_t I = 0; I < A->size(); ++I)
      if (!Read((*A)[I], Here.index(I)))
        return false;
    return true;
  }

  bool variable(const json::Value &V, json::Path P,
                std::pair<std::string, std::string> &To) {
    const json::Object *O = object(V, P);
    if (!O || !string(*O, "name", P, To.first) ||
        !string(*O, "value", P, To.second))
      return false;
    if (To.first.empty() || To.first.find('=') != std::string::npos)
      return fail(P.field("name"), "is no name of a variable");
    return true;
  }

  bool scheduleSwitch(const json::Value &V, json::Path P, ScheduleSwitch &To) {
    const json::Array *A = V.getAsArray();
    if (!A || A->size() != 3)
      return fail(P, "is no list of thread, clock and next thread");
    uint64_t Thread, Next;
    if (!number((*A)[0], P.index(0), Thread) ||
        !number((*A)[1], P.index(1), To.Clock) ||
        !number((*A)[2], P.index(2), Next))
      return false;
    for (auto [N, Index] : {std::pair(Thread, 0u), std::pair(Next, 2u)})
      if (N == 0 || N > UINT32_MAX)
        return fail(P.index(Index), "is no thread; they count from 1");
    To.Thread = uint32_t(Thread);
    To.Next = uint32_t(Next);
    return true;
  }

  bool failure(const json::Object &Of, json::Path P, ReplayFile &R) {
    const json::Value *V = field(Of, "failure", P);
    if (!V)
      return false;
    json::Path Here = P.field("failure");
    const json::Object *O = object(*V, Here);
    return O && string(*O, "kind", Here, R.Kind) &&
           string(*O, "key", Here, R.Key) && string(*O, "says", Here, R.Says);
  }

  bool rate(const json::Object &Of, StringRef Name, json::Path P,
            uint64_t &Failures, uint64_t &Runs) {
    const json::Value *V = Of.get(Name);
    if (!V)
      return true;
    json::Path Here = P.field(Name);
    const json::Object *O = object(*V, Here);
    if (!O || !number(*O, "failures", Here, Failures) ||
        !number(*O, "runs", Here, Runs))
      return false;
    if (Failures > Runs)
      return fail(Here, "has more failures than runs");
    return true;
  }

  std::string Why;
};

/// "schedule[3][1]", from the error that Root makes of a path.
std::string placeOf(json::Path::Root &Root) {
  std::string Text = toString(Root.getError());
  StringRef Place = Text;
  if (Place.starts_with("here when "))
    return "";
  Place.consume_front("here at ");
  Place.consume_front("replay.");
  return Place.str();
}

} // namespace

Error writeReplay(const ReplayFile &R, StringRef Path) {
  auto Failed = [&](std::error_code Code) {
    return createStringError("'" + Path +
                             "' cannot be written: " + Code.message());
  };
  sys::fs::file_status Status;
  if (!sys::fs::status(Path, Status) && !sys::fs::is_regular_file(Status))
    return createStringError("'" + Path +
                             "' cannot be written: it is no regular file");
  SmallString<256> Beside;
  int File = -1;
  if (std::error_code Code = sys::fs::createUniqueFile(
          Path + ".%%%%%%%%.tmp", File, Beside, sys::fs::OF_None,
          sys::fs::all_read | sys::fs::owner_write))
    return Failed(Code);
  raw_fd_ostream Out(File, /*shouldClose=*/true);
  json::OStream J(Out, /*IndentSize=*/1);
  J.object([&] {
    J.attribute("version", FormatVersion);
    J.attribute("program", bytes(R.Program));
    J.attribute("buildId", bytes(R.BuildId));
    J.attributeArray("arguments", [&] {
      for (const std::string &Each : R.Arguments)
        J.value(bytes(Each));
    });
    J.attribute("folder", bytes(R.Folder));
    J.attributeArray("environment", [&] {
      for (const auto &[Name, Value] : R.Environment)
        J.value(json::Object{{"name", bytes(Name)}, {"value", bytes(Value)}});
    });
    J.attribute("strategy", bytes(R.Strategy));
    J.attribute("seed", std::to_string(R.Seed));
    J.attribute("options", bytes(R.Options));
    J.attributeObject("failure", [&] {
      J.attribute("kind", bytes(R.Kind));
      J.attribute("key", bytes(R.Key));
      J.attribute("says", bytes(R.Says));
    });
    J.attribute("events", R.Events);
    J.attribute("hash", hex(R.Hash));
    if (R.SeedRuns)
      J.attribute("withSeed", json::Object{{"failures", R.SeedFailures},
                                           {"runs", R.SeedRuns}});
    if (R.BaseRuns)
      J.attribute("without", json::Object{{"failures", R.BaseFailures},
                                          {"runs", R.BaseRuns}});
    // A line for each switch, as people compare these files.
    J.attributeBegin("schedule");
    J.rawValue([&](raw_ostream &To) {
      To << "[";
      for (size_t I = 0; I < R.Schedule.size(); ++I) {
        const ScheduleSwitch &S = R.Schedule[I];
        To << (I ? ",\n  [" : "\n  [") << S.Thread << ", " << S.Clock << ", "
           << S.Next << "]";
      }
      To << (R.Schedule.empty() ? "]" : "\n ]");
    });
    J.attributeEnd();
  });
  Out << "\n";
  Out.close();
  std::error_code Code = Out.error();
  Out.clear_error();
  if (!Code)
    Code = sys::fs::rename(Beside, Path);
  if (Code) {
    sys::fs::remove(Beside);
    return Failed(Code);
  }
  return Error::success();
}

Expected<ReplayFile> parseReplay(StringRef Text, StringRef Name) {
  auto Failed = [&](const Twine &Why) {
    return createStringError(
        "'" + Name + "' is no replay file of raddle: " + Why +
        "; 'raddle stress' writes one for each " + "failure that it finds");
  };
  if (tooDeep(Text))
    return Failed("it is nested too deeply");
  Expected<json::Value> V = json::parse(Text);
  if (!V)
    return Failed(toString(V.takeError()));
  json::Path::Root Root("replay");
  Reader Read;
  ReplayFile R;
  if (!Read.document(*V, Root, R)) {
    std::string Place = placeOf(Root);
    return Failed((Place.empty() ? "it" : "'" + Place + "'") + " " +
                  Read.why());
  }
  return R;
}

Expected<ReplayFile> readReplay(StringRef Path) {
  auto Unreadable = [&](const Twine &Why) {
    return createStringError("'" + Path + "' cannot be read: " + Why);
  };
  sys::fs::file_status Status;
  if (std::error_code Code = sys::fs::status(Path, Status))
    return Unreadable(Code.message());
  if (!sys::fs::is_regular_file(Status))
    return Unreadable("it is no regular file");
  if (Status.getSize() > MaxBytes)
    return Unreadable("it is larger than 256 MiB, and no replay file");
  // A copy: others may change the file meanwhile.
  auto Bytes = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false,
                                     /*IsVolatile=*/true);
  if (!Bytes)
    return Unreadable(Bytes.getError().message());
  return parseReplay((*Bytes)->getBuffer(), Path);
}

std::string scheduleText(const std::vector<ScheduleSwitch> &Schedule) {
  std::string Text;
  for (const ScheduleSwitch &S : Schedule)
    Text += std::to_string(S.Thread) + " " + std::to_string(S.Clock) + " " +
            std::to_string(S.Next) + "\n";
  return Text;
}

std::vector<ScheduleSwitch> scheduleOf(const RunRecords &Run) {
  std::vector<ScheduleSwitch> Result;
  Result.reserve(Run.Switches.size());
  for (const RunSwitchRecord &S : Run.Switches)
    Result.push_back({S.Head.Thread, S.Next, S.Clock});
  return Result;
}

} // namespace raddle::stress
