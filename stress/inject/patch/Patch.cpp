// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/patch/Patch.h"
#include "runtime/Runtime.h"
#include "runtime/core/Match.h"
#include "stress/inject/Generator.h"
#include "stress/inject/patch/Code.h"
#include "stress/inject/patch/Stub.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace raddle::stress {

namespace {

constexpr uint64_t RegionSize = 4 << 20, SitesBytes = 1 << 20;
constexpr unsigned MostSites = SitesBytes / sizeof(PointSite) - 1;
/// Decoding a byte of code takes a few ns, in each run anew.
constexpr uint64_t MostCode = 1 << 20;
constexpr unsigned JumpSize = 5;

constexpr unsigned MostAccessFunctions = 96;

/// Of ThreadSanitizer in the executable.
struct AccessFunction {
  uint64_t Address;
  Op Kind;
};
AccessFunction AccessFunctions[MostAccessFunctions];
unsigned AccessFunctionCount = 0;
Span Sanitizer;

void noteSanitizer(const char *Name, uint64_t Address, void *) {
  if (!startsWith(Name, "__tsan_") && !startsWith(Name, "__sanitizer_") &&
      !startsWith(Name, "__interceptor_") && !startsWith(Name, "__asan_"))
    return;
  if (!Sanitizer.End || Address < Sanitizer.Begin)
    Sanitizer.Begin = Address;
  if (Address + 256 > Sanitizer.End)
    Sanitizer.End = Address + 256;
  Op Kind = Op::None;
  if (startsWith(Name, "__tsan_read") || startsWith(Name, "__tsan_unaligned_r"))
    Kind = Op::Read;
  else if (startsWith(Name, "__tsan_write") ||
           startsWith(Name, "__tsan_unaligned_w") ||
           startsWith(Name, "__tsan_vptr_update"))
    Kind = Op::Write;
  else if (startsWith(Name, "__tsan_atomic") && contains(Name, "_load"))
    Kind = Op::AtomicLoad;
  else if (startsWith(Name, "__tsan_atomic") && contains(Name, "_store"))
    Kind = Op::AtomicStore;
  else if (startsWith(Name, "__tsan_atomic") && !contains(Name, "fence"))
    Kind = Op::AtomicUpdate;
  if (Kind != Op::None && AccessFunctionCount != MostAccessFunctions)
    AccessFunctions[AccessFunctionCount++] = {Address, Kind};
}

/// Where branches lead to: a bit for each byte of code.
class Targets {
public:
  explicit Targets(Span Code)
      : Code(Code), Size((Code.End - Code.Begin) / 8 + 1),
        Bits(static_cast<uint8_t *>(sys::map(Size))) {}
  ~Targets() {
    if (Bits)
      sys::unmap(Bits, Size);
  }
  Targets(const Targets &) = delete;
  bool known() const { return Bits != nullptr; }
  void add(uint64_t A) {
    if (Bits && Code.has(A))
      Bits[(A - Code.Begin) / 8] |= uint8_t(1 << (A - Code.Begin) % 8);
  }
  bool has(uint64_t A) const {
    return !Bits || !Code.has(A) ||
           Bits[(A - Code.Begin) / 8] >> (A - Code.Begin) % 8 & 1;
  }

private:
  Span Code;
  size_t Size;
  uint8_t *Bits;
};

bool protect(uint64_t Stubs, int Protection) {
  return sys::call(SYS_mprotect, long(Stubs), RegionSize - SitesBytes,
                   Protection) == 0;
}

/// Patches one loaded file.
class Patcher {
public:
  Patcher(const CodeModule &M, bool OnlyCalls)
      : Parts(M), OnlyCalls(OnlyCalls) {
    mapRegion(M);
  }
  unsigned run(uint64_t Seed);

private:
  void mapRegion(const CodeModule &M);
  /// Functions in \p First .. , round the end, of at most MostCode bytes.
  void findTargets(uint32_t First);
  void patchFunction(Span F);
  void patchCalls(Span F);
  bool wanted(const Instruction &I, uint64_t At) const;
  /// What is moved along with the instruction at \p At; 0: it cannot be.
  unsigned groupAt(uint64_t At, Span F, bool Indirect,
                   Instruction *Group) const;
  void patchGroup(uint64_t At, const Instruction *Group, unsigned Count);
  PointSite *newSite(uint64_t Pc, Op Kind);
  Instruction read(uint64_t At, Span F) const {
    Instruction I;
    if (!decode(reinterpret_cast<const uint8_t *>(At), F.End - At, At, I))
      I.Length = 0;
    return I;
  }

