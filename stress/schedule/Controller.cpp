// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Controller.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/core/Print.h"
#include "stress/inject/Cores.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/Places.h"
#include "stress/schedule/Replay.h"
#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/VirtualTime.h"
#include "stress/schedule/Watch.h"
#include <dlfcn.h>

namespace raddle::stress {

RealTable Original;

namespace {

uint64_t StartNs = 0;

uint64_t numberIn(const char *Text) {
  uint64_t Value = 0;
  for (; *Text >= '0' && *Text <= '9'; ++Text)
    Value = Value * 10 + uint64_t(*Text - '0');
  return Value;
}

/// A sanitizer in the program itself stands before us, and its pthread_create
/// waits for the new thread.
bool hasOwnCreate() {
  Dl_info Ours, First;
  void *Create = dlsym(RTLD_DEFAULT, "pthread_create");
  return Create && dladdr(Create, &First) &&
         dladdr(reinterpret_cast<void *>(hasOwnCreate), &Ours) &&
         First.dli_fbase != Ours.dli_fbase;
}

/// What the loader says of the program: the same in all children of the fork
/// server, who need not ask.
struct {
  bool OwnCreate, AccessPoints;
} Loaded;

/// Once in a process: a child of the fork server has it from there.
void install() {
  static bool Done = false;
  if (Done)
    return;
  Done = true;
  Original = Real;
  controlMutexes();
  controlLocks();
  controlSemaphores();
  controlBarriers();
  controlOnce();
  controlSleeps();
  controlClocks();
  controlFutexes();
  controlRandomness();
  controlPolls();
  controlTransfers();
  controlConditions();
  controlThreads();
  controlCancel();
  controlExit();
  controlSignals();
  hideCores();
  noteSites();
  OneCallOnly = true;
}

} // namespace

bool inControl() { return TheRun.Active; }

void finishRun() {
  RunLogHead &Head = TheRunLog.head();
  Head.Objects = objectCount();
  Head.DurationNs = sys::now() - StartNs;
  if (controlEnds)
    controlEnds();
}

bool takeControl(bool Alone) {
  const Options &O = TheOptions;
  bool IsReplay = strcmp(O.Schedule, "replay") == 0;
  Strategy *Chooser = IsReplay ? nullptr : findStrategy(O.Schedule);
  TextBuffer<512> Sentence;
  if (!IsReplay && !Chooser) {
    Sentence << "there is no schedule '" << O.Schedule
             << "'; the program runs as it would alone";
    say(Sentence.text());
    return false;
  }
  if (IsReplay && !TheReplay.read(O.Replay, O.ReplayStrict))
    return false;
  if (!TheRunLog.open(O.RunLog)) {
    Sentence << "the run log '" << O.RunLog
             << "' is not a file as raddle stress makes it; nothing is noted";
    say(Sentence.text());
  }
  StartNs = sys::now();
  forgetPlaces();
  forgetShadows();
  TheRun = {};
  TheRun.Now = FirstNow;
  TheRun.Seed = numberIn(O.Seed);
  TheRun.StepLimit = O.StepLimit;
  TheRun.Chooser = Chooser;
  TheRun.AccessPoints = Loaded.AccessPoints;
  seedRandomness(TheRun.Seed);
  RunLogHead &Head = TheRunLog.head();
  Head.Pid = sys::pid();
  Head.Seed = TheRun.Seed;
  TextSink(Head.Strategy, sizeof(Head.Strategy)) << O.Schedule;
  if (Chooser) {
    StrategySettings Settings = {};
    Settings.Seed = TheRun.Seed;
    Settings.Depth = O.Depth;
    if (expectAsBefore)
      expectAsBefore(Settings);
    Chooser->begin(Settings);
  }
  TheRun.StartsFree = Loaded.OwnCreate;
  TheRun.SanitizerTid = Alone ? 0 : otherThread();
  Mine = firstThread(0);
  if (!Mine)
    return false;
  install();
  // One thread runs at a time. To hand the token to a thread on another core
  // takes longer than most of what lies between two steps.
  if (coresThere() > 1)
    limitCores(1, currentCore());
  TheRun.Active = true;
  return true;
}

} // namespace raddle::stress

void raddle::startController() {
  stress::Loaded = {stress::hasOwnCreate(),
                    stress::accessesArePoints && stress::accessesArePoints()};
  bool Served =
      TheOptions.ForkServer && stress::serveForks && stress::serveForks();
  stress::takeControl(Served);
}
