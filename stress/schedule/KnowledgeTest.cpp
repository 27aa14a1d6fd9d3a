// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Knowledge.h"
#include "stress/schedule/Granules.h"
#include "gtest/gtest.h"
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <unistd.h>

using namespace raddle::stress;

namespace {

struct Folder {
  std::filesystem::path Path;
  Folder() {
    std::string Name =
        (std::filesystem::temp_directory_path() / "knowledge-XXXXXX").string();
    Path = ::mkdtemp(Name.data());
  }
  ~Folder() { std::filesystem::remove_all(Path); }
  std::string file() const { return (Path / "file").string(); }
};

std::string contents(const std::string &Path) {
  std::ifstream In(Path, std::ios::binary);
  return {std::istreambuf_iterator<char>(In), {}};
}

Step step(uint32_t Thread, Op Kind, uint32_t Object, uint64_t Place) {
  return {Thread, Kind,   Kind != Op::Read && Kind != Op::AtomicLoad,
          false,  Object, Place,
          0};
}

/// A run: two threads write 10 and read 11 at object 1, take lock 2 at 12, and
/// write 13 at objects of their own.
void learn(Knowledge &K) {
  K.created(1, 0);
  K.created(2, 1);
  K.created(3, 1);
  for (uint32_t T : {2u, 3u}) {
    K.taken(step(T, Op::Lock, 2, 12));
    K.taken(step(T, Op::Write, 1, 10));
    K.taken(step(T, Op::Read, 1, 11));
    K.taken(step(T, Op::Read, 1, 11));
    K.taken(step(T, Op::Unlock, 2, 14));
    K.taken(step(T, Op::Write, 2 + T, 13));
    K.asked();
  }
  K.touchedShared(K.place(10));
  K.trying(1000);
  K.trying(1001);
  K.trying(1001);
}

uint32_t groupOf(const Expectation &E, uint64_t Hash) {
  for (unsigned I = 0; I != E.PlaceCount; ++I)
    if (E.Places[I].Hash == Hash)
      return E.Places[I].Group;
  return ~0u;
}

double countOf(const Expectation &E, uint64_t Hash, uint32_t Thread) {
  double Sum = 0;
  for (unsigned I = 0; I != E.CountCount; ++I)
    if (E.Places[E.Counts[I].Place].Hash == Hash &&
        E.Counts[I].Thread == Thread)
      Sum += E.Counts[I].Count;
  return Sum;
}

TEST(ScheduleKnowledge, ComesBackFromTheFile) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  ASSERT_TRUE(K->load(F.file().c_str()));
  EXPECT_EQ(K->expectation().Runs, 0u);
  learn(*K);
  EXPECT_FALSE(K->isKnown(K->place(10))) << "fixed within a run";
  EXPECT_EQ(K->expectation().PlaceCount, 0u);
  K->store();

  ASSERT_TRUE(K->load(F.file().c_str()));
  const Expectation &E = K->expectation();
  EXPECT_EQ(E.Runs, 1u);
  EXPECT_EQ(K->points(), 2u);
  EXPECT_TRUE(K->isKnown(K->place(10)));
  EXPECT_FALSE(K->isKnown(K->place(13)));
  EXPECT_EQ(E.Groups, 2u);
  EXPECT_NE(groupOf(E, 10), 0u);
  EXPECT_EQ(groupOf(E, 10), groupOf(E, 11));
  EXPECT_NE(groupOf(E, 12), groupOf(E, 10));
  EXPECT_NE(groupOf(E, 12), 0u);
  EXPECT_EQ(groupOf(E, 13), 0u) << "objects of one thread";
  EXPECT_EQ(groupOf(E, 14), ~0u) << "an unlock is nobody's wish";
  EXPECT_EQ(countOf(E, 11, 2), 2);
  EXPECT_EQ(countOf(E, 11, 1), 0);
  EXPECT_EQ(K->timesTried(1000), 1u);
  EXPECT_EQ(K->timesTried(1001), 2u);
  EXPECT_EQ(K->timesTried(1002), 0u);
  EXPECT_EQ(E.ThreadCount, 3u);
  EXPECT_EQ(E.Parents[3], 1u);
}

TEST(ScheduleKnowledge, IsAMeanOverRuns) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  for (int Run = 0; Run != 3; ++Run) {
    K->load(F.file().c_str());
    learn(*K);
    if (Run == 2)
      for (int I = 0; I != 4; ++I)
        K->taken(step(2, Op::Read, 1, 11));
    K->store();
  }
  K->load(F.file().c_str());
  EXPECT_EQ(K->expectation().Runs, 3u);
  EXPECT_EQ(countOf(K->expectation(), 11, 2), 3);
  EXPECT_EQ(countOf(K->expectation(), 11, 3), 2);
}

