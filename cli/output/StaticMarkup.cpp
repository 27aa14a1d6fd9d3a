// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/StaticMarkup.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"

using namespace llvm;
using raddle::lockorder::Place;

namespace raddle::cli::output {
namespace {

constexpr unsigned LongName = 160, StartOfLongName = 120;

} // namespace

StringRef firstCharacters(StringRef Text, unsigned Max) {
  StringRef Rest = Text;
  for (unsigned I = 0; I < Max && !Rest.empty(); ++I)
    takeCharacter(Rest);
  return Text.drop_back(Rest.size());
}

std::string inShort(StringRef Text) {
  StringRef First = firstCharacters(Text, LongName);
  if (First.size() == Text.size())
    return html(Text);
  return html(firstCharacters(Text, StartOfLongName)) + "&#8230;";
}

std::string folded(StringRef Text) {
  if (firstCharacters(Text, LongName).size() == Text.size())
    return html(Text);
  return "<details class=\"st-long\"><summary>" + inShort(Text) + "</summary>" +
         html(Text) + "</details>";
}

std::string name(StringRef Text) {
  if (firstCharacters(Text, LongName).size() == Text.size())
    return "<code class=\"st-name\">" + html(Text) + "</code>";
  return "<details class=\"st-long\"><summary><code class=\"st-name\">" +
         inShort(Text) + "</code></summary><code class=\"st-name\">" +
         html(Text) + "</code></details>";
}

std::string place(SourceFiles &Sources, const Place &P) {
  if (P.File.empty())
    return "";
  return "<span class=\"st-place\">" + html(placeText(Sources.inUtf16(P))) +
         "</span>";
}

} // namespace raddle::cli::output
