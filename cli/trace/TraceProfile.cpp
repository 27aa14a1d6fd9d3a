// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceProfile.h"
#include "cli/trace/TraceWords.h"

using namespace llvm;

namespace raddle::cli {

Profile profileOf(const Trace &T, Symboliser &Symbols) {
  Profile P;
  P.StartNs = T.Head.StartRealtime;
  // By numbers first: thousands of entries share few stacks.
  using Key = std::tuple<trace::TaskKind, uint32_t, uint32_t>;
  std::map<Key, ProfileGroup> Groups;
  for (size_t I = 0; I != T.Snapshots.size(); ++I) {
    const TraceSnapshot &S = T.Snapshots[I];
    P.Seconds.push_back(double(int64_t(S.Time - T.Head.StartMonotonic)) * 1e-9);
    for (const TraceSnapshotEntry &E : S.Entries) {
      ProfileGroup &G = Groups[{E.Kind, E.Stack, E.CreationStack}];
      G.Counts.resize(T.Snapshots.size());
      G.Counts[I] += E.Alike;
      if (I + 1 == T.Snapshots.size() && E.On.Since && E.On.Since < S.Time)
        G.BlockedSeconds =
            std::max(G.BlockedSeconds, double(S.Time - E.On.Since) * 1e-9);
    }
  }
  for (auto &[K, G] : Groups) {
    auto [Kind, Stack, Creation] = K;
    G.Kind = taskKindName(Kind).str();
    G.Stack = Symbols.stack(T, T.Stacks[Stack]);
    G.Creation = Symbols.stack(T, T.Stacks[Creation]);
    G.Grows = grows(G.Counts);
    P.Groups.push_back(std::move(G));
  }
  return P;
}

} // namespace raddle::cli
