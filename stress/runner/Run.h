// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of a program under test, and what came of it.
#ifndef RADDLE_STRESS_RUNNER_RUN_H
#define RADDLE_STRESS_RUNNER_RUN_H

#include "stress/log/RunLog.h"
#include "llvm/Support/Error.h"
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
};

struct RunRequest {
  std::vector<std::string> Arguments; ///< Without the program's name.
  /// RADDLE_OPTIONS without run_log: "schedule=pct:seed=7:depth=3". Empty:
  /// without the runtime.
  std::string Options;
  std::chrono::milliseconds Timeout{60000};
  /// Read the log's records too, and not only its head.
  bool WantRecords = false;
};

struct RunModule {
  std::string Path, BuildId;
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
  std::vector<std::pair<uint64_t, std::string>> Uncontrolled;
};

struct RunResult {
  int Status = 0; ///< As waitpid has it.
  bool TimedOut = false;
  double Seconds = 0;
  std::string Out, Err; ///< Whole, up to a limit; then "[... N bytes]".
  RunLogHead Log = {};  ///< All 0 if the runtime wrote nothing.
  RunRecords Records;   ///< Empty unless wanted.
};

/// Runs one program many times, one after the other; keeps its log's mapping,
/// its fork server and its files for that. Not for several threads at once:
/// have one for each.
class ProgramRunner {
public:
  struct Settings {
    std::string Runtime;      ///< Path of libraddle_rt.so.
    std::string AccessPoints; ///< Path of libraddle_stress.so.
    std::string WorkFolder;   ///< For logs and outputs; exists.
    bool ForkServer = true;   ///< Where the program allows it.
    uint64_t LogBytes = 64u << 20;
  };
  static llvm::Expected<std::unique_ptr<ProgramRunner>> open(StressProgram What,
                                                             Settings S);
  virtual ~ProgramRunner() = default;
  /// Fails only where nothing could be run at all.
  virtual llvm::Expected<RunResult> run(const RunRequest &Request) = 0;
  virtual const StressProgram &program() const = 0;
};

/// Looks at the file: which sanitizer, which libraries, which build id. Fails
/// where nothing can be preloaded, and says what to do.
llvm::Expected<StressProgram> examineProgram(llvm::StringRef Path);

/// Checks and reads the records of a log.
llvm::Expected<RunRecords> readRunLog(llvm::StringRef Bytes,
                                      llvm::StringRef File);

} // namespace raddle::stress

#endif
