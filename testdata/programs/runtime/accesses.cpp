// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Accesses to shared and unshared memory of all widths, by all kinds of
// instructions, between code that needs its registers and flags: sums that come
// out the same in every run unless somebody disturbs them.
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <sched.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

// Each thread has a row; the table is only read once the threads run.
uint8_t Bytes[4][256];
uint16_t Shorts[4][256];
uint32_t Words[4][256];
uint64_t Longs[4][256];
float Floats[4][256];
double Doubles[4][256];
uint32_t Table[256];
__int128 Wide[4];
std::atomic<uint64_t> Sum;
uint64_t Guarded;
std::mutex Lock;

struct Node {
  virtual ~Node() = default;
  virtual uint64_t value(unsigned I) const { return I * 3; }
  std::unique_ptr<Node> Next;
  uint64_t Own = 1;
};
struct Other : Node {
  uint64_t value(unsigned I) const override { return I ^ Own; }
};

__attribute__((noinline)) uint64_t carry(unsigned Row) {
  // Additions with carry: flags live across memory accesses.
  unsigned __int128 Big = 0;
  for (unsigned I = 0; I != 256; ++I)
    Big += (unsigned __int128)(Longs[Row][I]) << (I & 63);
  return uint64_t(Big) ^ uint64_t(Big >> 64);
}

__attribute__((noinline)) uint64_t parts(unsigned Row) {
  uint64_t S = 0;
  for (unsigned I = 0; I != 256; ++I) {
    Bytes[Row][I] = uint8_t(Bytes[Row][I] + I);
    Shorts[Row][I] ^= uint16_t(Bytes[Row][255 - I] << 3);
    Words[Row][I] += Shorts[Row][I] * Table[I];
    Longs[Row][I] -= Words[Row][I] > 1000 ? Words[Row][I] : ~Table[I];
    if (__builtin_sub_overflow(int32_t(Words[Row][I]), int32_t(Table[I]),
                               reinterpret_cast<int32_t *>(&Words[Row][I])))
      ++S;
    Floats[Row][I] = Floats[Row][I] * 0.5f + float(Bytes[Row][I]);
    Doubles[Row][I] += std::sqrt(double(Words[Row][I]) + Floats[Row][I]);
    S += Longs[Row][I] + uint64_t(Doubles[Row][I]);
    Wide[Row] = Wide[Row] * 3 + Longs[Row][I];
  }
  return S + carry(Row) + uint64_t(Wide[Row] >> 64);
}

__attribute__((noinline)) uint64_t choose(unsigned I) {
  // A jump table, whose cases fall through.
  uint64_t S = Table[I & 255];
  switch (I % 11) {
  case 0:
    S += Table[1];
    [[fallthrough]];
  case 1:
    S ^= Table[2];
    break;
  case 2:
    S *= Table[3] | 1;
    [[fallthrough]];
  case 3:
    S -= Table[4];
    break;
  case 4:
    return S + 1;
  case 5:
    S = ~S;
    break;
  case 6:
    S <<= Table[5] & 7;
    break;
  case 7:
    S += S >> 3;
    [[fallthrough]];
  default:
    S += 9;
  }
  return S;
}

uint64_t throws(unsigned I) {
  try {
    if (I % 3 == 0)
      throw Table[I & 255];
    return Table[(I + 1) & 255];
  } catch (uint32_t Value) {
    return Value * 5u;
  }
}

uint64_t strings(unsigned Row) {
  std::vector<std::string> All;
  for (unsigned I = 0; I != 40; ++I)
    All.push_back(std::to_string(I * (Row + 1)) + (I & 1 ? "x" : "yy"));
  std::string Text = std::accumulate(All.begin(), All.end(), std::string());
  return std::hash<std::string>()(Text);
}

void work(unsigned Row) {
  std::unique_ptr<Node> List;
  for (unsigned I = 0; I != 20; ++I) {
    std::unique_ptr<Node> New =
        I & 1 ? std::make_unique<Node>() : std::make_unique<Other>();
    New->Own = I;
    New->Next = std::move(List);
    List = std::move(New);
  }
  uint64_t S = 0;
  for (unsigned Round = 0; Round != 40; ++Round) {
    S = S * 31 + parts(Row);
    for (unsigned I = 0; I != 64; ++I)
      S += choose(I + Round) + throws(I);
    for (Node *N = List.get(); N; N = N->Next.get())
      S += N->value(Round);
    S ^= strings(Row);
    Sum.fetch_add(S % 1000);
    std::lock_guard<std::mutex> G(Lock);
    Guarded += S;
  }
  Longs[Row][0] = S;
}

void cores() {
  cpu_set_t Set;
  CPU_ZERO(&Set);
  sched_getaffinity(0, sizeof(Set), &Set);
  int First = CPU_COUNT(&Set);
  pthread_getaffinity_np(pthread_self(), sizeof(Set), &Set);
  std::printf("%d %d %u\n", First, CPU_COUNT(&Set),
              std::thread::hardware_concurrency());
  std::fflush(stdout);
  char Path[] = "/usr/bin/nproc";
  char *Arguments[] = {Path, nullptr};
  pid_t Child;
  if (posix_spawn(&Child, Path, nullptr, nullptr, Arguments, environ) == 0)
    waitpid(Child, nullptr, 0);
}

} // namespace

int main() {
  for (unsigned I = 0; I != 256; ++I)
    Table[I] = I * 2654435761u;
  for (unsigned Round = 0; Round != 3; ++Round) {
    std::vector<std::thread> Threads;
    for (unsigned Row = 0; Row != 4; ++Row)
      Threads.emplace_back(work, Row);
    for (std::thread &T : Threads)
      T.join();
    for (unsigned Row = 0; Row != 4; ++Row)
      std::printf("%llx ", (unsigned long long)Longs[Row][0]);
    std::printf("%llu %llx\n", (unsigned long long)Sum.load(),
                (unsigned long long)Guarded);
  }
  cores();
  std::thread(cores).join();
  std::puts("accesses: done");
}
