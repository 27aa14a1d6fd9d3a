// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RADDLE_OPTIONS: key=value pairs, separated by ':' as the sanitizers have it.
#ifndef RADDLE_RUNTIME_CORE_OPTIONS_H
#define RADDLE_RUNTIME_CORE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

namespace raddle {

struct Options {
  bool Leaks, Locks, Deadlocks, Profile, Coroutines;
  bool Quiet, Help, FollowChildren, AbortOnDeadlock;
  uint32_t GraceMs, ExitCode, StallMs, HistoryLimit;
  /// 0: none. A signal's number that asks for a snapshot.
  uint32_t SnapshotSignal, SnapshotEveryMs;
  /// Snapshots are wanted for certain, and not only if somebody asks by the
  /// signal. Not an option of its own.
  bool ProfileAtOnce;
  /// Snapshots may be asked for through the trace, once there are threads.
  bool ProfileByTrace;
  // Jitter and controlled schedules; see docs/design/stress.md.
  bool Jitter, AccessPoints, ReplayStrict;
  uint32_t SlowdownPercent; ///< Of jitter, over the program's own time.
  uint32_t Cores;           ///< 0: as the seed says.
  uint32_t Depth, StepLimit;
  uint32_t ForkServer; ///< Descriptor; 0: none.
  const char *Seed;    ///< Decimal, 64 bits.
  const char *Schedule, *RunLog, *Knowledge, *Replay;
  const char *Trace;      ///< "%p" stands for the process's number; "": none.
  const char *LogPath;    ///< "": stderr.
  const char *IgnoreFile; ///< "": none.
  const char *Ignore;     ///< Rules, separated by ','.
};

/// Fixed once start-up is over.
extern Options TheOptions;

struct OptionCard {
  enum Type : uint8_t { Flag, Number, Text, SignalName, Choice } Kind;
  const char *Name;
  const char *Default;
  const char *What; ///< One line, for help=1.
  size_t Offset;    ///< In Options.
};

/// All options; ends with a card without name.
extern const OptionCard OptionCards[];

/// Sets the defaults, then what \p Text says (may be null). Each problem is
/// given to \p Warn as a sentence; the option is then left as it was.
void parseOptions(const char *Text, Options &Into,
                  void (*Warn)(const char *Sentence));
/// The same over what is in \p Into already.
void changeOptions(const char *Text, Options &Into,
                   void (*Warn)(const char *Sentence));

} // namespace raddle

#endif
