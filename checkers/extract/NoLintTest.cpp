// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/extract/NoLint.h"
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle::checkers;

TEST(NoLint, SilencesLinesAndBlocks) {
  auto Lines =
      silencedLines("a\n"
                    "b // NOLINT\n"
                    "c // NOLINT(raddle-double-lock)\n"
                    "d // NOLINT(bugprone-*)\n"
                    "// NOLINTNEXTLINE(raddle-busy-*,raddle-double-lock)\n"
                    "f\n"
                    "// NOLINTBEGIN(raddle-lock-order-inversion)\n"
                    "h\n"
                    "// NOLINTEND(raddle-lock-order-inversion)\n"
                    "j\n");
  std::map<unsigned, std::string> Expected = {
      {2, "*"},
      {3, "raddle-double-lock"},
      {6, "raddle-double-lock,raddle-busy-spin"},
      {7, "raddle-lock-order-inversion"},
      {8, "raddle-lock-order-inversion"},
      {9, "raddle-lock-order-inversion"}};
  EXPECT_EQ(Lines, Expected);
}

TEST(NoLint, IsRecordedWithEventsAndLoops) {
  Extracted X(R"(
#include <mutex>
std::mutex m;
void f() {
  m.lock(); // NOLINT(raddle-double-lock)
  for (;;) { // NOLINT
    m.unlock();
  }
}
)");
  EXPECT_EQ(X.function("f"), R"(
  loop0 head=B1 forever nolint=*
  B0 -> B1
    #0 acquire global<m> nolint=raddle-double-lock
  B1 loop0 -> B1
    #1 release global<m>
)");
}
