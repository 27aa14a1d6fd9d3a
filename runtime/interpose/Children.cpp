// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Children.h.
#include "runtime/interpose/Children.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"

namespace raddle {

namespace {

constexpr char Preload[] = "LD_PRELOAD=", Options[] = "RADDLE_OPTIONS=",
               Library[] = "libraddle_rt.so";
/// "LD_PRELOAD=/path/libraddle_rt.so" and "RADDLE_OPTIONS=..."; null when
/// children are not followed.
char *OurPreload = nullptr, *OurOptions = nullptr;

struct Missing {
  size_t Count = 0;               ///< Of entries.
  const char *Preloads = nullptr; ///< The entry that lacks us.
  bool NoPreload = true, NoOptions = true;
};

Missing missingIn(char *const *Environment) {
  Missing M;
  for (; Environment && Environment[M.Count]; ++M.Count) {
    const char *Entry = Environment[M.Count];
    if (startsWith(Entry, Preload)) {
      M.NoPreload = false;
      M.Preloads = contains(Entry, Library) ? nullptr : Entry;
    }
    if (startsWith(Entry, Options))
      M.NoOptions = false;
  }
  return M;
}

char *copyOf(const char *Text, size_t Length) {
  char *Copy = static_cast<char *>(sys::map(Length + 1));
  if (Copy)
    __builtin_memcpy(Copy, Text, Length);
  return Copy;
}

} // namespace

void keepForChildren(char **Environment) {
  for (; Environment && *Environment; ++Environment) {
    const char *Entry = *Environment;
    if (startsWith(Entry, Options))
      OurOptions = copyOf(Entry, strlen(Entry));
    if (!startsWith(Entry, Preload))
      continue;
    for (const char *At = Entry + strlen(Preload); *At;) {
      size_t Length = 0;
      while (At[Length] && At[Length] != ':' && At[Length] != ' ')
        ++Length;
      char *Item = copyOf(At, Length);
      if (Item && contains(Item, Library)) {
        size_t Size = strlen(Preload) + Length;
        OurPreload = copyOf(Entry, Size);
        if (OurPreload)
          __builtin_memcpy(OurPreload + strlen(Preload), Item, Length);
      }
      if (Item)
        sys::unmap(Item, Length + 1);
      At += Length + (At[Length] != 0);
    }
  }
}

size_t childEnvironmentSize(char *const *Environment) {
  if (!OurPreload)
    return 0;
  Missing M = missingIn(Environment);
  bool HasAll =
      !M.NoPreload && !M.Preloads && !(M.NoOptions && OurOptions != nullptr);
  if (HasAll)
    return 0;
  return (M.Count + 3) * sizeof(char *) +
         (M.Preloads ? strlen(OurPreload) + strlen(M.Preloads) + 1 : 0);
}

char *const *childEnvironment(char *const *Environment, void *Memory) {
  Missing M = missingIn(Environment);
  auto **New = static_cast<char **>(Memory);
  char *Text = reinterpret_cast<char *>(New + M.Count + 3);
  size_t Count = 0;
  for (; Count != M.Count; ++Count)
    New[Count] = Environment[Count];
  if (M.Preloads) {
    TextSink Joined(Text, strlen(OurPreload) + strlen(M.Preloads) + 1);
    Joined << OurPreload << ':' << M.Preloads + strlen(Preload);
    for (size_t I = 0; I != Count; ++I)
      if (New[I] == M.Preloads)
        New[I] = Text;
  }
  if (M.NoPreload)
    New[Count++] = OurPreload;
  if (M.NoOptions && OurOptions)
    New[Count++] = OurOptions;
  New[Count] = nullptr;
  return New;
}

} // namespace raddle
