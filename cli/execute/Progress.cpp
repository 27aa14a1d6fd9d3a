// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Progress.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include <cmath>
#include <cstdlib>

using namespace llvm;

namespace raddle::cli {

bool progressWanted() {
  const char *Terminal = std::getenv("TERM");
  return sys::Process::StandardErrIsDisplayed() && Terminal &&
         StringRef(Terminal) != "dumb";
}

/// The last column is left free: some terminals go on in the next line.
static size_t columns() {
  unsigned Columns = sys::Process::StandardErrColumns();
  return Columns ? Columns - 1 : 79;
}

std::string Progress::line(size_t Done, size_t Total, double Seconds,
                           StringRef What, size_t Width) {
  std::string Text;
  raw_string_ostream Line(Text);
  Line << "[" << Done << "/" << Total << "]";
  double Rate = Seconds > 0 ? Done / Seconds : 0;
  if (Done && Rate > 0) {
    auto Left = static_cast<uint64_t>(std::ceil((Total - Done) / Rate));
    Line << format(" %.1f/s, ", Rate);
    if (Left >= 120)
      Line << (Left + 30) / 60 << " min left";
    else
      Line << Left << " s left";
  }
  Line << "  " << What;
  if (Text.size() > Width)
    Text.resize(Width);
  return Text;
}

void Progress::start(size_t Count) {
  Total = Count;
  Done = 0;
  Begin = std::chrono::steady_clock::now();
}

void Progress::step(StringRef What) {
  ++Done;
  if (!Show)
    return;
  double Seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Begin)
          .count();
  show(line(Done, Total, Seconds, What, columns()));
}

void Progress::show(StringRef Line) {
  if (!Show)
    return;
  Out << "\r" << Line.take_front(columns()) << "\033[K";
  Out.flush();
  Shown = true;
}

void Progress::clear() {
  if (!Shown)
    return;
  Out << "\r\033[K";
  Out.flush();
  Shown = false;
}

} // namespace raddle::cli
