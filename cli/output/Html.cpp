// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One page that needs nothing else: the viewer's template with the data in it.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace raddle::cli {
namespace {

constexpr StringLiteral DataMark = "@RADDLE_DATA@";
constexpr StringLiteral StaticMark = "@RADDLE_STATIC@";

constexpr StringLiteral HowToBuild =
    "; build it with 'npm ci && npm run build' in lockorder/viewer, or install "
    "raddle with RADDLE_BUILD_VIEWER=ON";

} // namespace

Error writeHtml(const Results &R, StringRef ViewerFolder, raw_ostream &Out) {
  SmallString<256> File(ViewerFolder);
  if (!sys::fs::is_regular_file(File))
    sys::path::append(File, "report.html");
  auto Buffer = MemoryBuffer::getFile(File, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return createStringError(
        "the report's page '" + File +
        "' cannot be read: " + Buffer.getError().message() + HowToBuild);
  StringRef Page = (*Buffer)->getBuffer();
  size_t Data = Page.find(DataMark), Static = Page.find(StaticMark);
  if (Data == StringRef::npos || Static == StringRef::npos)
    return createStringError("the report's page '" + File + "' has no place " +
                             (Data == StringRef::npos ? DataMark : StaticMark) +
                             HowToBuild);

  // Positions are looked up before anything is put in: a name may read like
  // one of the marks.
  auto WriteData = [&] {
    ScriptEscaper Escaped(Out);
    writeReportData(R, Escaped);
  };
  auto WriteStatic = [&] { writeStaticReport(R, Out); };
  size_t First = std::min(Data, Static), Second = std::max(Data, Static);
  size_t FirstEnd = First + (First == Data ? DataMark : StaticMark).size();
  size_t SecondEnd = Second + (Second == Data ? DataMark : StaticMark).size();
  Out << Page.take_front(First);
  First == Data ? WriteData() : WriteStatic();
  Out << Page.slice(FirstEnd, Second);
  Second == Data ? WriteData() : WriteStatic();
  Out << Page.drop_front(SecondEnd);
  return Error::success();
}

} // namespace raddle::cli
