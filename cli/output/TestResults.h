// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results that the writers' tests share.
#ifndef RADDLE_CLI_OUTPUT_TESTRESULTS_H
#define RADDLE_CLI_OUTPUT_TESTRESULTS_H

#include "cli/output/Writers.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace raddle::cli {

/// A folder that is gone after the test.
class TestFolder {
public:
  TestFolder() { llvm::sys::fs::createUniqueDirectory("raddle-output", Path); }
  ~TestFolder() { llvm::sys::fs::remove_directories(Path); }

  void write(llvm::StringRef File, llvm::StringRef Text) const {
    llvm::SmallString<128> Full(Path);
    llvm::sys::path::append(Full, File);
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Full));
    std::error_code EC;
    llvm::raw_fd_ostream(Full, EC) << Text;
  }
  std::string path() const { return Path.str().str(); }

private:
  llvm::SmallString<128> Path;
};

/// An inversion between 'Queue::mutex_' and \p Other, with sources in
/// \p Folder.
inline Results inversion(const TestFolder &Folder,
                         const std::string &Other = "Cache::mutex_") {
  using namespace lockorder;
  Folder.write("src/queue.cpp", "void Queue::push(Job job) {\n"
                                "  std::lock_guard lock(mutex_);\n"
                                "  cache_.note(job);\n"
                                "}\n");
  Folder.write("src/cache.cpp", "void Cache::note(Job job) {\n"
                                "\tstd::lock_guard lock(mutex_);\n"
                                "}\n"
                                "void Cache::drop() {\n"
                                "  std::lock_guard lock(mutex_);\n"
                                "  queue_.push({});\n"
                                "}\n");
  Results R;
  R.Root = Folder.path();
  R.Project = "jobserver";
  R.Command = "raddle lint -p build";
  R.TranslationUnits = 2;
  R.Functions = 3;
  R.ExitCode = 1;
  Place Push{"src/queue.cpp", 2, 19, 23}, Note{"src/cache.cpp", 2, 18, 22},
      Drop{"src/cache.cpp", 5, 19, 23};
  R.Graph.Locks = {
      {"Queue::mutex_", "Queue", "std::mutex", {"src/queue.h", 9, 14, 20}, {}},
      {Other, "Cache", "std::mutex", {}, {}}};
  R.Graph.Locks[0].Acquisitions = {{Push, "Queue::push(Job)", "exclusive"}};
  R.Graph.Locks[1].Acquisitions = {{Note, "Cache::note(Job)", "exclusive"},
                                   {Drop, "Cache::drop()", "exclusive"}};
  R.Graph.Edges = {
      {0, 1, true, false, true, {{Note, "Cache::note(Job)", "exclusive"}}},
      {1, 0, true, true, true, {{Push, "Queue::push(Job)", "exclusive"}}}};
  R.Graph.Order = {0, 1};
  Diagnosis D;
  D.Check = "raddle-lock-order-inversion";
  D.Severity = Level::Error;
  D.Message =
      "lock order inversion between 'Queue::mutex_' and '" + Other + "'";
  D.Where = Note;
  D.Identity = {"Queue::mutex_", Other};
  D.Witnesses = {
      {"'Queue::mutex_' is held, then '" + Other + "' is taken",
       "Worker::run()",
       0,
       {{StepKind::Start,
         "main()",
         "a thread starts in 'Worker::run()'",
         {"src/main.cpp", 7, 3, 9},
         {}},
        {StepKind::Hold, "Queue::push(Job)", "takes 'Queue::mutex_'", Push, {}},
        {StepKind::Call,
         "Queue::push(Job)",
         "calls 'Cache::note(Job)'",
         {"src/queue.cpp", 3, 3, 19},
         {0}},
        {StepKind::Acquire,
         "Cache::note(Job)",
         "takes '" + Other + "' while 'Queue::mutex_' is held",
         Note,
         {0}}}},
      {"'" + Other + "' is held, then 'Queue::mutex_' is taken",
       "",
       1,
       {{StepKind::Hold, "Cache::drop()", "takes '" + Other + "'", Drop, {}},
        {StepKind::Call,
         "Cache::drop()",
         "calls 'Queue::push(Job)'",
         {"src/cache.cpp", 6, 3, 18},
         {1}},
        {StepKind::Acquire,
         "Queue::push(Job)",
         "takes 'Queue::mutex_' while '" + Other + "' is held",
         Push,
         {1}}}}};
  D.Cycle = {0, 1};
  D.TurnRound = 0;
  D.TurnRoundWhy = "it is taken at 1 place";
  D.Filters = {{"gate lock", "no other lock is held"}};
  D.Notes = {"a note"};
  R.Findings = makeFindings({D}, {});
  return R;
}

/// What a name could hold to break out of a page, a parser or a terminal.
inline std::string hostileName() {
  return "<script>alert('1')</script>\"&amp;\n::error::fake\r%0A,title=x:"
         "@RADDLE_DATA@@RADDLE_STATIC@]]>--> {0} [a](1) \x1b[31m\x01"
         "\xe2\x80\xae\xe2\x80\xa8\xe2\x81\xa6 \xff\xfe\xe2\x80 "
         "\xed\xa0\x80 \xf0\x9f\xa7\xb5" +
         std::string(10000, 'x');
}

/// The inversion with such a name in each string that comes from outside.
inline Results hostile(const TestFolder &Folder) {
  std::string Name = hostileName();
  Results R = inversion(Folder, Name);
  // A file may have such a name too, if a shorter one.
  std::string File = Name.substr(0, 60) + ".cpp";
  R.Project = R.Command = Name;
  R.Failed = {{Name, Name}};
  lockorder::Lock &L = R.Graph.Locks[1];
  L.Group = L.Kind = Name;
  L.Declared = {File, 1, 1, 2};
  Folder.write("src/cache.cpp", "\xff\t\xe2\x80\xae" + Name + "\n" + Name);
  lockorder::Diagnosis D = std::move(R.Findings[0].What);
  D.TurnRoundWhy = Name;
  D.Notes = {Name};
  D.Filters = {{Name, Name}};
  D.Witnesses[0].Thread = D.Witnesses[0].Steps[1].Function = Name;
  D.Witnesses[0].Steps[0].Text = Name;
  D.Witnesses[0].Steps[0].Where = {File, 1, 5, 6};
  lockorder::Diagnosis Other = D;
  Other.Check = Name;
  Other.Cycle = {7, 8};
  Other.TurnRound = 99;
  Other.Witnesses[0].Steps[0].Held = {0, 1, 77};
  R.Findings = makeFindings({D, Other}, {});
  return R;
}

inline std::string written(Format F, const Results &R,
                           const WriterOptions &Options = {}) {
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  llvm::Error E = write(F, R, Options, Out);
  return E ? "error: " + llvm::toString(std::move(E)) : Text;
}

} // namespace raddle::cli

#endif
