// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/Decide.h"
#include "runtime/core/Memory.h"

namespace raddle::stress {

namespace {

/// How often each style is used while nothing is known.
constexpr uint32_t UsualShare[Styles] = {6, 3, 4, 3, 1};

Style drawStyle(Generator &G, const KnowledgeFile &K) {
  // A share of the usual, times how often it found something; one that found
  // nothing keeps a fair part, as another bug may be its.
  uint64_t Shares[Styles], All = 0;
  for (unsigned I = 0; I != Styles; ++I) {
    uint64_t Runs = read(K.StyleRuns[I]), Failures = read(K.StyleFailures[I]);
    if (Failures > Runs)
      Failures = Runs;
    uint64_t Rate = (Failures * 1000 + 50) / (Runs + 1);
    Shares[I] = UsualShare[I] * (100 + Rate);
    All += Shares[I];
  }
  uint64_t At = G.below(All);
  for (unsigned I = 0; I + 1 != Styles; ++I) {
    if (At < Shares[I])
      return Style(I);
    At -= Shares[I];
  }
  return Style(Styles - 1);
}

/// Sum over the sites that a run reaches.
uint64_t totalWeight(const KnowledgeFile &K, bool Learned) {
  uint64_t Runs = read(K.Runs), Sum = 0;
  for (const SiteKnowledge &S : K.Table) {
    uint64_t SiteRuns = read(S.Runs);
    if (!SiteRuns)
      continue;
    uint64_t Of = SiteRuns < Runs ? SiteRuns * 64 / Runs : 64;
    Sum += weightOf(S, Learned) * Of;
  }
  Sum /= 64;
  // A run of a program that nobody knows yet: as if it had this many sites.
  constexpr uint64_t Unknown = 24 * 16;
  return Runs < 3 && Sum < Unknown ? Unknown : Sum < 16 ? 16 : Sum;
}

uint32_t holdChance(const Plan &P, const Moment &M) {
  // As a site's chance falls with its hits, rare sites are held at as often as
  // hot ones.
  uint64_t Runs = read(M.Site->Runs), Hits = read(M.Site->Hits);
  uint64_t Expected = Runs ? Hits / Runs : 0;
  if (Expected < M.Hits)
    Expected = M.Hits;
  if (!Expected)
    Expected = 1;
  uint64_t Weight = weightOf(*M.Site, P.Learned);
  uint64_t Chance =
      65536 * P.Holds * Weight * M.Times / (P.TotalWeight * Expected);
  return Chance > 32768 ? 32768 : uint32_t(Chance);
}

} // namespace

uint32_t weightOf(const SiteKnowledge &S, bool Learned) {
  if (!Learned)
    return 16;
  uint32_t Weight = 16;
  uint32_t Delays = read(S.Delays);
  if (read(S.Flags) & SiteKnowledge::Shared)
    Weight = read(S.NearMisses) ? 64 : 48;
  else if (read(S.Runs) >= 4)
    Weight = 3;
  // TSVD drops a pair that is ordered anyway; as this looks at sites and not
  // at pairs, it only asks them less often.
  if (Delays >= 4 && read(S.Ordered) > Delays / 2)
    Weight /= 4;
  else if (Delays >= 8 && !read(S.Effects))
    Weight /= 2;
  if (read(S.Failures))
    Weight *= 3;
  return Weight ? Weight : 1;
}

Plan makePlan(uint64_t Seed, const KnowledgeFile &K, unsigned Cores,
              unsigned CoresThere) {
  Generator G(mix(Seed, 0x706C616E));
  Plan P = {};
  P.Kind = drawStyle(G, K);
  // One run in three looks everywhere, in case what was learnt is wrong.
  P.Learned = G.below(3) != 0;
  P.Holds = 1 + uint32_t(G.below(4));
  P.LongestNs = G.spread(400000, 3000000);
  constexpr uint32_t Noises[] = {0, 0, 1 << 11, 1 << 13};
  P.Noise = Noises[G.below(4)];
  constexpr uint32_t Lates[] = {0, 1 << 13, 1 << 15, 1 << 15};
  P.ChildLate = Lates[G.below(4)];
  P.ParentLate = Lates[G.below(4)];
  if (P.Kind == Style::Short)
    P.Noise = 1 << (13 + G.below(3));
  if (P.Kind == Style::Yield)
    P.Noise = 1 << 15;
  uint64_t Draw = G.below(P.Kind == Style::Yield ? 2 : 4);
  P.Cores = Draw == 0 ? 1
            : Draw == 1 && CoresThere > 2
                ? 2 + unsigned(G.below(CoresThere - 2))
                : CoresThere;
  if (Cores)
    P.Cores = Cores < CoresThere ? Cores : CoresThere;
  if (!P.Cores)
    P.Cores = 1;
  P.TotalWeight = totalWeight(K, P.Learned);
  return P;
}

Hand dealHand(uint64_t Seed, uint64_t ParentIdentity, uint32_t Child) {
  Hand H;
  H.Identity = mix(mix(Seed, ParentIdentity), Child + 1);
  H.Dice = Generator(H.Identity);
  H.Priority = uint32_t(H.Dice.next());
  return H;
}

Decision decide(const Plan &P, Hand &H, const Moment &M) {
  // Always the same number of draws, so that a point more or less does not
  // shift what comes after it by more than itself.
  uint64_t Draw = H.Dice.next();
  uint64_t Ns = H.Dice.next();
  uint32_t Dice = Draw & 65535, Second = (Draw >> 16) & 65535;
  Generator Length(Ns);
  if (M.Kind == Op::ThreadStart && Dice < P.ChildLate)
    return {Decision::Hold, Length.spread(50000, P.LongestNs)};
  if (M.Kind == Op::Create && M.After && Dice < P.ParentLate)
    return {Decision::Hold, Length.spread(50000, P.LongestNs)};
  if (P.Noise && Second < P.Noise) {
    if (P.Kind == Style::Yield || (Draw >> 40 & 3) == 0)
      return {Decision::Yield, 0};
    return {Decision::Pause, Length.spread(2000, 200000)};
  }
  switch (P.Kind) {
  case Style::Hold:
  case Style::Trap:
    if (Dice < holdChance(P, M))
      return {P.Kind == Style::Trap ? Decision::Trap : Decision::Hold,
              Length.spread(P.LongestNs / 8, P.LongestNs)};
    break;
  case Style::Priority:
    // PCT's points of change: the thread becomes the least important one.
    if (Dice < holdChance(P, M))
      H.Priority = H.Priority % 1024;
    return {Decision::LetOthersFirst, 300000};
  case Style::Short:
  case Style::Yield:
    break;
  }
  return {Decision::Nothing, 0};
}

} // namespace raddle::stress
