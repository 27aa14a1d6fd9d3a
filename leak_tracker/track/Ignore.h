// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules that say which tasks are no leaks:
//   top:GLOB      the innermost function that is not libc's
//   any:GLOB      a function of its stack, or the one it was started with
//   creator:GLOB  a function of the stack that made it
//   name:GLOB     its name
//   module:GLOB   the file that it was started from, or was made in
// "A && B" wants both. A function is compared as it is mangled, demangled, and
// without its parameters.
#ifndef RADDLE_LEAK_TRACKER_TRACK_IGNORE_H
#define RADDLE_LEAK_TRACKER_TRACK_IGNORE_H

#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

class IgnoreRules {
public:
  /// False if \p Text is no rule. \p Text and \p Reason are copied.
  bool add(const char *Text, size_t Length, const char *Reason,
           size_t ReasonLength, trace::RuleOrigin Origin);
  /// The built-in list, then those of the options and the file. Says what it
  /// does not understand.
  void readAll();
  /// Sets T.Rule if a rule lets \p T pass. \p Functions: also look at rules
  /// that need function names, which may mean reading symbol tables, and at
  /// T.Stack.
  void apply(TaskInfo &T, bool Functions);
  /// Whether any rule looks at where a task is.
  bool wantStacks() const { return StackRules != 0; }
  /// Notes that \p T was let pass by its rule; each task, known by \p Key,
  /// counts once.
  void count(const TaskInfo &T, uint64_t Key);
  /// Writes rules and their numbers of matches to the trace, and says which of
  /// the user's matched nothing.
  void finish();

private:
  enum class On : uint8_t { Top, Any, Creator, Name, Module };
  struct Condition {
    On What;
    const char *Glob;
  };
  struct Rule {
    Condition Conditions[3];
    uint32_t Count; ///< Of Conditions.
    uint32_t Matches;
    trace::RuleOrigin Origin;
    const char *Text, *Reason;
  };
  bool parse(const char *Text, size_t Length, Condition &C);
  bool matches(const Condition &C, const TaskInfo &T, bool Functions);
  bool matchesStack(const char *Glob, uint32_t Stack, On What);
  void readFile(const char *Path);
  void readList(const char *Text);
  const char *keep(const char *Text, size_t Length);

  Arena Memory;
  List<Rule> Rules;
  uint32_t StackRules = 0;
  HashTable Known; ///< Of stacks: whether a glob matches, 1 no, 2 yes.
  HashTable Counted;
};

extern IgnoreRules TheRules;

} // namespace raddle::leaks

#endif
