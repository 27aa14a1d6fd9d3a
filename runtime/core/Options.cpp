// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Options.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Print.h"

namespace raddle {

Options TheOptions;

const OptionCard OptionCards[] = {
    {OptionCard::Flag, "leaks", "1", "look for leaked tasks at exit",
     offsetof(Options, Leaks)},
    {OptionCard::Flag, "coroutines", "1",
     "with leaks=1: look for suspended coroutines too",
     offsetof(Options, Coroutines)},
    {OptionCard::Flag, "locks", "0",
     "record the order in which locks are taken", offsetof(Options, Locks)},
    {OptionCard::Flag, "deadlocks", "0",
     "watch for threads that wait for each other",
     offsetof(Options, Deadlocks)},
    {OptionCard::Flag, "profile", "0",
     "write a snapshot of all tasks whenever one is asked for",
     offsetof(Options, Profile)},
    {OptionCard::Flag, "profile_by_trace", "0",
     "as profile=1, in a program that has threads",
     offsetof(Options, ProfileByTrace)},
    {OptionCard::SignalName, "snapshot_signal", "",
     "signal that asks for a snapshot, such as USR2; sets profile=1",
     offsetof(Options, SnapshotSignal)},
    {OptionCard::Number, "snapshot_every_ms", "0",
     "take a snapshot again and again; 0: do not; sets profile=1",
     offsetof(Options, SnapshotEveryMs)},
    {OptionCard::Number, "grace_ms", "430",
     "how long tasks may take to end, in milliseconds",
     offsetof(Options, GraceMs)},
    {OptionCard::Number, "exitcode", "23",
     "exit code of a program that leaks and would exit with 0; 0: leave it",
     offsetof(Options, ExitCode)},
    {OptionCard::Text, "ignore", "",
     "rules of tasks that are no leaks, separated by ',', in quotes",
     offsetof(Options, Ignore)},
    {OptionCard::Text, "ignore_file", "", "file with such rules, one a line",
     offsetof(Options, IgnoreFile)},
    {OptionCard::Number, "stall_ms", "0",
     "with deadlocks=1: report waits longer than this; 0: none",
     offsetof(Options, StallMs)},
    {OptionCard::Choice, "on_deadlock", "report", "report or abort",
     offsetof(Options, AbortOnDeadlock)},
    {OptionCard::Flag, "jitter", "0",
     "hold threads up now and then; see raddle stress",
     offsetof(Options, Jitter)},
    {OptionCard::Number, "slowdown_percent", "100",
     "with jitter=1: how much longer a run may take",
     offsetof(Options, SlowdownPercent)},
    {OptionCard::Number, "cores", "0",
     "with jitter=1: how many cores are used; 0: as the seed says",
     offsetof(Options, Cores)},
    {OptionCard::Flag, "access_points", "1",
     "with jitter=1: at accesses to memory too, by changing the code in memory",
     offsetof(Options, AccessPoints)},
    {OptionCard::Text, "schedule", "",
     "run one thread at a time, chosen by: random, pct, pos, surw, orders, "
     "portfolio, replay",
     offsetof(Options, Schedule)},
    {OptionCard::Text, "seed", "0", "what all random choices follow from",
     offsetof(Options, Seed)},
    {OptionCard::Number, "depth", "3", "of schedule=pct",
     offsetof(Options, Depth)},
    {OptionCard::Number, "step_limit", "2000000",
     "with schedule: end a run that takes more steps",
     offsetof(Options, StepLimit)},
    {OptionCard::Text, "replay", "", "file with the schedule to follow",
     offsetof(Options, Replay)},
    {OptionCard::Flag, "replay_strict", "1",
     "end the run where the program leaves that schedule",
     offsetof(Options, ReplayStrict)},
    {OptionCard::Text, "knowledge", "",
     "file with what runs learn for the next ones",
     offsetof(Options, Knowledge)},
    {OptionCard::Text, "run_log", "", "file that the run is noted in",
     offsetof(Options, RunLog)},
    {OptionCard::Number, "fork_server", "0",
     "descriptor to take requests for runs from",
     offsetof(Options, ForkServer)},
    {OptionCard::Text, "trace", "",
     "file to write the trace to, with %p for the process's number",
     offsetof(Options, Trace)},
    {OptionCard::Text, "log_path", "",
     "file for the report instead of stderr, with %p as above",
     offsetof(Options, LogPath)},
    {OptionCard::Flag, "follow_children", "0",
     "programs that this one starts are observed too",
     offsetof(Options, FollowChildren)},
    {OptionCard::Flag, "quiet", "0", "print nothing", offsetof(Options, Quiet)},
    {OptionCard::Flag, "help", "0", "print these options and go on",
     offsetof(Options, Help)},
    {OptionCard::Flag, nullptr, nullptr, nullptr, 0}};

namespace {

struct SignalNameRow {
  const char *Name;
  uint32_t Number;
};
constexpr SignalNameRow Signals[] = {{"HUP", 1},   {"INT", 2},   {"QUIT", 3},
                                     {"USR1", 10}, {"USR2", 12}, {"ALRM", 14},
                                     {"TERM", 15}, {"PROF", 27}, {"WINCH", 28}};

bool equal(const char *A, size_t Length, const char *B) {
  return strlen(B) == Length && __builtin_memcmp(A, B, Length) == 0;
}

bool number(const char *Text, size_t Length, uint32_t &Result) {
  uint64_t Value = 0;
  if (!Length || Length > 9)
    return false;
  for (size_t I = 0; I != Length; ++I) {
    if (Text[I] < '0' || Text[I] > '9')
      return false;
    Value = Value * 10 + uint64_t(Text[I] - '0');
  }
  Result = uint32_t(Value);
  return true;
}

bool flag(const char *Text, size_t Length, bool &Result) {
  if (equal(Text, Length, "1") || equal(Text, Length, "true") ||
      equal(Text, Length, "yes"))
    return Result = true;
  if (equal(Text, Length, "0") || equal(Text, Length, "false") ||
      equal(Text, Length, "no")) {
    Result = false;
    return true;
  }
  return false;
}

bool signalNumber(const char *Text, size_t Length, uint32_t &Result) {
  if (!Length) {
    Result = 0;
    return true;
  }
  if (Length > 3 && __builtin_memcmp(Text, "SIG", 3) == 0)
    Text += 3, Length -= 3;
  for (const SignalNameRow &Row : Signals)
    if (equal(Text, Length, Row.Name)) {
      Result = Row.Number;
      return true;
    }
  return number(Text, Length, Result) && Result > 0 && Result < 64;
}

/// What a value may be, for the message.
const char *wanted(const OptionCard &C) {
  switch (C.Kind) {
  case OptionCard::Flag:
    return "0 or 1";
  case OptionCard::Number:
    return "a number";
  case OptionCard::SignalName:
    return "a signal such as USR2";
  default:
    return "'report' or 'abort'";
  }
}

bool set(const OptionCard &C, const char *Value, size_t Length, Options &O) {
  char *Field = reinterpret_cast<char *>(&O) + C.Offset;
  switch (C.Kind) {
  case OptionCard::Flag:
    return flag(Value, Length, *reinterpret_cast<bool *>(Field));
  case OptionCard::Number:
    return number(Value, Length, *reinterpret_cast<uint32_t *>(Field));
  case OptionCard::SignalName:
    return signalNumber(Value, Length, *reinterpret_cast<uint32_t *>(Field));
  case OptionCard::Choice:
    *reinterpret_cast<bool *>(Field) = equal(Value, Length, "abort");
    return equal(Value, Length, "abort") || equal(Value, Length, "report");
  case OptionCard::Text:
    break;
  }
  if (!Length) {
    *reinterpret_cast<const char **>(Field) = "";
    return true;
  }
  // Kept: the environment may be changed later. Most fit into one page.
  static char Room[4096];
  static size_t Used = 0;
  char *Copy = Room + Used;
  if (Length < sizeof(Room) - Used)
    Used += Length + 1;
  else
    Copy = static_cast<char *>(sys::map(Length + 1));
  if (!Copy)
    return true;
  __builtin_memcpy(Copy, Value, Length);
  Copy[Length] = 0;
  *reinterpret_cast<const char **>(Field) = Copy;
  return true;
}

} // namespace

void parseOptions(const char *Text, Options &Into,
                  void (*Warn)(const char *Sentence)) {
  for (const OptionCard *C = OptionCards; C->Name; ++C)
    set(*C, C->Default, strlen(C->Default), Into);
  Into.ProfileAtOnce = false;
  if (Text)
    changeOptions(Text, Into, Warn);
}

void changeOptions(const char *Text, Options &Into,
                   void (*Warn)(const char *Sentence)) {
  while (*Text) {
    const char *End = Text, *Equals = nullptr, *Value = nullptr;
    while (*End && *End != ':') {
      if (*End == '=' && !Equals) {
        Equals = End;
        // A value in quotes may hold what separates options.
        char Quote = End[1] == '\'' || End[1] == '"' ? End[1] : 0;
        const char *Close = Quote ? End + 2 : nullptr;
        while (Close && *Close && *Close != Quote)
          ++Close;
        if (Close && *Close && (!Close[1] || Close[1] == ':')) {
          Value = End + 2;
          End = Close;
        }
      }
      ++End;
    }
    const char *ValueEnd = Value ? End - 1 : End;
    const char *NameEnd = Equals ? Equals : End;
    size_t NameLength = size_t(NameEnd - Text);
    const OptionCard *C = OptionCards;
    while (C->Name && !equal(Text, NameLength, C->Name))
      ++C;
    TextBuffer<256> Sentence;
    if (NameLength && !C->Name) {
      Sentence << "RADDLE_OPTIONS has no option '";
      Sentence.append(Text, NameLength < 80 ? NameLength : 80);
      Sentence << "'; help=1 lists all";
      Warn(Sentence.text());
    } else if (NameLength &&
               (!Equals ||
                !set(*C, Value ? Value : Equals + 1,
                     size_t(ValueEnd - (Value ? Value : Equals + 1)), Into))) {
      Sentence << "RADDLE_OPTIONS: '" << C->Name << "' wants " << wanted(*C);
      Warn(Sentence.text());
    }
    Text = *End ? End + 1 : End;
  }
  Into.ProfileAtOnce = Into.Profile || Into.SnapshotEveryMs;
  if (Into.SnapshotSignal || Into.SnapshotEveryMs || Into.ProfileByTrace)
    Into.Profile = true;
}

} // namespace raddle
