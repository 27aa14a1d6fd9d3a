// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: runs a program under the preload and reads what it says.
#ifndef RADDLE_LEAK_TRACKER_TESTING_RUNPROGRAM_H
#define RADDLE_LEAK_TRACKER_TESTING_RUNPROGRAM_H

#include "runtime/trace/TraceFormat.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace raddle::leaks {

struct Trace {
  trace::Header Head{};
  std::vector<trace::LeakRecord> Leaks;
  std::vector<std::string> Details, Tests; ///< Of Leaks.
  std::map<uint32_t, std::vector<uint64_t>> Stacks;
  std::map<uint32_t, trace::TaskRecord> Tasks;
  std::map<uint32_t, std::string> TaskNames;
  std::vector<std::pair<trace::IgnoreRuleRecord, std::string>> Rules;
  bool Good = false;
};

struct Result {
  std::string Out, Errors;
  int Exit = -1;
  Trace T;
  bool says(const std::string &Text) const {
    return Errors.find(Text) != std::string::npos;
  }
};

inline std::string slurp(const std::string &Path) {
  std::ifstream In(Path, std::ios::binary);
  return {std::istreambuf_iterator<char>(In), {}};
}

inline Trace readTrace(const std::string &Bytes) {
  Trace T;
  if (Bytes.size() < sizeof(trace::Header))
    return T;
  memcpy(&T.Head, Bytes.data(), sizeof(T.Head));
  size_t At = T.Head.HeaderSize;
  while (At + sizeof(trace::Record) <= Bytes.size()) {
    trace::Record R;
    memcpy(&R, Bytes.data() + At, sizeof(R));
    if (R.Type == trace::RecordType::End)
      break;
    if (R.Size < sizeof(R) || R.Size > Bytes.size() - At)
      return T;
    const char *Data = Bytes.data() + At;
    if (R.Type == trace::RecordType::Leak) {
      trace::LeakRecord L;
      memcpy(&L, Data, sizeof(L));
      T.Leaks.push_back(L);
      T.Tests.emplace_back(Data + sizeof(L), L.TestLength);
      T.Details.emplace_back(Data + sizeof(L) + L.TestLength, L.DetailLength);
    } else if (R.Type == trace::RecordType::Stack) {
      trace::StackRecord S;
      memcpy(&S, Data, sizeof(S));
      std::vector<uint64_t> &Pcs = T.Stacks[S.Id];
      Pcs.resize(S.Count);
      memcpy(Pcs.data(), Data + sizeof(S), S.Count * 8);
    } else if (R.Type == trace::RecordType::Task) {
      trace::TaskRecord Task;
      memcpy(&Task, Data, sizeof(Task));
      T.Tasks[Task.Id] = Task;
      T.TaskNames[Task.Id] = std::string(Data + sizeof(Task), Task.NameLength);
    } else if (R.Type == trace::RecordType::IgnoreRule) {
      trace::IgnoreRuleRecord I;
      memcpy(&I, Data, sizeof(I));
      T.Rules.emplace_back(I, std::string(Data + sizeof(I), I.TextLength));
    }
    At += R.Size;
  }
  T.Good = true;
  return T;
}

/// Runs \p Program for \p Case with \p Options added to RADDLE_OPTIONS, under
/// \p Preload if that is not empty. The file "rules" beside it holds \p Rules.
inline Result runProgram(const std::string &Program, const std::string &Case,
                         const std::string &Options = "",
                         const std::string &Rules = "",
                         const std::string &Preload = RUNTIME) {
  char Folder[] = "/tmp/raddle-leaks-XXXXXX";
  if (!mkdtemp(Folder))
    return {};
  std::string Base = Folder;
  std::ofstream(Base + "/rules") << Rules;
  std::string Command = "cd " + Base + " && RADDLE_OPTIONS=\"trace=" + Base +
                        "/trace:" + Options + "\" LD_PRELOAD='" + Preload +
                        "' " + Program + " " + Case + " >" + Base + "/out 2>" +
                        Base + "/errors";
  int Status = system(Command.c_str());
  Result R;
  R.Exit = WIFEXITED(Status) ? WEXITSTATUS(Status) : -WTERMSIG(Status);
  R.Out = slurp(Base + "/out");
  R.Errors = slurp(Base + "/errors");
  R.T = readTrace(slurp(Base + "/trace"));
  for (const char *Name : {"/out", "/errors", "/trace", "/rules"})
    unlink((Base + Name).c_str());
  rmdir(Folder);
  return R;
}

inline void expectSilent(const Result &R) {
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Errors, "");
  EXPECT_EQ(R.Out, "done\n");
  EXPECT_TRUE(R.T.Good);
  EXPECT_TRUE(R.T.Leaks.empty());
}

inline void expectLeaks(const Result &R, size_t Count) {
  EXPECT_EQ(R.Exit, 23) << R.Errors;
  EXPECT_EQ(R.Out, "done\n");
  EXPECT_EQ(R.T.Leaks.size(), Count) << R.Errors;
  EXPECT_EQ(R.T.Head.End, trace::Ending::Exited);
  EXPECT_TRUE(R.says("raddle report ")) << R.Errors;
}

} // namespace raddle::leaks

#endif
