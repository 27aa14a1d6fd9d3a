// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/TestResults.h"
#include "gtest/gtest.h"

using namespace raddle::cli;
using raddle::lockorder::Diagnosis;

namespace {

TEST(Text, ShowsEachStepAtItsSourceLine) {
  TestFolder Folder;
  EXPECT_EQ(
      written(Format::Text, inversion(Folder)),
      R"(src/cache.cpp:2:18: error: lock order inversion between 'Queue::mutex_' and 'Cache::mutex_' [raddle-lock-order-inversion]
    2 |         std::lock_guard lock(mutex_);
      |                         ^~~~
src/main.cpp:7:3: note: path 1 of 2: 'Queue::mutex_' is held, then 'Cache::mutex_' is taken, in a thread that starts in 'Worker::run()'
src/main.cpp:7:3: note: (1) a thread starts in 'Worker::run()'
src/queue.cpp:2:19: note: (2) takes 'Queue::mutex_'
    2 |   std::lock_guard lock(mutex_);
      |                   ^~~~
src/queue.cpp:3:3: note: (3) calls 'Cache::note(Job)'; held: 'Queue::mutex_'
    3 |   cache_.note(job);
      |   ^~~~~~~~~~~~~~~~
src/cache.cpp:2:18: note: (4) takes 'Cache::mutex_' while 'Queue::mutex_' is held; held: 'Queue::mutex_'
    2 |         std::lock_guard lock(mutex_);
      |                         ^~~~
src/cache.cpp:5:19: note: path 2 of 2: 'Cache::mutex_' is held, then 'Queue::mutex_' is taken
src/cache.cpp:5:19: note: (1) takes 'Cache::mutex_'
    5 |   std::lock_guard lock(mutex_);
      |                   ^~~~
src/cache.cpp:6:3: note: (2) calls 'Queue::push(Job)'; held: 'Cache::mutex_'
    6 |   queue_.push({});
      |   ^~~~~~~~~~~~~~~
src/queue.cpp:2:19: note: (3) takes 'Queue::mutex_' while 'Cache::mutex_' is held; held: 'Cache::mutex_'
    2 |   std::lock_guard lock(mutex_);
      |                   ^~~~
src/cache.cpp:2:18: note: the cheapest order to turn round is 'Queue::mutex_' -> 'Cache::mutex_': it is taken at 1 place
src/cache.cpp:2:18: note: a note

1 finding (1 error) in 2 translation units
)");
}

/// What stands below the first finding's place.
std::string excerpt(const TestFolder &Folder, unsigned Column, unsigned End,
                    const std::string &Line) {
  Results R = inversion(Folder);
  Folder.write("a.cpp", "\n" + Line + "\n");
  Diagnosis D;
  D.Check = "check";
  D.Message = "message";
  D.Where = {"a.cpp", 2, Column, End};
  R.Findings = makeFindings({D}, {});
  std::string Text = written(Format::Text, R);
  size_t Begin = Text.find('\n'), Break = Text.find("\n\n");
  return Begin == Break ? "" : Text.substr(Begin + 1, Break - Begin - 1);
}

TEST(Text, CaretStandsBelowWhatIsShown) {
  TestFolder Folder;
  // Two bytes and one column; three bytes and two columns.
  EXPECT_EQ(excerpt(Folder, 8, 9, "\xc3\xa4 \xe6\xbc\xa2 x;"),
            "    2 | \xc3\xa4 \xe6\xbc\xa2 x;\n"
            "      |      ^");
  EXPECT_EQ(excerpt(Folder, 2, 5, "\t\xe2\x80\xaex"),
            "    2 |         <U+202E>x\n"
            "      |         ^~~~~~~~");
  // One past the end, as for a missing ';'.
  EXPECT_EQ(excerpt(Folder, 2, 0, "x"), "    2 | x\n"
                                        "      |  ^");
}

TEST(Text, ShowsAWindowOfALongLine) {
  TestFolder Folder;
  std::string Line = std::string(5000, 'a') + "lock" + std::string(5000, 'b');
  std::string Shown = excerpt(Folder, 5001, 5005, Line);
  EXPECT_LT(Shown.size(), 400u);
  size_t Break = Shown.find('\n');
  EXPECT_EQ(Shown.find("lock"), Shown.find('^') - Break - 1);
  EXPECT_NE(Shown.find("^~~~"), std::string::npos);
}

TEST(Text, ChangedOrMissingSourceIsLeftOut) {
  TestFolder Folder;
  EXPECT_EQ(excerpt(Folder, 40, 44, "short now"), "");
  Results R = inversion(Folder);
  R.Root = "/nowhere";
  EXPECT_EQ(written(Format::Text, R).find(" | "), std::string::npos);
}

TEST(Text, ColoursOnlyWhenAsked) {
  TestFolder Folder;
  Results R = inversion(Folder);
  EXPECT_EQ(written(Format::Text, R).find('\x1b'), std::string::npos);
  WriterOptions Options;
  Options.Colour = true;
  std::string Text = written(Format::Text, R, Options);
  EXPECT_NE(Text.find("\x1b[0;1;31merror: "), std::string::npos);
  EXPECT_NE(Text.find("\x1b[0;1;36mnote: "), std::string::npos);
}

TEST(Text, NamesUnitsThatFailed) {
  Results R;
  R.TranslationUnits = 2;
  R.Failed = {{"src/a.cpp", "3 errors; first: no such file"}};
  EXPECT_EQ(written(Format::Text, R),
            "src/a.cpp: incomplete: 3 errors; first: no such file\n"
            "no findings in 2 translation units, 1 of them incomplete\n");
}

} // namespace
