// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle profile show|diff: where the tasks of a process were, from the
// snapshots in its trace.
#include "cli/commands/Common.h"
#include "cli/execute/Files.h"
#include "cli/output/Escape.h"
#include "cli/profile/Pprof.h"
#include "cli/trace/TraceProfile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>

using namespace llvm;

namespace raddle::cli {

namespace {

struct ProfileOptions {
  std::string First, Second, Output;
  size_t Limit = 20;
};

Expected<Profile> load(const std::string &Path) {
  Expected<Trace> T = readTrace(Path);
  if (!T)
    return T.takeError();
  for (const std::string &Warning : T->Warnings)
    warn(Warning);
  Symboliser Symbols(absolutePath("."));
  Profile P = profileOf(*T, Symbols);
  if (P.Seconds.empty())
    return createStringError(
        "'" + Path +
        "' has no snapshots; take some with raddle leaks --snapshot-every 1s "
        "--trace DIR -- PROGRAM, or with the option snapshot_signal=USR2 of "
        "RADDLE_OPTIONS and kill -USR2");
  return P;
}

/// Names come from the program: no control characters reach the terminal.
void printStack(const std::vector<lockorder::Frame> &Stack, StringRef Title) {
  size_t Shown = 0;
  for (const lockorder::Frame &F : Stack) {
    outs() << left_justify(Shown++ ? "" : Title, 12) << visible(frameText(F))
           << "\n";
    if (Shown == 12) {
      outs() << "            ...\n";
      return;
    }
  }
}

std::string numbers(const std::vector<uint64_t> &Counts) {
  std::string Text;
  size_t From = Counts.size() > 12 ? Counts.size() - 12 : 0;
  if (From)
    Text = "... ";
  for (size_t I = From; I != Counts.size(); ++I)
    Text += (I == From ? "" : " ") + std::to_string(Counts[I]);
  return Text;
}

std::string frameNameOf(const ProfileGroup &G) {
  return G.Stack.empty() ? "" : frameText(G.Stack.front());
}

json::Value asJson(const Profile &P) {
  auto Frames = [](const std::vector<lockorder::Frame> &Stack) {
    json::Array Result;
    for (const lockorder::Frame &F : Stack)
      Result.push_back(
          json::Object{{"function", json::fixUTF8(F.Function)},
                       {"file", json::fixUTF8(F.Where.File)},
                       {"line", F.Where.Line},
                       {"module", json::fixUTF8(F.Module)},
                       {"offset", formatv("{0:x}", F.Offset).str()},
                       {"inlined", F.Inlined}});
    return Result;
  };
  json::Array Groups;
  for (const ProfileGroup &G : P.Groups)
    Groups.push_back(json::Object{{"kind", G.Kind},
                                  {"counts", json::Array(G.Counts)},
                                  {"blockedSeconds", G.BlockedSeconds},
                                  {"grows", G.Grows},
                                  {"stack", Frames(G.Stack)},
                                  {"creation", Frames(G.Creation)}});
  return json::Object{{"version", 1},
                      {"seconds", json::Array(P.Seconds)},
                      {"groups", std::move(Groups)}};
}

int write(const Profile &P, const std::string &File) {
  std::string Bytes;
  if (sys::path::extension(File) == ".json") {
    raw_string_ostream(Bytes) << formatv("{0:2}", asJson(P)) << "\n";
  } else if (StringRef(File).ends_with(".pb.gz")) {
    Expected<std::string> Pprof = writePprof(P, P.Seconds.size() - 1);
    if (!Pprof)
      return usageError(Pprof.takeError());
    Bytes = std::move(*Pprof);
  } else {
    return usageError("'" + File +
                      "': a profile is written as .pb.gz (pprof) or .json");
  }
  if (Error E = replaceFile(File, Bytes))
    return usageError(std::move(E));
  outs() << "open it: "
         << (StringRef(File).ends_with(".json") ? "" : "pprof -http=: ") << File
         << "\n";
  return ExitClean;
}

int show(const ProfileOptions &O) {
  Expected<Profile> P = load(O.First);
  if (!P)
    return usageError(P.takeError());
  if (!O.Output.empty())
    return write(*P, O.Output);
  auto Rank = [](const ProfileGroup &G) {
    return std::tuple(!G.Grows, ~G.Counts.back(), frameNameOf(G));
  };
  sort(P->Groups, [&](const ProfileGroup &A, const ProfileGroup &B) {
    return Rank(A) < Rank(B);
  });
  uint64_t Tasks = 0;
  for (const ProfileGroup &G : P->Groups)
    Tasks += G.Counts.back();
  outs() << howMany(P->Seconds.size(), "snapshot") << ", "
         << howMany(Tasks, "task") << " in the last one, "
         << formatv("{0:f1}", P->Seconds.back()) << " s after the start\n";
  size_t Shown = 0;
  for (const ProfileGroup &G : P->Groups) {
    if (Shown++ == O.Limit) {
      outs() << "\n"
             << P->Groups.size() - O.Limit
             << " more groups; --limit shows them\n";
      break;
    }
    outs() << "\n" << howMany(G.Counts.back(), G.Kind);
    if (G.BlockedSeconds > 0)
      outs() << ", blocked for up to " << formatv("{0:f1}", G.BlockedSeconds)
             << " s";
    if (G.Grows)
      outs() << ", GROWS and does not level off";
    if (G.Counts.size() > 1)
      outs() << " (" << numbers(G.Counts) << ")";
    outs() << "\n";
    printStack(G.Stack, "  is at");
    printStack(G.Creation, "  made at");
  }
  outs() << "\nfor pprof: raddle profile show " << O.First
         << " -o tasks.pb.gz\n";
  return ExitClean;
}

int diff(const ProfileOptions &O) {
  Expected<Profile> Old = load(O.First);
  if (!Old)
    return usageError(Old.takeError());
  Expected<Profile> New = load(O.Second);
  if (!New)
    return usageError(New.takeError());
  std::vector<ProfileDifference> Differences = diffProfiles(*Old, *New);
  if (Differences.empty())
    outs() << "no difference\n";
  for (const ProfileDifference &D : Differences) {
    int64_t Change = int64_t(D.After - D.Before);
    outs() << formatv("{0}{1} ", Change > 0 ? "+" : "", Change)
           << D.Example->Kind << "s (" << D.Before << " -> " << D.After << ")"
           << (D.Grows ? ", GROWS and does not level off" : "") << "\n";
    printStack(D.Example->Stack, "  is at");
    printStack(D.Example->Creation, "  made at");
  }
  return ExitClean;
}

} // namespace

void addProfile(CLI::App &App, Invocation &Call) {
  CLI::App *Group = App.add_subcommand(
      "profile", "Where the tasks of a process were, and which grow in number");
  Group->require_subcommand(1);
  auto O = std::make_shared<ProfileOptions>();
  CLI::App *Show = Group->add_subcommand(
      "show", "Print the snapshots of a trace, or write them for pprof");
  Show->add_option("trace", O->First, "Trace with snapshots")->required();
  Show->add_option("-o,--output", O->Output, "File: .pb.gz (pprof) or .json");
  Show->add_option("--limit", O->Limit, "Groups to print")
      ->capture_default_str();
  Show->callback([O, &Call] { Call.Run = [O] { return show(*O); }; });
  CLI::App *Diff = Group->add_subcommand(
      "diff", "Which groups of tasks are more or fewer in the second trace");
  Diff->add_option("old", O->First, "Trace with snapshots")->required();
  Diff->add_option("new", O->Second, "Trace with snapshots")->required();
  Diff->callback([O, &Call] { Call.Run = [O] { return diff(*O); }; });
}

} // namespace raddle::cli