  static constexpr unsigned MostMoved = 6;
  ObjectParts Parts;
  bool OnlyCalls;
  uint64_t Region = 0;
  CodeBuffer Code;
  PointSite *Sites = nullptr;
  unsigned SiteCount = 0;
  uint64_t Entry = 0; ///< Where the address of what stubs call stands.
  Targets *Known = nullptr;
  CodeWriter Writer;
  uint32_t FunctionsSeen = 0;
};

void Patcher::mapRegion(const CodeModule &M) {
  // Below the file: above an executable the heap begins. Within reach of a
  // jump, and of operands that are relative to the code.
  constexpr uint64_t Step = 16 << 20, Reach = uint64_t(1) << 30;
  uint64_t At = M.Begin & ~uint64_t(0xffff);
  for (uint64_t Down = RegionSize + 0x10000;
       Down < Reach && Down + 0x10000 < At; Down += Step) {
    long Result =
        sys::call(SYS_mmap, long(At - Down), RegionSize, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
                      0x100000 /* MAP_FIXED_NOREPLACE */,
                  -1, 0);
    if (Result < 0 && Result > -4096)
      continue;
    if (uint64_t(Result) != At - Down) {
      // A kernel that does not know the flag.
      sys::call(SYS_munmap, Result, RegionSize);
      return;
    }
    Region = uint64_t(Result);
    break;
  }
  if (!Region)
    return;
  // What may not become code later had better not be jumped to.
  uint64_t Stubs = Region + SitesBytes;
  if (!protect(Stubs, PROT_READ | PROT_EXEC) ||
      !protect(Stubs, PROT_READ | PROT_WRITE)) {
    sys::call(SYS_munmap, long(Region), RegionSize);
    Region = 0;
    return;
  }
  Sites = reinterpret_cast<PointSite *>(Region);
  Entry = Region + SitesBytes - 8;
  uint64_t Function = reinterpret_cast<uint64_t>(&raddleStubEntry);
  __builtin_memcpy(reinterpret_cast<void *>(Entry), &Function, 8);
  Code = CodeBuffer(Stubs, Region + RegionSize);
}

void Patcher::findTargets(uint32_t First) {
  uint64_t Bytes = 0;
  for (uint32_t I = 0; I != Parts.functions() && Bytes < MostCode; ++I) {
    Span F;
    ++FunctionsSeen;
    if (!Parts.function((First + I) % Parts.functions(), F))
      continue;
    Bytes += F.End - F.Begin;
    for (uint64_t At = F.Begin; At < F.End;) {
      Instruction In = read(At, F);
      if (!In.Length)
        break;
      if (In.Goes == Instruction::Branch)
        Known->add(In.Target);
      At += In.Length;
    }
  }
}

bool Patcher::wanted(const Instruction &I, uint64_t At) const {
  if (!I.Length || !I.HasMemory || !I.Addressable ||
      I.Goes != Instruction::Next)
    return false;
  if (I.RipRelative) {
    int32_t D;
    __builtin_memcpy(&D, reinterpret_cast<void *>(At + I.Displacement), 4);
    return Parts.isData(At + I.Length + uint64_t(int64_t(D)));
  }
  // Of the stack, as a rule.
  return I.Base != 4 && I.Base != 5;
}

unsigned Patcher::groupAt(uint64_t At, Span F, bool Indirect,
                          Instruction *Group) const {
  unsigned Count = 0, Bytes = 0;
  while (Bytes < JumpSize) {
    if (Count == MostMoved || At + Bytes >= F.End)
      return 0;
    Instruction I = read(At + Bytes, F);
    if (!I.Length || I.Goes != Instruction::Next)
      return 0;
    if (Count && (Indirect || Known->has(At + Bytes)))
      return 0;
    Group[Count++] = I;
    Bytes += I.Length;
  }
  // A page is written at once, two are not.
  return (At & 4095) + JumpSize > 4096 ? 0 : Count;
}

PointSite *Patcher::newSite(uint64_t Pc, Op Kind) {
  if (SiteCount == MostSites)
    return nullptr;
  PointSite &S = Sites[SiteCount];
  S.Pc = Pc;
  S.Kind = Kind;
  S.Step = 1;
  S.Countdown = 1;
  return &S;
}

void Patcher::patchGroup(uint64_t At, const Instruction *Group,
                         unsigned Count) {
  uint64_t Begin = Code.at(), From = At;
  unsigned SitesBefore = SiteCount;
  for (unsigned I = 0; I != Count; ++I) {
    const Instruction &In = Group[I];
    if (wanted(In, From)) {
      Op Kind = In.Locked ? Op::AtomicUpdate : In.Writes ? Op::Write : Op::Read;
      if (PointSite *S = newSite(From + In.Length, Kind)) {
        ++SiteCount;
        writePoint(Code, In, From, *S, Entry);
      }
    }
    writeMoved(Code, In, From);
    From += In.Length;
  }
  Code.byte(0xe9);
  Code.distance(From);
  int64_t Distance = int64_t(Begin - (At + JumpSize));
  if (Code.full() || Distance != int32_t(Distance)) {
    Code.rewind(Begin);
    SiteCount = SitesBefore;
    return;
  }
  uint8_t Jump[JumpSize] = {0xe9};
  int32_t Short = int32_t(Distance);
  __builtin_memcpy(Jump + 1, &Short, 4);
  Writer.write(At, Jump, JumpSize);
}

void Patcher::patchFunction(Span F) {
  bool Indirect = false;
  for (uint64_t At = F.Begin; At < F.End;) {
    Instruction I = read(At, F);
    if (!I.Length)
      break;
    Indirect |= I.Goes == Instruction::IndirectJump;
    At += I.Length;
  }
  // Instructions before this one that may still be moved: from Free on.
  uint64_t Free = F.Begin, Before = 0;
  for (uint64_t At = F.Begin; At < F.End && SiteCount < MostSites;) {
    Instruction I = read(At, F);
    if (!I.Length)
      return;
    Instruction Group[MostMoved];
    unsigned Count = 0;
    uint64_t From = At;
    if (wanted(I, At)) {
      Count = groupAt(At, F, Indirect, Group);
      // The one before may be taken along instead of those behind.
      if (!Count && Before >= Free && Before && Before < At) {
        From = Before;
        Count = groupAt(From, F, Indirect, Group);
        uint64_t End = From;
        for (unsigned J = 0; J != Count; ++J)
          End += Group[J].Length;
        if (End <= At)
          Count = 0;
      }
    }
    if (!Count) {
      Before = At;
      At += I.Length;
      continue;
    }
    patchGroup(From, Group, Count);
    for (unsigned J = 0; J != Count; ++J)
      From += Group[J].Length;
    At = Free = From;
    Before = 0;
  }
}

void Patcher::patchCalls(Span F) {
  for (uint64_t At = F.Begin; At < F.End && SiteCount < MostSites;) {
    Instruction I = read(At, F);
    if (!I.Length)
      return;
    uint64_t Next = At + I.Length;
    // The last five bytes: the call or jump and its distance.
    bool Known = (I.Goes == Instruction::Call ||
                  (I.Goes == Instruction::Branch && I.Length >= JumpSize)) &&
                 I.Target && (At & 4095) + I.Length <= 4096;
    for (unsigned J = 0; Known && J != AccessFunctionCount; ++J) {
      if (AccessFunctions[J].Address != I.Target)
        continue;
      uint64_t Begin = Code.at();
      PointSite *S = newSite(Next, AccessFunctions[J].Kind);
      if (!S)
        break;
      writeCallPoint(Code, I.Target, *S, Entry);
      int64_t Distance = int64_t(Begin - Next);
      if (Code.full() || Distance != int32_t(Distance)) {
        Code.rewind(Begin);
        break;
      }
      ++SiteCount;
      int32_t Short = int32_t(Distance);
      Writer.write(Next - 4, reinterpret_cast<uint8_t *>(&Short), 4);
      break;
    }
    At = Next;
  }
}

unsigned Patcher::run(uint64_t Seed) {
  uint32_t Functions = Parts.functions();
  if (!Region || !Functions || !Writer.works())
    return 0;
  // Where not all can be patched, each run takes another part.
  uint32_t First = uint32_t(Generator(Seed).below(Functions));
  Span All = Parts.code();
  if (All.End - All.Begin <= MostCode)
    First = 0;
  Targets T(OnlyCalls ? Span() : All);
  Known = &T;
  if (OnlyCalls)
    FunctionsSeen = Functions;
  else
    findTargets(First);
  // The writer goes upwards; so does the table of functions.
  for (uint32_t I = 0; I != FunctionsSeen; ++I) {
    Span F;
    if (!Parts.function((First + I) % Functions, F) || Sanitizer.has(F.Begin))
      continue;
    if (OnlyCalls)
      patchCalls(F);
    else
      patchFunction(F);
  }
  // Nothing of the program's has run meanwhile: there is one thread, and it is
  // here.
  Writer.flush();
  protect(Region + SitesBytes, PROT_READ | PROT_EXEC);
  return SiteCount;
}

bool oneThread() {
  struct stat Status = {};
  // As many links as threads, and two.
  return sys::call(SYS_newfstatat, AT_FDCWD, long("/proc/self/task"),
                   long(&Status), 0) == 0 &&
         Status.st_nlink <= (AccessFunctionCount ? 4 : 3);
}

bool isPrograms(const CodeModule &M) {
  return M.IsProgram ||
         (!M.IsSystem && !startsWith(M.Path, "/lib") &&
          !startsWith(M.Path, "/usr/lib") && contains(M.Path, "/"));
}

} // namespace

