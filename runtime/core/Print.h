// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text without stdio: into a buffer on the stack, then out by one write.
#ifndef RADDLE_RUNTIME_CORE_PRINT_H
#define RADDLE_RUNTIME_CORE_PRINT_H

#include "runtime/core/Sys.h"
#include <string.h>

namespace raddle {

struct Hex {
  uint64_t Value;
};

/// Text that is cut where it does not fit.
class TextSink {
public:
  TextSink(char *Buffer, size_t Capacity) : Buffer(Buffer), Capacity(Capacity) {
    Buffer[0] = 0;
  }
  TextSink &append(const char *Text, size_t Count) {
    size_t Room = Capacity - 1 - Used;
    if (Count > Room)
      Count = Room;
    __builtin_memcpy(Buffer + Used, Text, Count);
    Used += Count;
    Buffer[Used] = 0;
    return *this;
  }
  TextSink &operator<<(const char *Text) { return append(Text, strlen(Text)); }
  TextSink &operator<<(char C) { return append(&C, 1); }
  TextSink &operator<<(uint64_t Number) { return digits(Number, 10); }
  TextSink &operator<<(uint32_t Number) { return digits(Number, 10); }
  TextSink &operator<<(int Number) {
    if (Number < 0)
      append("-", 1);
    return digits(Number < 0 ? uint64_t(-int64_t(Number)) : uint64_t(Number),
                  10);
  }
  TextSink &operator<<(Hex H) {
    append("0x", 2);
    return digits(H.Value, 16);
  }
  const char *text() const { return Buffer; }
  size_t size() const { return Used; }
  void clear() { Buffer[Used = 0] = 0; }

private:
  TextSink &digits(uint64_t Number, unsigned Base) {
    char Digits[24];
    size_t At = sizeof(Digits);
    do
      Digits[--At] = "0123456789abcdef"[Number % Base];
    while (Number /= Base);
    return append(Digits + At, sizeof(Digits) - At);
  }
  char *Buffer;
  size_t Capacity, Used = 0;
};

template <size_t N> class TextBuffer : public TextSink {
public:
  TextBuffer() : TextSink(Storage, N) {}
  TextBuffer(const TextBuffer &) = delete;

private:
  char Storage[N];
};

} // namespace raddle

#endif
