// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/Story.h"
#include "cli/stress/OpWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::cli {

using stress::Op;
using stress::RunEventRecord;
using stress::RunSwitchRecord;

namespace {

constexpr size_t MaxSentences = 16, MaxTold = 3;

/// "++x": compilers tell only the write, and make it after the read.
bool readsToo(StringRef Source) {
  for (StringRef Sign : {"++", "--", "+=", "-=", "*=", "/=", "|=", "&=", "^="})
    if (Source.contains(Sign))
      return true;
  return false;
}

class Teller {
public:
  Teller(const stress::RunRecords &Run, const std::vector<RunSlice> &Slices,
         RunPlaces &Places)
      : Run(Run), Slices(Slices), Places(Places) {}

  Story tell(StringRef Says) {
    LockCycle = isLockCycle();
    if (LockCycle)
      heldInCycle();
    else
      for (const KeyObject &K : keyObjects(Run, Slices)) {
        Objects.insert(K.Object);
        AtSlice[K.Slice] = K.Object;
      }
    for (const stress::RunFinal &F : Run.Finals)
      if (F.Record.Waits != Op::None && F.Record.Object &&
          isOnLock(F.Record.Waits))
        Objects.insert(F.Record.Object);
    // What came before the first preemption is the program's usual way.
    size_t First = 0;
    while (First < Slices.size() &&
           Slices[First].Why != RunSwitchRecord::Preempted)
      ++First;
    if (First == Slices.size()) {
      First = Slices.size() > 8 ? Slices.size() - 8 : 0;
      add("no thread has to be stopped: it fails when each runs until it waits "
          "or ends");
    }
    std::vector<std::pair<bool, std::string>> Parts; // Must it be told?
    for (size_t S = First; S < Slices.size(); ++S)
      Parts.push_back(slice(S));
    // The end counts most, and what has to be stopped.
    size_t Room = MaxSentences, Skipped = 0;
    std::vector<bool> Kept(Parts.size());
    for (bool Needed : {true, false})
      for (size_t I = Parts.size(); I-- > 0 && Room;)
        if (Parts[I].first == Needed && !Parts[I].second.empty()) {
          Kept[I] = true;
          --Room;
        }
    for (size_t I = 0; I < Parts.size(); ++I)
      if (Kept[I])
        add(std::move(Parts[I].second));
      else
        Skipped += Parts[I].first;
    if (Skipped)
      Result.Sentences.insert(Result.Sentences.begin(),
                              "(" + std::to_string(Skipped) +
                                  " earlier switches are left out)");
    finals();
    if (!Says.empty() && Run.Finals.empty())
      add(Says.str());
    return std::move(Result);
  }

private:
  /// Then only the locks matter.
  bool isLockCycle() const {
    return any_of(Run.Finals, [](const stress::RunFinal &F) {
      return F.Record.InCycle &&
             (F.Record.Waits == Op::Lock || F.Record.Waits == Op::SharedLock ||
              F.Record.Waits == Op::Relock);
    });
  }

  /// Where a thread is stopped while it has what another one waits for.
  void heldInCycle() {
    for (const stress::RunHeldRecord &H : Run.Held)
      if (any_of(Run.Finals, [&](const stress::RunFinal &F) {
            return F.Record.InCycle && F.Record.Object == H.Object;
          }))
        for (size_t S = 0; S < Slices.size(); ++S)
          if (Slices[S].Thread == H.Head.Thread &&
              Slices[S].Why == RunSwitchRecord::Preempted)
            AtSlice[S] = H.Object;
  }

  void add(std::string Sentence) {
    Result.Sentences.push_back(std::move(Sentence));
  }

  /// " at queue.cpp:41", or ""
  std::string at(const RunEventRecord &E) { return at(E.Pc, E.Kind); }
  std::string at(uint64_t Pc, Op Kind) {
    std::string Where = Places.where(Pc, Kind);
    return Where.empty() ? "" : " at " + Where;
  }

