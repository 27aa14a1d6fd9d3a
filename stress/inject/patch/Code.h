// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What stands in an object file's memory, for patching: its functions, which
// parts are code and which can be written to; and writing code.
#ifndef RADDLE_STRESS_INJECT_PATCH_CODE_H
#define RADDLE_STRESS_INJECT_PATCH_CODE_H

#include "stress/inject/Sites.h"
#include <stddef.h>

namespace raddle::stress {

struct Span {
  uint64_t Begin = 0, End = 0;
  bool has(uint64_t A) const { return A >= Begin && A < End; }
};

/// The parts of a loaded file. Functions come from .eh_frame_hdr, which is
/// sorted and which the loader maps; symbols may be stripped.
class ObjectParts {
public:
  explicit ObjectParts(const CodeModule &M);
  bool isCode(uint64_t A) const;
  /// Writable for the program's whole life; not what is relocated once.
  bool isData(uint64_t A) const;
  Span code() const { return Code; }
  uint32_t functions() const { return FunctionCount; }
  /// False: its entry is of a kind that this does not know.
  bool function(uint32_t Index, Span &F) const;
  /// In .dynsym; calls \p Each for all defined functions.
  void forEachSymbol(void (*Each)(const char *Name, uint64_t Address,
                                  void *Context),
                     void *Context) const;

private:
  static constexpr unsigned MostParts = 8;
  Span Codes[MostParts], Datas[MostParts];
  unsigned CodeCount = 0, DataCount = 0;
  Span Code, Relocated, Header, All;
  uint64_t Dynamic = 0, Bias = 0;
  uint64_t Table = 0;
  uint32_t FunctionCount = 0;
};

/// Appends machine code; past the end nothing is written, and full() says so.
class CodeBuffer {
public:
  CodeBuffer() = default;
  CodeBuffer(uint64_t Begin, uint64_t End) : At(Begin), End(End) {}
  uint64_t at() const { return At; }
  bool full() const { return Full; }
  void rewind(uint64_t To) {
    At = To;
    Full = false;
  }
  void bytes(const void *From, size_t Count) {
    if (Full || Count > End - At) {
      Full = true;
      return;
    }
    __builtin_memcpy(reinterpret_cast<void *>(At), From, Count);
    At += Count;
  }
  template <size_t N> void code(const uint8_t (&Bytes)[N]) { bytes(Bytes, N); }
  void byte(uint8_t B) { bytes(&B, 1); }
  void word(uint32_t W) { bytes(&W, 4); }
  /// The distance from \p After bytes behind this word to \p Target. Marks the
  /// buffer full where it is too far.
  void distance(uint64_t Target, unsigned After = 0) {
    int64_t D = int64_t(Target - (At + 4 + After));
    if (D != int32_t(D))
      Full = true;
    word(uint32_t(D));
  }
  /// Fills in a byte at \p Where: the distance from behind it to here.
  void here(uint64_t Where) {
    uint64_t D = At - (Where + 1);
    if (D > 127)
      Full = true;
    if (!Full)
      *reinterpret_cast<uint8_t *>(Where) = uint8_t(D);
  }

private:
  uint64_t At = 0, End = 0;
  bool Full = false;
};

/// Writes to code that is mapped for reading only, as debuggers do: the kernel
/// makes a copy of the page for this process, and its protection stays. In
/// ascending order, a page at a time.
class CodeWriter {
public:
  CodeWriter();
  ~CodeWriter();
  CodeWriter(const CodeWriter &) = delete;
  bool works() const { return File >= 0; }
  void write(uint64_t Address, const uint8_t *Bytes, unsigned Count);
  /// False: something could not be written; then that page is as it was.
  bool flush();

private:
  int File;
  bool Good = true, Dirty = false;
  uint64_t Page = 0;
  uint8_t Buffer[4096];
};

} // namespace raddle::stress

#endif
