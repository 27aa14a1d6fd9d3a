// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/graph/Digraph.h"
#include "gtest/gtest.h"

using raddle::lockorder::Digraph;

namespace {

TEST(Digraph, NoCycleInAnOrder) {
  Digraph G(4);
  G.addEdge(0, 1), G.addEdge(1, 2), G.addEdge(0, 3), G.addEdge(3, 2);
  EXPECT_TRUE(G.shortCycles(8, 100).empty());
  EXPECT_EQ(G.components()[0] == G.components()[1], false);
}

TEST(Digraph, FindsEachCycleOnce) {
  Digraph G(3);
  uint32_t AB = G.addEdge(0, 1), BA = G.addEdge(1, 0), BC = G.addEdge(1, 2),
           CA = G.addEdge(2, 0);
  auto Cycles = G.shortCycles(8, 100);
  ASSERT_EQ(Cycles.size(), 2u);
  EXPECT_EQ(Cycles[0], (std::vector<uint32_t>{AB, BA}));
  EXPECT_EQ(Cycles[1], (std::vector<uint32_t>{AB, BC, CA}));
}

TEST(Digraph, RespectsTheLongestLength) {
  Digraph G(5);
  for (uint32_t N = 0; N < 5; ++N)
    G.addEdge(N, (N + 1) % 5);
  EXPECT_TRUE(G.shortCycles(4, 100).empty());
  EXPECT_EQ(G.shortCycles(5, 100).size(), 1u);
}

TEST(Digraph, BestOrderBreaksNoEdgeOfAnAcyclicGraph) {
  Digraph G(5);
  G.addEdge(4, 0), G.addEdge(0, 2), G.addEdge(2, 1), G.addEdge(4, 3);
  auto Order = G.bestOrder();
  ASSERT_EQ(Order.size(), 5u);
  std::vector<size_t> Position(5);
  for (size_t I = 0; I < 5; ++I)
    Position[Order[I]] = I;
  for (auto [From, To] : G.edges())
    EXPECT_LT(Position[From], Position[To]);
}

TEST(Digraph, BestOrderBreaksOneEdgeOfACycle) {
  Digraph G(3);
  G.addEdge(0, 1), G.addEdge(1, 2), G.addEdge(2, 0);
  auto Order = G.bestOrder();
  std::vector<size_t> Position(3);
  for (size_t I = 0; I < 3; ++I)
    Position[Order[I]] = I;
  int Back = 0;
  for (auto [From, To] : G.edges())
    Back += Position[From] > Position[To];
  EXPECT_EQ(Back, 1);
}

} // namespace
