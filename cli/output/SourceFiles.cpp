// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/SourceFiles.h"
#include "cli/output/Escape.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using raddle::lockorder::Place;

namespace raddle::cli {
namespace {

/// Generated sources can be larger, but nobody reads an excerpt of those.
constexpr uint64_t MaxSize = 64 << 20;

unsigned utf16Column(StringRef Line, unsigned Column) {
  if (Column == 0)
    return 0;
  StringRef Before = Line.take_front(Column - 1);
  unsigned Units = 1;
  while (!Before.empty())
    Units += takeCharacter(Before).CodePoint > 0xffff ? 2 : 1;
  return Units;
}

} // namespace

const SourceFiles::Source &SourceFiles::source(StringRef File) {
  auto [It, New] = Sources.try_emplace(File);
  Source &S = It->second;
  if (!New || File.empty() || File.contains('\0'))
    return S;
  SmallString<256> Path(File);
  sys::path::make_absolute(Root, Path);
  // A pipe would make us wait.
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status) || !sys::fs::is_regular_file(Status) ||
      Status.getSize() > MaxSize)
    return S;
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return S;
  S.Buffer = std::move(*Buffer);
  StringRef Rest = S.Buffer->getBuffer();
  Rest.consume_front("\xef\xbb\xbf");
  while (!Rest.empty()) {
    StringRef Line;
    std::tie(Line, Rest) = Rest.split('\n');
    Line.consume_back("\r");
    S.Lines.push_back(Line);
  }
  return S;
}

std::optional<StringRef> SourceFiles::line(StringRef File, unsigned Line) {
  const Source &S = source(File);
  if (Line == 0 || Line > S.Lines.size())
    return std::nullopt;
  return S.Lines[Line - 1];
}

std::optional<StringRef> SourceFiles::line(const Place &Where) {
  auto Text = line(Where.File, Where.Line);
  if (Text && Where.Column > Text->size() + 1)
    return std::nullopt;
  return Text;
}

unsigned SourceFiles::lines(StringRef File) {
  return source(File).Lines.size();
}

Place SourceFiles::inUtf16(Place Where) {
  if (auto Text = line(Where)) {
    Where.Column = utf16Column(*Text, Where.Column);
    Where.EndColumn = utf16Column(*Text, Where.EndColumn);
  }
  return Where;
}

} // namespace raddle::cli
