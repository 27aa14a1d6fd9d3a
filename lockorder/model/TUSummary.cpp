// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/model/TUSummary.h"

namespace raddle::model {

PathId TUSummary::intern(const AccessPath &Path) {
  if (Path.Root == RootKind::None)
    return 0;
  std::vector<uint32_t> Key{static_cast<uint32_t>(Path.Root), Path.Index,
                            Path.Name};
  for (const PathElement &Element : Path.Elements) {
    Key.push_back(Element.Record);
    Key.push_back(Element.Name);
    Key.push_back(Element.ByValue);
  }
  auto [It, New] = PathIds.try_emplace(std::move(Key), Paths.size());
  if (New)
    Paths.push_back(Path);
  return It->second;
}

} // namespace raddle::model
