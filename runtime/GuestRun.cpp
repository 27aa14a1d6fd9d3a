// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/GuestRun.h"
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace raddle::testing {

Folder::Folder() {
  std::string Name =
      (std::filesystem::temp_directory_path() / "raddle-guest-XXXXXX").string();
  if (!mkdtemp(Name.data()))
    throw std::runtime_error("no folder for the test");
  Path = Name;
}

Folder::~Folder() {
  std::error_code Ignored;
  std::filesystem::remove_all(Path, Ignored);
}

std::string contents(const std::string &Path) {
  std::string Result;
  int File = open(Path.c_str(), O_RDONLY | O_CLOEXEC);
  char Buffer[65536];
  for (ssize_t Got;
       File >= 0 && (Got = read(File, Buffer, sizeof(Buffer))) > 0;)
    Result.append(Buffer, size_t(Got));
  if (File >= 0)
    close(File);
  return Result;
}

Outcome run(const std::vector<std::string> &Command,
            const std::vector<std::string> &Environment, unsigned Seconds) {
  int Pipes[2][2];
  if (pipe2(Pipes[0], O_CLOEXEC) != 0 || pipe2(Pipes[1], O_CLOEXEC) != 0)
    throw std::runtime_error("no pipes");
  std::vector<char *> Arguments, Variables;
  for (const std::string &A : Command)
    Arguments.push_back(const_cast<char *>(A.c_str()));
  Arguments.push_back(nullptr);
  for (char **E = environ; *E; ++E)
    Variables.push_back(*E);
  for (const std::string &E : Environment)
    Variables.push_back(const_cast<char *>(E.c_str()));
  Variables.push_back(nullptr);
  pid_t Child = fork();
  if (Child == 0) {
    setpgid(0, 0);
    int Null = open("/dev/null", O_RDONLY);
    dup2(Null, 0);
    dup2(Pipes[0][1], 1);
    dup2(Pipes[1][1], 2);
    close(Null);
    execve(Arguments[0], Arguments.data(), Variables.data());
    _exit(127);
  }
  close(Pipes[0][1]);
  close(Pipes[1][1]);
  Outcome Result;
  std::string *Texts[2] = {&Result.Out, &Result.Err};
  auto End = std::chrono::steady_clock::now() + std::chrono::seconds(Seconds);
  // Until both are closed: by a child that lives on, too.
  pollfd Files[2] = {{Pipes[0][0], POLLIN, 0}, {Pipes[1][0], POLLIN, 0}};
  while (Files[0].fd >= 0 || Files[1].fd >= 0) {
    auto Left = std::chrono::duration_cast<std::chrono::milliseconds>(
        End - std::chrono::steady_clock::now());
    if (Left.count() <= 0) {
      kill(-Child, SIGKILL);
      Result.Err += "\n(killed: it did not end)\n";
      break;
    }
    poll(Files, 2, int(Left.count()));
    for (int I = 0; I != 2; ++I) {
      if (Files[I].fd < 0 || !Files[I].revents)
        continue;
      char Buffer[65536];
      ssize_t Got = read(Files[I].fd, Buffer, sizeof(Buffer));
      if (Got > 0)
        Texts[I]->append(Buffer, size_t(Got));
      else
        Files[I].fd = -1;
    }
  }
  waitpid(Child, &Result.Status, 0);
  close(Pipes[0][0]);
  close(Pipes[1][0]);
  return Result;
}

std::vector<std::string> preload(const std::string &Options,
                                 const std::string &MoreLibraries,
                                 const std::string &LibrariesBefore) {
  std::string Libraries = RADDLE_RUNTIME;
  if (!LibrariesBefore.empty())
    Libraries = LibrariesBefore + ":" + Libraries;
  if (!MoreLibraries.empty())
    Libraries += ":" + MoreLibraries;
  return {"LD_PRELOAD=" + Libraries, "RADDLE_OPTIONS=" + Options};
}

std::string guest(const std::string &Name) { return RADDLE_GUESTS "/" + Name; }

RawTrace::RawTrace(const std::string &Path) {
  std::string Text = contents(Path);
  if (Text.size() < sizeof(Head))
    return;
  std::memcpy(&Head, Text.data(), sizeof(Head));
  if (std::memcmp(Head.Magic, trace::Magic, sizeof(Head.Magic)) != 0 ||
      Head.Version != trace::Version)
    return;
  for (size_t At = Head.HeaderSize;
       At + sizeof(trace::Record) <= Text.size();) {
    trace::Record R;
    std::memcpy(&R, Text.data() + At, sizeof(R));
    if (R.Type == trace::RecordType::End)
      break;
    if (R.Size < sizeof(R) || R.Size % 8 || R.Size > Text.size() - At)
      return;
    Records.push_back(Text.substr(At, R.Size));
    At += R.Size;
  }
  Good = true;
}

} // namespace raddle::testing