TEST(ScheduleKnowledge, WhatAnotherProcessWroteStays) {
  Folder F;
  auto A = std::make_unique<Knowledge>(), B = std::make_unique<Knowledge>();
  A->load(F.file().c_str());
  B->load(F.file().c_str());
  learn(*A);
  A->store();
  std::string Written = contents(F.file());
  B->taken(step(2, Op::Write, 7, 77));
  B->store();
  EXPECT_EQ(contents(F.file()), Written);
}

TEST(ScheduleKnowledge, DamagedFilesAreEmptyOnes) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  K->load(F.file().c_str());
  learn(*K);
  K->store();
  std::string Good = contents(F.file());
  auto Loads = [&](const std::string &Text) {
    std::ofstream(F.file(), std::ios::binary) << Text;
    return K->load(F.file().c_str());
  };
  for (size_t Size = 0; Size < Good.size(); Size += 3) {
    ASSERT_TRUE(Loads(Good.substr(0, Size)));
    EXPECT_EQ(K->expectation().PlaceCount, 0u) << Size;
  }
  // Every byte wrong once: never a crash, an endless loop, or an index that is
  // out of range.
  for (size_t At = 12; At != Good.size(); ++At) {
    std::string Bad = Good;
    Bad[At] = char(Bad[At] ^ 0xff);
    ASSERT_TRUE(Loads(Bad));
    const Expectation &E = K->expectation();
    for (unsigned I = 0; I != E.CountCount; ++I)
      ASSERT_LT(E.Counts[I].Place, E.PlaceCount);
    for (unsigned I = 0; I != E.PlaceCount; ++I)
      ASSERT_LE(E.Places[I].Group, E.Groups);
    for (uint32_t T = 2; T <= E.ThreadCount; ++T)
      ASSERT_LT(E.Parents[T], T);
    learn(*K);
  }
  // A circle of groups.
  std::string Circle = Good;
  auto *Places =
      reinterpret_cast<KnowledgePlace *>(Circle.data() + sizeof(KnowledgeHead));
  Places[0].Group = 2;
  Places[1].Group = 3;
  Places[2].Group = 1;
  ASSERT_TRUE(Loads(Circle));
  learn(*K);
  // Being written when its writer was killed.
  std::string Half = Good;
  reinterpret_cast<KnowledgeHead *>(Half.data())->Busy = 1;
  ASSERT_TRUE(Loads(Half));
  EXPECT_EQ(K->expectation().Runs, 0u);
  learn(*K);
  K->store();
  K->load(F.file().c_str());
  EXPECT_EQ(K->expectation().Runs, 1u);
}

TEST(ScheduleKnowledge, OtherFilesAreLeftAlone) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  for (const std::string &Text :
       {std::string(500, 'x'), std::string("hello")}) {
    std::ofstream(F.file(), std::ios::binary) << Text;
    EXPECT_FALSE(K->load(F.file().c_str()));
    learn(*K);
    K->store();
    EXPECT_EQ(contents(F.file()), Text);
  }
}

TEST(ScheduleKnowledge, MoreThanThereIsRoomFor) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  K->load(F.file().c_str());
  for (uint32_t I = 1; I != 20000; ++I)
    for (uint32_t T : {1u, 2u})
      K->taken(step(T, Op::Write, I * 5, I));
  for (uint32_t T = 1; T != 3000; ++T)
    K->created(T, T / 2);
  K->store();
  K->load(F.file().c_str());
  EXPECT_EQ(K->expectation().PlaceCount, Knowledge::MostPlaces);
  EXPECT_EQ(K->expectation().ThreadCount, Knowledge::MostThreads);
}

const ExpectedPlace *placeOf(const Expectation &E, uint64_t Hash) {
  for (unsigned I = 0; I != E.PlaceCount; ++I)
    if (E.Places[I].Hash == Hash)
      return &E.Places[I];
  return nullptr;
}

TEST(ScheduleKnowledge, SettlesTheOrdersThatRunsHad) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  K->load(F.file().c_str());
  // Thread 2 writes object 1 at 10, and thread 3 after it at 11. Both change
  // object 2 with lock 9: thread 2 at 20, thread 3 at 21.
  auto Locked = [&](uint32_t T, uint64_t Place) {
    K->taken(step(T, Op::Lock, 9, Place + 100));
    K->taken(step(T, Op::Write, 2, Place));
    K->taken(step(T, Op::Unlock, 9, Place + 200));
  };
  K->taken(step(2, Op::Write, 1, 10));
  Locked(2, 20);
  K->taken(step(3, Op::Write, 1, 11));
  Locked(3, 21);
  // Each writes object 3 at 30 and then at 31.
  for (uint32_t T : {2u, 3u})
    for (uint64_t Place : {30, 31})
      K->taken(step(T, Op::Write, 3, Place));
  EXPECT_FALSE(K->isSettled(orderKey(10, 11))) << "fixed within a run";
  K->store();

  K->load(F.file().c_str());
  EXPECT_TRUE(K->isSettled(orderKey(10, 11))) << "it was so";
  EXPECT_FALSE(K->isSettled(orderKey(11, 10)));
  EXPECT_TRUE(K->isSettled(orderKey(120, 121)));
  EXPECT_FALSE(K->isSettled(orderKey(121, 120))) << "a lock is free before";
  EXPECT_TRUE(K->isSettled(orderKey(20, 21)));
  EXPECT_TRUE(K->isSettled(orderKey(21, 20))) << "who stops there has the lock";
  EXPECT_TRUE(K->isSettled(orderKey(30, 31)));
  EXPECT_TRUE(K->isSettled(orderKey(31, 30))) << "nobody comes to 31 first";
  EXPECT_FALSE(K->isSettled(orderKey(10, 21))) << "they did not meet";
  EXPECT_EQ(K->timesTried(orderKey(10, 11)), 0u);

  // The other way round, and both are.
  K->taken(step(3, Op::Write, 1, 11));
  K->taken(step(2, Op::Write, 1, 10));
  K->store();
  K->load(F.file().c_str());
  EXPECT_TRUE(K->isSettled(orderKey(10, 11)));
  EXPECT_TRUE(K->isSettled(orderKey(11, 10)));
}