  std::string doing(const RunEventRecord &E, bool Past = false) {
    Verb V = verbOf(E.Kind);
    std::string Text = (Past ? V.Past : V.Now).str();
    if (hasObject(E.Kind))
      Text += " " + objectText(Places, E);
    return Text;
  }

  void word(size_t Event, std::string Text) {
    Result.Key.insert(Event);
    std::string &At = Result.Words[Event];
    At += (At.empty() ? "" : "; ") + Text;
  }

  /// "is stopped at a.cpp:3 before it writes 'x' (x = n;), after it read 'x' at
  /// a.cpp:2"
  std::string stopped(size_t S, bool TellsBefore) {
    const RunSlice &Slice = Slices[S];
    uint32_t Object = 0;
    if (auto Found = AtSlice.find(S); Found != AtSlice.end())
      Object = Found->second;
    size_t Next = nextOf(Run, Slice);
    bool Resumes = Next < Run.Events.size();
    std::string Text = "is stopped";
    std::optional<RunEventRecord> Before;
    if (Resumes && !isSilent(Run.Events[Next].Kind)) {
      Before = Run.Events[Next];
      Result.Key.insert(Next);
    }
    if (!Resumes) {
      Before = waitOf(Slice.Thread);
      // In a deadlock, what counts is what it has that others want.
      for (const stress::RunFinal &F : Run.Finals)
        if (Before && F.Record.Owner == Slice.Thread &&
            isOnLock(F.Record.Waits))
          Object = F.Record.Object;
    }
    if (Before) {
      Text += at(*Before) + " before it " + doing(*Before);
      std::string Source = Places.source(Before->Pc, Before->Kind);
      if (Before->Kind == Op::Write && readsToo(Source))
        Text += " back";
      if (!Source.empty())
        Text += " (" + Source + ")";
    }
    // What it did last with the object in question, or at all.
    if (TellsBefore)
      for (size_t I = Slice.End, Seen = 0; I-- > 0 && Seen < 1000; ++Seen) {
        const RunEventRecord &E = Run.Events[I];
        if (E.Head.Thread != Slice.Thread || isSilent(E.Kind) ||
            (Object && E.Object != Object))
          continue;
        Text += std::string(Before ? "," : "") + " after it " +
                doing(E, /*Past=*/true) + at(E);
        Result.Key.insert(I);
        break;
      }
    if (!Resumes && !Before)
      Text += TellsBefore ? ", and does not get to run again"
                          : " there: it does not get to run again";
    word(lastOf(Run, Slice), "is stopped after this");
    return Text;
  }

  /// What \p Thread waits for in the end, as if it were an event.
  std::optional<RunEventRecord> waitOf(uint32_t Thread) const {
    for (const stress::RunFinal &F : Run.Finals)
      if (F.Record.Head.Thread == Thread && F.Record.Waits != Op::None) {
        RunEventRecord E{};
        E.Head.Thread = Thread;
        E.Kind = F.Record.Waits;
        E.Object = F.Record.Object;
        E.Pc = F.Record.Pc;
        return E;
      }
    return std::nullopt;
  }

