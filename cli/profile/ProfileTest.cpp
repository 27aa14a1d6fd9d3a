// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/profile/Pprof.h"
#include "gtest/gtest.h"
#include <protozero/pbf_reader.hpp>
#include <zlib.h>

using namespace llvm;
using namespace raddle;
using namespace raddle::cli;

namespace {

lockorder::Frame frame(std::string Function, unsigned Line,
                       bool Inlined = false) {
  lockorder::Frame F;
  F.Function = Function;
  F.Where.File = "src/pool.cpp";
  F.Where.Line = Line;
  F.Module = "server";
  F.Offset = 0x1000 + Line;
  F.Inlined = Inlined;
  return F;
}

ProfileGroup group(std::string Kind, std::vector<lockorder::Frame> Stack,
                   std::vector<uint64_t> Counts) {
  ProfileGroup G;
  G.Kind = Kind;
  G.Stack = Stack;
  G.Counts = Counts;
  G.Grows = grows(Counts);
  return G;
}

TEST(Grows, OnlyWhatClimbsToTheEnd) {
  EXPECT_TRUE(grows({1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(grows({10, 11, 13, 12, 15, 16, 15, 19, 20, 22, 21, 25}));
  EXPECT_FALSE(grows({1, 2, 3, 4, 4, 4})) << "levels off";
  EXPECT_FALSE(grows({0, 8, 8, 8, 8, 8})) << "a pool that fills";
  EXPECT_FALSE(grows({1, 5, 2, 6, 1, 5})) << "comes and goes";
  EXPECT_FALSE(grows({1, 2, 3, 4, 9, 5})) << "falls at the end";
  EXPECT_FALSE(grows({1, 2, 3})) << "too few to tell";
  EXPECT_FALSE(grows({}));
}

TEST(DiffProfiles, MostGrowthFirstAndSameFunctionsAreTheSame) {
  Profile Old, New;
  Old.Groups = {group("thread", {frame("wait", 1), frame("a", 5)}, {3}),
                group("thread", {frame("wait", 1), frame("b", 5)}, {4}),
                group("thread", {frame("wait", 1), frame("c", 5)}, {7})};
  New.Groups = {group("thread", {frame("wait", 1), frame("a", 9)}, {4}),
                group("thread", {frame("wait", 1), frame("c", 5)}, {7}),
                group("task", {frame("d", 5)}, {20})};
  std::vector<ProfileDifference> D = diffProfiles(Old, New);
  ASSERT_EQ(D.size(), 3u);
  EXPECT_EQ(D[0].Example->Stack[0].Function, "d");
  EXPECT_EQ(D[0].After, 20u);
  EXPECT_EQ(D[1].Example->Stack[1].Function, "a");
  EXPECT_EQ(D[1].Before, 3u);
  EXPECT_EQ(D[1].After, 4u);
  EXPECT_EQ(D[2].Example->Stack[1].Function, "b");
  EXPECT_EQ(D[2].After, 0u);
}

std::string gunzip(const std::string &Data) {
  z_stream Stream = {};
  EXPECT_EQ(inflateInit2(&Stream, 15 + 16), Z_OK);
  std::string Result(1 << 16, '\0');
  Stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(Data.data()));
  Stream.avail_in = uInt(Data.size());
  Stream.next_out = reinterpret_cast<Bytef *>(Result.data());
  Stream.avail_out = uInt(Result.size());
  EXPECT_EQ(inflate(&Stream, Z_FINISH), Z_STREAM_END);
  Result.resize(Stream.total_out);
  inflateEnd(&Stream);
  return Result;
}

/// Enough of a reader to see what pprof would.
struct ReadBack {
  std::vector<std::string> Texts;
  std::map<uint64_t, std::string> Functions;
  std::map<uint64_t, std::vector<std::pair<std::string, int64_t>>> Locations;
  struct Sample {
    std::vector<uint64_t> Locations;
    std::vector<int64_t> Values;
  };
  std::vector<Sample> Samples;
  size_t SampleTypes = 0;

  explicit ReadBack(const std::string &Bytes) {
    protozero::pbf_reader Strings(Bytes);
    while (Strings.next(6))
      Texts.push_back(Strings.get_string());
    protozero::pbf_reader F(Bytes);
    while (F.next(5)) {
      protozero::pbf_reader M = F.get_message();
      uint64_t Id = 0, Name = 0;
      while (M.next())
        if (M.tag() == 1)
          Id = M.get_uint64();
        else if (M.tag() == 2)
          Name = uint64_t(M.get_int64());
        else
          M.skip();
      Functions[Id] = Texts.at(Name);
    }
    protozero::pbf_reader L(Bytes);
    while (L.next(4)) {
      protozero::pbf_reader M = L.get_message();
      uint64_t Id = 0;
      std::vector<std::pair<std::string, int64_t>> Lines;
      while (M.next())
        if (M.tag() == 1)
          Id = M.get_uint64();
        else if (M.tag() == 4) {
          protozero::pbf_reader One = M.get_message();
          uint64_t Function = 0;
          int64_t Line = 0;
          while (One.next())
            if (One.tag() == 1)
              Function = One.get_uint64();
            else if (One.tag() == 2)
              Line = One.get_int64();
            else
              One.skip();
          Lines.push_back({Functions.at(Function), Line});
        } else
          M.skip();
      Locations[Id] = Lines;
    }
    protozero::pbf_reader P(Bytes);
    while (P.next()) {
      if (P.tag() == 1)
        ++SampleTypes;
      if (P.tag() != 2) {
        P.skip();
        continue;
      }
      protozero::pbf_reader M = P.get_message();
      Sample S;
      while (M.next())
        if (M.tag() == 1)
          for (uint64_t Id : M.get_packed_uint64())
            S.Locations.push_back(Id);
        else if (M.tag() == 2)
          for (int64_t V : M.get_packed_int64())
            S.Values.push_back(V);
        else
          M.skip();
      Samples.push_back(S);
    }
  }
};

TEST(Pprof, HoldsCountsStacksAndInlinedFunctions) {
  Profile P;
  P.Seconds = {1, 2};
  P.Groups = {group("thread",
                    {frame("wait", 10, /*Inlined=*/true), frame("pop", 20),
                     frame("run", 30)},
                    {2, 5}),
              group("thread", {frame("run", 30)}, {1, 0})};
  P.Groups[0].BlockedSeconds = 1.5;
  ReadBack R(gunzip(cantFail(writePprof(P, 1))));
  EXPECT_EQ(R.SampleTypes, 2u);
  EXPECT_EQ(R.Texts.at(0), "");
  ASSERT_EQ(R.Samples.size(), 1u) << "a group without tasks is no sample";
  EXPECT_EQ(R.Samples[0].Values, (std::vector<int64_t>{5, 1500000000}));
  ASSERT_EQ(R.Samples[0].Locations.size(), 2u);
  EXPECT_EQ(R.Locations[R.Samples[0].Locations[0]],
            (std::vector<std::pair<std::string, int64_t>>{{"wait", 10},
                                                          {"pop", 20}}));
  EXPECT_EQ(R.Locations[R.Samples[0].Locations[1]],
            (std::vector<std::pair<std::string, int64_t>>{{"run", 30}}));
  EXPECT_EQ(ReadBack(gunzip(cantFail(writePprof(P, 0)))).Samples.size(), 2u);
  EXPECT_TRUE(ReadBack(gunzip(cantFail(writePprof(P, 7)))).Samples.empty());
}

} // namespace
