// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/profile/Profile.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace llvm;

namespace raddle::cli {

bool grows(ArrayRef<uint64_t> Counts) {
  constexpr size_t Parts = 3, PerPart = 2;
  size_t Size = Counts.size() / Parts;
  if (Size < PerPart)
    return false;
  // What does not fill a part is at the start, where a program warms up.
  Counts = Counts.take_back(Size * Parts);
  uint64_t Lowest = 0, Highest = 0;
  for (size_t I = 0; I != Parts; ++I) {
    ArrayRef<uint64_t> Part = Counts.slice(I * Size, Size);
    auto [Low, High] = std::minmax_element(Part.begin(), Part.end());
    if (I != 0 && (*Low <= Lowest || *High <= Highest))
      return false;
    Lowest = *Low;
    Highest = *High;
  }
  return Counts.back() * 10 >= Highest * 9;
}

namespace {

/// Functions of both stacks; a frame without one by its module.
std::vector<std::string> nameOf(const ProfileGroup &G) {
  std::vector<std::string> Names = {G.Kind};
  for (const std::vector<lockorder::Frame> *Stack : {&G.Stack, &G.Creation}) {
    for (const lockorder::Frame &F : *Stack)
      Names.push_back(F.Function.empty() ? F.Module : F.Function);
    Names.push_back("");
  }
  return Names;
}

} // namespace

std::vector<ProfileDifference> diffProfiles(const Profile &Old,
                                            const Profile &New) {
  std::map<std::vector<std::string>, ProfileDifference> ByName;
  for (const ProfileGroup &G : Old.Groups) {
    ProfileDifference &D = ByName[nameOf(G)];
    D.Example = &G;
    D.Before += G.Counts.empty() ? 0 : G.Counts.back();
  }
  for (const ProfileGroup &G : New.Groups) {
    ProfileDifference &D = ByName[nameOf(G)];
    D.Example = &G;
    D.After += G.Counts.empty() ? 0 : G.Counts.back();
    D.Grows |= G.Grows;
  }
  std::vector<ProfileDifference> Result;
  for (auto &[Name, D] : ByName)
    if (D.Before != D.After || D.Grows)
      Result.push_back(D);
  // Those that differ as much stay in the order of their names.
  std::vector<std::pair<int64_t, size_t>> Order;
  for (size_t I = 0; I != Result.size(); ++I)
    Order.push_back({int64_t(Result[I].Before - Result[I].After), I});
  sort(Order);
  std::vector<ProfileDifference> Sorted;
  for (auto [Shrinks, Index] : Order)
    Sorted.push_back(Result[Index]);
  return Sorted;
}

} // namespace raddle::cli