TEST(ScheduleKnowledge, AWaitGivesItsLockBack) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  K->load(F.file().c_str());
  K->taken(step(2, Op::Lock, 9, 10));
  K->taken(step(2, Op::Wait, 8, 11));
  K->taken(step(3, Op::Lock, 9, 12));
  K->taken(step(3, Op::Unlock, 9, 13));
  K->taken(step(2, Op::Relock, 9, 11));
  K->store();
  K->load(F.file().c_str());
  EXPECT_FALSE(K->isSettled(orderKey(~uint64_t(11), 12)));
  EXPECT_TRUE(K->isSettled(orderKey(12, ~uint64_t(11))));
}

TEST(ScheduleKnowledge, KnowsWhatWritesAfterAReadAndWhoNestsLocks) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  K->load(F.file().c_str());
  // Thread 2 reads and writes; thread 3 comes between its own two.
  K->taken(step(2, Op::Read, 1, 10));
  K->taken(step(2, Op::Write, 1, 11));
  K->taken(step(3, Op::Read, 1, 12));
  K->taken(step(2, Op::Write, 1, 11));
  K->taken(step(3, Op::Write, 1, 13));
  K->taken(step(2, Op::Lock, 8, 20));
  K->taken(step(2, Op::Lock, 9, 21));
  K->taken(step(2, Op::Unlock, 9, 22));
  K->taken(step(2, Op::Unlock, 8, 23));
  K->taken(step(2, Op::Lock, 9, 24));
  K->store();
  K->load(F.file().c_str());
  const Expectation &E = K->expectation();
  EXPECT_TRUE(placeOf(E, 11)->AfterRead);
  EXPECT_FALSE(placeOf(E, 13)->AfterRead);
  EXPECT_FALSE(placeOf(E, 10)->AfterRead);
  EXPECT_FALSE(placeOf(E, 10)->Writes);
  EXPECT_FALSE(placeOf(E, 20)->Nested);
  EXPECT_TRUE(placeOf(E, 21)->Nested);
  EXPECT_FALSE(placeOf(E, 24)->Nested);
}

TEST(ScheduleKnowledge, TheFirstRunAlsoLearnsWhereNobodyWasAsked) {
  Folder F;
  auto K = std::make_unique<Knowledge>();
  for (int Run = 0; Run != 2; ++Run) {
    K->load(F.file().c_str());
    K->passed(step(2, Op::Write, 1, 10 + Run));
    K->taken(step(3, Op::Read, 1, 20));
    K->store();
  }
  K->load(F.file().c_str());
  const Expectation &E = K->expectation();
  EXPECT_NE(groupOf(E, 10), 0u);
  EXPECT_EQ(groupOf(E, 10), groupOf(E, 20));
  EXPECT_FALSE(placeOf(E, 11)) << "in later runs that is too often";
}

TEST(Granules, AreForgottenOnlyWhereAsked) {
  Granules G;
  for (uint64_t At = 0x7fff0000; At != 0x80030000; At += 8) {
    ASSERT_TRUE(G.find(At));
    G.find(At)->Thread = 5;
  }
  EXPECT_EQ(G.find(0x7fff0007)->Thread, 5);
  G.forget(0x7fff8010, 0x80010008);
  for (uint64_t At = 0x7fff0000; At != 0x80030000; At += 8)
    ASSERT_EQ(G.find(At)->Thread, At >= 0x7fff8010 && At < 0x80010008 ? 0 : 5)
        << At;
  G.clear();
  EXPECT_EQ(G.find(0x7fff0000)->Thread, 0);
}

TEST(Granules, HaveABound) {
  Granules G;
  unsigned Found = 0;
  for (uint64_t I = 0; I != 5000; ++I)
    Found += G.find(I << 16) != nullptr;
  EXPECT_EQ(Found, 4096u);
  EXPECT_TRUE(G.find(0));
}

} // namespace