bool findStaticSanitizer(uint64_t &Begin, uint64_t &End) {
  for (unsigned I = 0; I != TheModules.count(); ++I)
    if (TheModules[I].IsProgram)
      ObjectParts(TheModules[I]).forEachSymbol(noteSanitizer, nullptr);
  // A program may have a hook or two of its own for sanitizers.
  if (Sanitizer.End - Sanitizer.Begin < 65536)
    Sanitizer = {};
  Begin = Sanitizer.Begin;
  End = Sanitizer.End;
  return Sanitizer.End != 0;
}

unsigned patchAccesses(uint64_t Seed) {
  sys::NoSignals Meanwhile;
  bool Static = Sanitizer.End != 0;
  // Points at accesses are there already; other sanitizers' checks are not
  // worth points.
  if ((Static && !AccessFunctionCount) || SanitizerBelow || !oneThread())
    return 0;
  for (unsigned I = 0; I != TheModules.count(); ++I)
    if (contains(TheModules[I].Path, "libraddle_stress"))
      return 0;
  unsigned Count = 0;
  for (unsigned I = 0; I != TheModules.count(); ++I) {
    const CodeModule &M = TheModules[I];
    if (!isPrograms(M))
      continue;
    Patcher P(M, Static);
    Count += P.run(Seed);
  }
  return Count;
}

} // namespace raddle::stress
