// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Ignore.h"
#include "runtime/Runtime.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"
#include "runtime/stack/StackStore.h"
#include "runtime/stack/Symbols.h"
#include "runtime/trace/TraceWriter.h"
#include <fcntl.h>

namespace raddle::leaks {

IgnoreRules TheRules;

using trace::RuleOrigin;

namespace {

struct BuiltIn {
  const char *Rule, *Reason;
};
constexpr BuiltIn BuiltInRules[] = {
#define RADDLE_RULE(Rule, Reason) {Rule, Reason},
#include "leak_tracker/track/BuiltInRules.def"
#undef RADDLE_RULE
};

bool isBlank(char C) { return C == ' ' || C == '\t' || C == '\r'; }

void trim(const char *&Text, size_t &Length) {
  while (Length && isBlank(*Text))
    ++Text, --Length;
  while (Length && isBlank(Text[Length - 1]))
    --Length;
}

bool matchesFunction(const char *Glob, const char *Name) {
  if (!*Name)
    return false;
  if (matchesGlob(Glob, Name))
    return true;
  TextBuffer<4096> Plain;
  demangle(Name, Plain);
  if (matchesGlob(Glob, Plain.text()))
    return true;
  size_t Cut = withoutParameters(Plain.text());
  TextBuffer<4096> Short;
  Short.append(Plain.text(), Cut);
  return matchesGlob(Glob, Short.text());
}

/// Libraries through which others start and block their threads.
bool isCarrier(const char *Module) {
  return startsWith(Module, "libc.so") || startsWith(Module, "libpthread") ||
         startsWith(Module, "libstdc++.so") ||
         startsWith(Module, "libc++.so") ||
         startsWith(Module, "libraddle_rt.so");
}

/// A sanitizer's interceptors are in the program itself.
bool isInterceptor(const char *Name) {
  return sameText(Name, "pthread_create") ||
         startsWith(Name, "__interceptor_") ||
         startsWith(Name, "___interceptor_");
}

bool matchesModule(const char *Glob, const TaskInfo &T) {
  const char *Module = findModule(T.StartRoutine);
  if (Module && matchesGlob(Glob, Module))
    return true;
  const StoredStack *S = TheStacks.get(T.CreationStack);
  for (unsigned I = 0; S && I != S->Count; ++I) {
    Module = findModule(S->Pcs[I] - 1);
    if (!Module || isCarrier(Module))
      continue;
    if (matchesGlob(Glob, Module))
      return true;
    Symbol Function;
    if (I || !findFrameSymbol(S->Pcs[I], false, Function) ||
        !isInterceptor(Function.Name))
      return false;
  }
  return false;
}

} // namespace

const char *IgnoreRules::keep(const char *Text, size_t Length) {
  auto *Copy = static_cast<char *>(Memory.allocate(Length + 1));
  if (!Copy)
    return "";
  __builtin_memcpy(Copy, Text, Length);
  Copy[Length] = 0;
  return Copy;
}

bool IgnoreRules::parse(const char *Text, size_t Length, Condition &C) {
  struct Word {
    const char *Text;
    On What;
  };
  constexpr Word Words[] = {{"top:", On::Top},
                            {"any:", On::Any},
                            {"creator:", On::Creator},
                            {"name:", On::Name},
                            {"module:", On::Module}};
  trim(Text, Length);
  for (const Word &W : Words) {
    size_t Size = strlen(W.Text);
    if (Length <= Size || __builtin_memcmp(Text, W.Text, Size) != 0)
      continue;
    const char *Glob = Text + Size;
    size_t GlobLength = Length - Size;
    trim(Glob, GlobLength);
    C = {W.What, keep(Glob, GlobLength)};
    return GlobLength != 0;
  }
  return false;
}

bool IgnoreRules::add(const char *Text, size_t Length, const char *Reason,
                      size_t ReasonLength, RuleOrigin Origin) {
  trim(Text, Length);
  Rule New = {};
  New.Origin = Origin;
  size_t Start = 0;
  for (size_t At = 0; At <= Length; ++At) {
    bool Joint = At + 1 < Length && Text[At] == '&' && Text[At + 1] == '&';
    if (!Joint && At != Length)
      continue;
    if (New.Count == 3 ||
        !parse(Text + Start, At - Start, New.Conditions[New.Count]))
      return false;
    ++New.Count;
    Start = At + 2;
    At += Joint;
  }
  trim(Reason, ReasonLength);
  New.Text = keep(Text, Length);
  New.Reason = keep(Reason, ReasonLength);
  Rule *R = Rules.add();
  if (!R)
    return true;
  *R = New;
  for (unsigned I = 0; I != New.Count; ++I)
    StackRules +=
        New.Conditions[I].What == On::Top || New.Conditions[I].What == On::Any;
  return true;
}

void IgnoreRules::readList(const char *Text) {
  while (*Text) {
    size_t Length = 0;
    while (Text[Length] && Text[Length] != ',')
      ++Length;
    if (Length && !add(Text, Length, "", 0, RuleOrigin::Option)) {
      TextBuffer<512> Sentence;
      Sentence << "ignore: '";
      Sentence.append(Text, Length)
          << "' is no rule; it begins with top:, any:, creator:, name: or "
             "module:";
      say(Sentence.text());
    }
    Text += Length + (Text[Length] != 0);
  }
}

void IgnoreRules::readFile(const char *Path) {
  TextBuffer<1024> Sentence;
  constexpr size_t Most = 1 << 20;
  auto *Text = static_cast<char *>(sys::map(Most + 1));
  int Descriptor = sys::open(Path, O_RDONLY);
  if (Descriptor < 0 || !Text) {
    Sentence << "cannot read the rules in '" << Path
             << "'; name a file that is there with ignore_file=";
    say(Sentence.text());
    return;
  }
  size_t Size = 0;
  for (long Got; Size != Most &&
                 (Got = sys::read(Descriptor, Text + Size, Most - Size)) > 0;)
    Size += size_t(Got);
  sys::close(Descriptor);
  uint32_t Number = 0;
  for (size_t At = 0; At < Size;) {
    const char *Line = Text + At;
    size_t Length = 0, Hash = 0;
    while (At + Length < Size && Line[Length] != '\n')
      ++Length;
    At += Length + 1;
    ++Number;
    trim(Line, Length);
    if (!Length || *Line == '#')
      continue;
    // A name may hold the sign itself: a blank is before the one that counts.
    while (Hash != Length &&
           !(Line[Hash] == '#' && Hash && isBlank(Line[Hash - 1])))
      ++Hash;
    const char *Reason = Line + Hash + 1;
    size_t ReasonLength = Hash == Length ? 0 : Length - Hash - 1;
    trim(Reason, ReasonLength);
    size_t RuleLength = Hash;
    trim(Line, RuleLength);
    Hash = RuleLength;
    Sentence.clear();
    Sentence << Path << ':' << Number << ": '";
    Sentence.append(Line, Hash < 200 ? Hash : 200);
    if (!ReasonLength) {
      Sentence << "' is not used, as it has no reason; write one behind ' # '";
      say(Sentence.text());
    } else if (!add(Line, Hash, Reason, ReasonLength, RuleOrigin::File)) {
      Sentence << "' is no rule; it begins with top:, any:, creator:, name: or "
                  "module:";
      say(Sentence.text());
    }
  }
  sys::unmap(Text, Most + 1);
}

void IgnoreRules::readAll() {
  for (const BuiltIn &B : BuiltInRules)
    add(B.Rule, strlen(B.Rule), B.Reason, strlen(B.Reason),
        RuleOrigin::BuiltIn);
  if (TheOptions.Ignore)
    readList(TheOptions.Ignore);
  if (TheOptions.IgnoreFile && *TheOptions.IgnoreFile)
    readFile(TheOptions.IgnoreFile);
}

bool IgnoreRules::matchesStack(const char *Glob, uint32_t Stack, On What) {
  const StoredStack *S = TheStacks.get(Stack);
  if (!S)
    return false;
  uint64_t Key = mix(reinterpret_cast<uint64_t>(Glob), Stack) | 1;
  uint32_t *Answer = Known.insert(Key);
  if (Answer && *Answer)
    return *Answer == 2;
  bool Yes = false, Inner = true;
  for (unsigned I = 0; I != S->Count && !Yes && Inner; ++I) {
    bool Exact = I == 0 && S->Flags & trace::StackExactTop;
    Symbol F;
    if (!findFrameSymbol(S->Pcs[I], Exact, F))
      continue;
    Yes = matchesFunction(Glob, F.Name);
    if (What == On::Top)
      Inner = isCarrier(F.Module);
  }
  if (Answer)
    *Answer = Yes ? 2 : 1;
  return Yes;
}

bool IgnoreRules::matches(const Condition &C, const TaskInfo &T,
                          bool Functions) {
  switch (C.What) {
  case On::Name:
    return T.Name[0] && matchesGlob(C.Glob, T.Name);
  case On::Module:
    return matchesModule(C.Glob, T);
  case On::Creator:
    return Functions && matchesStack(C.Glob, T.CreationStack, C.What);
  case On::Any:
    if (Functions) {
      Symbol F;
      if (T.StartRoutine && findSymbol(T.StartRoutine, F) &&
          matchesFunction(C.Glob, F.Name))
        return true;
    }
    [[fallthrough]];
  case On::Top:
    return Functions && matchesStack(C.Glob, T.Stack, C.What);
  }
  return false;
}

void IgnoreRules::apply(TaskInfo &T, bool Functions) {
  for (size_t I = 0; I != Rules.size(); ++I) {
    const Rule &R = Rules[I];
    bool Passes = true;
    for (unsigned C = 0; C != R.Count && Passes; ++C)
      Passes = matches(R.Conditions[C], T, Functions);
    if (Passes) {
      T.Rule = uint32_t(I) + 1;
      return;
    }
  }
}

void IgnoreRules::count(const TaskInfo &T, uint64_t Key) {
  if (!T.Rule || T.Rule > Rules.size())
    return;
  uint32_t *Known = Counted.insert(Key);
  if (Known && !*Known) {
    *Known = 1;
    ++Rules[T.Rule - 1].Matches;
  }
}

void IgnoreRules::finish() {
  for (const Rule &R : Rules) {
    if (R.Origin == RuleOrigin::BuiltIn && !R.Matches)
      continue;
    trace::IgnoreRuleRecord Record = {};
    Record.Origin = R.Origin;
    Record.Matches = R.Matches;
    Record.TextLength = uint32_t(strlen(R.Text));
    Record.ReasonLength = uint32_t(strlen(R.Reason));
    TheTrace.write(trace::RecordType::IgnoreRule, Record,
                   {R.Text, Record.TextLength},
                   {R.Reason, Record.ReasonLength});
    if (R.Matches)
      continue;
    TextBuffer<1024> Sentence;
    Sentence << "the ignore rule '" << R.Text << "' matched no task";
    say(Sentence.text());
  }
}

} // namespace raddle::leaks
