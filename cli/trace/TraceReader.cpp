// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceReader.h"
#include "cli/trace/TraceRecords.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>

using namespace llvm;
using namespace raddle::trace;

namespace raddle::cli {
namespace {

/// Finds where each record begins and ends, and says what is broken.
class Reader {
public:
  Reader(StringRef Bytes, Trace &T) : Bytes(Bytes), T(T), Records(T) {}
  void run();

private:
  void warn(uint64_t Offset, const Twine &Text);

  StringRef Bytes;
  Trace &T;
  RecordReader Records;
};

constexpr size_t MaxWarnings = 10;

void Reader::warn(uint64_t Offset, const Twine &Text) {
  if (T.Warnings.size() < MaxWarnings)
    T.Warnings.push_back(
        ("'" + T.File + "', offset " + Twine(Offset) + ": " + Text).str());
}

void Reader::run() {
  uint64_t Offset = T.Head.HeaderSize;
  bool UnknownType = false;
  while (Bytes.size() - Offset >= sizeof(Record)) {
    Record R;
    std::memcpy(&R, Bytes.data() + Offset, sizeof(R));
    if (R.Type == RecordType::End)
      break;
    if (R.Size < sizeof(Record) || R.Size % 8 != 0) {
      warn(Offset, "a record of " + Twine(R.Size) +
                       " bytes cannot be; what follows is not read");
      break;
    }
    if (R.Size > Bytes.size() - Offset) {
      warn(Offset,
           "the file ends within a record of " + Twine(R.Size) + " bytes");
      break;
    }
    StringRef Body = Bytes.substr(Offset, R.Size);
    // The shortest filler has no room for a message's length.
    if (R.Type != RecordType::Message || R.Size >= sizeof(MessageRecord)) {
      Cursor C(Body);
      if (!Records.read(R.Type, C)) {
        if (!UnknownType)
          warn(Offset, "records of type " + Twine(uint32_t(R.Type)) +
                           " are not known to this raddle; they are left out");
        UnknownType = true;
      } else if (C.bad() || Records.badValue()) {
        warn(Offset, C.bad() ? "a record says that it holds more than it does"
                             : "a record holds a value that cannot be");
      }
    }
    Offset += R.Size;
  }
  if (uint64_t NotKnown = Records.resolve())
    warn(Offset, Twine(NotKnown) +
                     " references name what no record tells of; they count as "
                     "not known");
}

} // namespace

bool isTrace(StringRef Bytes) {
  return Bytes.starts_with(StringRef(Magic, sizeof(Magic)));
}

bool isTraceFile(StringRef Path) {
  auto Start = MemoryBuffer::getFileSlice(Path, sizeof(Magic), 0);
  return Start && isTrace((*Start)->getBuffer());
}

Expected<Trace> parseTrace(StringRef Bytes, StringRef Name) {
  Trace T;
  T.File = Name.str();
  auto Failed = [&](const Twine &Why) {
    return createStringError("'" + Name + "' is no usable trace: " + Why);
  };
  if (!isTrace(Bytes))
    return Failed("it does not begin as one; name a file that 'raddle leaks "
                  "--trace FOLDER' or 'raddle locks --trace FOLDER' wrote");
  if (Bytes.size() < sizeof(Header))
    return Failed("it ends at offset " + Twine(Bytes.size()) +
                  ", within the header");
  std::memcpy(&T.Head, Bytes.data(), sizeof(Header));
  if (T.Head.Version != Version)
    return Failed("its version is " + Twine(T.Head.Version) +
                  ", this raddle reads " + Twine(Version));
  if (T.Head.HeaderSize < sizeof(Header) || T.Head.HeaderSize % 8 != 0 ||
      T.Head.HeaderSize > Bytes.size())
    return Failed("its header cannot have " + Twine(T.Head.HeaderSize) +
                  " bytes");
  if (static_cast<uint32_t>(T.Head.End) >
      static_cast<uint32_t>(Ending::NoSpace)) {
    T.Warnings.push_back(("'" + Name +
                          "': how the program ended is not said in "
                          "a way that is known")
                             .str());
    T.Head.End = Ending::Running;
  }
  Reader(Bytes, T).run();
  return T;
}

Expected<Trace> readTrace(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
  if (!Buffer)
    return createStringError(
        "'" + Path + "' cannot be read: " + Buffer.getError().message());
  return parseTrace((*Buffer)->getBuffer(), Path);
}

} // namespace raddle::cli
