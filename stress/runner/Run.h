// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of a program under test, and what came of it.
#ifndef RADDLE_STRESS_RUNNER_RUN_H
#define RADDLE_STRESS_RUNNER_RUN_H

#include "stress/log/RunLog.h"
#include "llvm/Support/Error.h"
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace raddle::stress {

/// How a program was built, which says what can be done with it.
enum class Build : uint8_t {
  Plain,
  Points,     ///< Linked to libraddle_stress.so: points at every access.
  TSanStatic, ///< Reports races; accesses are no points.
  TSanShared, ///< gcc's, or clang's -shared-libsan: accesses can be points.
  ASan,
};

struct StressProgram {
  std::string Path;    ///< Absolute.
  std::string BuildId; ///< Hex; of the content if the linker left none.
  Build Kind = Build::Plain;
  /// Libraries to preload before the runtime (gcc's libasan).
  std::vector<std::string> First;
  bool GoogleTest = false; ///< Knows --gtest_list_tests.
};

struct RunRequest {
  std::vector<std::string> Arguments; ///< Without the program's name.
  /// RADDLE_OPTIONS without run_log: "schedule=pct:seed=7:depth=3". Empty:
  /// without the runtime.
  std::string Options;
  /// Changes of the environment.
  std::vector<std::pair<std::string, std::string>> Environment;
  std::chrono::milliseconds Timeout{60000};
  /// File for the runtime's trace, with %p; empty: none. When a run takes too
  /// long, it is asked for a snapshot before it is killed (profile_by_trace=1).
  std::string Trace;
  /// Read the log's records too, and not only its head.
  bool WantRecords = false;
};

struct RunModule {
  std::string Path, BuildId; ///< Raw bytes, as traces have it.
  uint64_t Begin, End, Bias;
};
struct RunThread {
  std::string Name;
  uint32_t Parent = 0;
  uint64_t Pc = 0;
};
struct RunFinal {
  RunFinalRecord Record;
  std::vector<uint64_t> Stack; ///< Innermost first.
};

/// The records of a run log, checked.
struct RunRecords {
  std::vector<RunModule> Modules;
  std::vector<RunThread> Threads; ///< [0] is nobody.
  std::vector<RunEventRecord> Events;
  std::vector<RunSwitchRecord> Switches;
  std::vector<RunDelayRecord> Delays;
  std::vector<RunFinal> Finals;
  std::vector<RunHeldRecord> Held;
  std::vector<RunObjectRecord> Objects;
  std::vector<std::pair<uint64_t, std::string>> Uncontrolled;
};

struct RunResult {
  int Status = 0; ///< As waitpid has it.
  int Pid = 0;
  bool TimedOut = false;
  bool Stopped = false; ///< By Settings::Stop; then nothing else counts.
  double Seconds = 0;
  /// Whole, up to a limit; beyond it, its begin, "[... N bytes]" and its end.
  std::string Out, Err;
  RunLogHead Log = {}; ///< All 0 if the runtime wrote nothing.
  RunRecords Records;  ///< Empty unless wanted.
  std::string Trouble; ///< What is wrong with the log; empty: nothing.
};

/// Runs one program many times, one after the other; keeps its log, its fork
/// server and its files for that. Not for several threads at once: have one for
/// each, with a folder each.
class ProgramRunner {
public:
  struct Settings {
    std::string Runtime;      ///< Path of libraddle_rt.so; empty: without.
    std::string AccessPoints; ///< Path of libraddle_stress.so.
    std::string WorkFolder;   ///< For logs and outputs; exists.
    bool ForkServer = true;   ///< Where the program allows it.
    uint64_t LogBytes = 64u << 20;
    /// When set, a running program is killed.
    const std::atomic<bool> *Stop = nullptr;
  };
  static llvm::Expected<std::unique_ptr<ProgramRunner>> open(StressProgram What,
                                                             Settings S);
  virtual ~ProgramRunner() = default;
  /// Fails only where nothing could be run at all.
  virtual llvm::Expected<RunResult> run(const RunRequest &Request) = 0;
  /// Of the last run, as long as there is no next one: its log's records, and
  /// the bytes of the log.
  virtual llvm::Expected<RunRecords> lastRecords() const = 0;
  virtual llvm::Expected<std::string> lastLog() const = 0;
  virtual const StressProgram &program() const = 0;
};

/// Looks at the file: which sanitizer, which libraries, which build id. Fails
/// where nothing can be preloaded (scripts, static programs), and says what to
/// do.
llvm::Expected<StressProgram> examineProgram(llvm::StringRef Path);

/// Checks and reads the records of a log.
llvm::Expected<RunRecords> readRunLog(llvm::StringRef Bytes,
                                      llvm::StringRef File);

} // namespace raddle::stress

#endif