  std::pair<bool, std::string> slice(size_t S) {
    const RunSlice &Slice = Slices[S];
    std::string Thread = Places.thread(Slice.Thread);
    bool Resumes = StoppedThreads.contains(Slice.Thread);
    StoppedThreads.erase(Slice.Thread);
    bool Stops = Slice.Why == RunSwitchRecord::Preempted;

    // What it does with the objects in question; each line once. Before a stop
    // that says it better, only what changes something.
    std::vector<std::string> Does;
    std::vector<size_t> Events;
    std::string Last;
    size_t More = 0;
    for (size_t I = Slice.Begin; I < Slice.End; ++I) {
      const RunEventRecord &E = Run.Events[I];
      if (!Objects.contains(E.Object) || isSilent(E.Kind) ||
          (LockCycle && !isOnLock(E.Kind)))
        continue;
      std::string Text = doing(E) + at(E);
      if (Text == Last)
        continue;
      Last = Text;
      if (Does.size() < MaxTold) {
        Does.push_back(Text);
        Events.push_back(I);
      } else {
        ++More;
      }
    }
    bool First = !Told;
    Told = true;
    std::string Text = Thread;
    if (Stops) {
      StoppedThreads.insert(Slice.Thread);
      bool TellsDoes = !First && !Does.empty();
      if (TellsDoes)
        Result.Key.insert(Events.begin(), Events.end());
      std::string How = stopped(S, !TellsDoes);
      if (TellsDoes)
        return {true, Thread + (Resumes ? " goes on, " : " ") +
                          join(Does, ", ") + (More ? ", and more" : "") +
                          ", and " + How};
      return {true, Thread + (Resumes ? " goes on, and " : " ") + How};
    }
    Result.Key.insert(Events.begin(), Events.end());
    if (Resumes)
      word(Slices[S].Begin, "goes on here");
    std::string End = "runs";
    if (Slice.Why == RunSwitchRecord::Ended)
      End = "runs to its end";
    else if (Slice.Why == RunSwitchRecord::Yielded)
      End = "runs until it gives way";
    else if (Slice.Why == RunSwitchRecord::Blocked)
      End = "runs until it has to wait" + (Slice.Resumes < Run.Events.size()
                                               ? at(Run.Events[Slice.Resumes])
                                               : std::string());
    Text += Resumes ? " goes on" : " " + End;
    if (std::string Function = functionOf(Slice); !Resumes && !Function.empty())
      Text += " in " + Function + "()";
    if (!Does.empty())
      Text += ": it " + join(Does, ", ");
    if (More)
      Text += ", and more";
    return {!Does.empty() || Resumes, Text};
  }

  /// In which the thread does what it does; "" for several, or not known.
  std::string functionOf(const RunSlice &Slice) {
    std::string Result;
    for (size_t I = Slice.Begin, Seen = 0; I < Slice.End && Seen < 50; ++I) {
      const RunEventRecord &E = Run.Events[I];
      if (isSilent(E.Kind) || !hasObject(E.Kind))
        continue;
      ++Seen;
      std::string Function = Places.function(E.Pc, E.Kind);
      if (!Result.empty() && Function != Result)
        return "";
      Result = Function;
    }
    return Result;
  }

  void finals() {
    for (const stress::RunFinal &F : Run.Finals) {
      if (F.Record.Waits == Op::None)
        continue;
      RunEventRecord E{};
      E.Kind = F.Record.Waits;
      E.Object = F.Record.Object;
      E.Pc = F.Record.Pc;
      std::string Text =
          Places.thread(F.Record.Head.Thread) + " waits" + at(E) + " for ";
      Text += E.Kind == Op::Join
                  ? (F.Record.Owner ? Places.thread(F.Record.Owner) + " to end"
                                    : std::string("a thread to end"))
                  : objectText(Places, E);
      if (F.Record.Owner && E.Kind != Op::Join) {
        Text += ", which " + Places.thread(F.Record.Owner) + " has";
        for (const stress::RunHeldRecord &H : Run.Held)
          if (H.Head.Thread == F.Record.Owner && H.Object == E.Object &&
              !at(H.Pc, Op::Lock).empty()) {
            Text += " since" + at(H.Pc, Op::Lock).substr(3);
            break;
          }
      }
      add(Text);
    }
  }

  const stress::RunRecords &Run;
  const std::vector<RunSlice> &Slices;
  RunPlaces &Places;
  std::set<uint32_t> Objects, StoppedThreads;
  std::map<size_t, uint32_t> AtSlice; ///< Object that a stop is about.
  bool Told = false, LockCycle = false;
  Story Result;
};

} // namespace

Story tellStory(const stress::RunRecords &Run,
                const std::vector<RunSlice> &Slices, RunPlaces &Places,
                StringRef Says) {
  return Teller(Run, Slices, Places).tell(Says);
}

} // namespace raddle::cli
