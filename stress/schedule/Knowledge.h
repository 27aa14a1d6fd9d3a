// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What runs learn for the next ones (option knowledge): which places touch
// memory that threads share, which of them meet at one object, how often each
// thread comes by, how many points a run has. Read when a run begins and fixed
// from then on, so that a seed and a file give one schedule; what the run shows
// is written at its end. Only for the thread that has the token.
#ifndef RADDLE_STRESS_SCHEDULE_KNOWLEDGE_H
#define RADDLE_STRESS_SCHEDULE_KNOWLEDGE_H

#include "runtime/core/Memory.h"
#include "stress/schedule/Expectation.h"
#include "stress/schedule/SeenOrders.h"
#include "stress/schedule/Strategy.h"

namespace raddle::stress {

// The file, in the machine's byte order: the head, then as many places, counts,
// parents and orders as it says.
struct KnowledgeHead {
  char Magic[8];
  uint32_t Version;
  uint32_t Busy;       ///< Is being written; left so: worth nothing.
  uint64_t Generation; ///< Counts writes.
  uint64_t Runs;
  double Points; ///< Times the strategy was asked; mean.
  uint32_t Places, Counts, Threads, Orders;
};
struct KnowledgePlace {
  uint64_t Hash;
  uint32_t Group; ///< 1 + index of one of its places; 0: none.
  uint16_t Kind;
  uint8_t Writes; ///< 1: it does; 2: AfterRead; 4: Nested.
  uint8_t Shared;
};
struct KnowledgeCount {
  uint32_t Place, Thread;
  double Count;
};

/// Of two places.
struct KnowledgeOrder {
  uint64_t Key;
  uint32_t Times;   ///< That it was tried.
  uint32_t Settled; ///< See Expectation.h.
};

inline constexpr char ScheduleKnowledgeMagic[8] = {'R', 'D', 'L', 'S',
                                                   'K', 'N', 'O', 'W'};
inline constexpr uint32_t ScheduleKnowledgeVersion = 3;

class Knowledge {
public:
  static constexpr unsigned MostPlaces = SeenOrders::MostPlaces,
                            MostCounts = 16384,
                            MostThreads = SeenOrders::MostThreads,
                            MostObjects = 65536, MostOrders = 16384;
  static constexpr uint32_t NoPlace = ~uint32_t(0);

  /// Forgets all and reads \p Path; a file that is not there, or is damaged, or
  /// being written, is as one without knowledge. False: it is another kind of
  /// file, and will not be written to. "": nothing is kept.
  bool load(const char *Path);
  /// At the end of a run. Another process's write since load() stays, and what
  /// this one learnt is lost.
  void store();
  bool isLoaded() const { return Model != nullptr; }

  /// The index of a place; made if it is new.
  uint32_t place(uint64_t Hash);
  /// It touched shared memory in an earlier run.
  bool isKnown(uint32_t Place) const;
  void touchedShared(uint32_t Place);

  void created(uint32_t Thread, uint32_t Parent);
  void taken(const Step &S);
  /// A step of which nobody was asked. The first run learns from them who came
  /// first, later ones are asked there.
  void passed(const Step &S) {
    if (Model && !Model->Head.Runs)
      taken(S);
  }
  void asked() { ++Asked; }

  uint32_t timesTried(uint64_t Key);
  void trying(uint64_t Key);
  bool isSettled(uint64_t Key);

  const Expectation &expectation() const;
  uint64_t points() const;

private:
  struct Object {
    uint32_t First, Other; ///< 1 + places that met there.
    uint16_t Thread;
    bool Shared, Written;
    /// The last step there.
    uint32_t LastThread, LastPlace;
    bool LastWrote;
  };
  struct ModelType {
    KnowledgeHead Head;
    KnowledgePlace Places[MostPlaces];
    KnowledgeCount Counts[MostCounts];
    uint32_t Parents[MostThreads + 1];
    KnowledgeOrder Orders[MostOrders];
    // Of this run.
    bool Known[MostPlaces];
    uint32_t Now[MostCounts];
    Object Objects[MostObjects];
    SeenOrders Seen;
    uint32_t NextOfGroup[MostPlaces];
    // As strategies see it.
    Expectation View;
    ExpectedPlace ViewPlaces[MostPlaces];
    ExpectedCount ViewCounts[MostCounts];
    uint32_t ViewParents[MostThreads + 1];
  };
  bool read(int File);
  void makeView();
  uint32_t root(uint32_t Place);
  void join(uint32_t A, uint32_t B);
  void learn(const Step &S);
  void meet(Object &O, uint32_t Place, const Step &S);
  KnowledgeOrder *order(uint64_t Key);
  void settleOrders();

  ModelType *Model = nullptr;
  HashTable PlaceIndex, CountIndex, OrderIndex;
  uint64_t Asked = 0;
  char Path[4096] = {};
};

extern Knowledge TheKnowledge;

} // namespace raddle::stress

#endif
