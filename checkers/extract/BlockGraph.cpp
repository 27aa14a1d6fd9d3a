// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the walked control flow to the summary's blocks: loops are found, blocks
// without content go away, events get their numbers.
#include "checkers/extract/FunctionExtractor.h"

using namespace clang;
using raddle::model::EventKind;
using raddle::model::RootKind;

namespace raddle::checkers {

/// Clang gives handlers no edge from the calls that may throw, so they would be
/// dead. Here a handler follows the state at the start of its try block: what
/// was held there is held again once the locals of the block are gone.
std::vector<FunctionExtractor::Segment>
FunctionExtractor::segments(const CFG &Graph) {
  // Where try blocks start: block -> first element, try statement.
  std::map<const CFGBlock *, std::map<unsigned, const CXXTryStmt *>> Starts;
  std::map<const CXXTryStmt *, const CFGBlock *> Dispatch;
  for (const CFGBlock *B : Graph.try_blocks())
    if (const auto *T = dyn_cast_or_null<CXXTryStmt>(B->getTerminatorStmt()))
      Dispatch[T] = B;
  for (const CXXTryStmt *T : Scan->Tries) {
    SourceLocation Begin = T->getTryBlock()->getBeginLoc();
    SourceLocation End = T->getTryBlock()->getEndLoc();
    const CFGBlock *First = nullptr;
    unsigned At = 0;
    for (const CFGBlock *B : Graph) {
      // Clang numbers blocks from the exit to the entry.
      if (!Dispatch.count(T) ||
          (First && First->getBlockID() > B->getBlockID()))
        continue;
      for (unsigned I = 0; I < B->size(); ++I) {
        auto S = (*B)[I].getAs<CFGStmt>();
        if (!S)
          continue;
        SourceLocation Where =
            Unit.Sources.getExpansionLoc(S->getStmt()->getBeginLoc());
        if (Where.isInvalid() ||
            Unit.Sources.isBeforeInTranslationUnit(Where, Begin) ||
            !Unit.Sources.isBeforeInTranslationUnit(Where, End))
          continue;
        First = B;
        At = I;
        break;
      }
    }
    if (First)
      Starts[First].try_emplace(At, T);
  }

  auto Next = [&](const CFGBlock *B) {
    llvm::SmallVector<const CFGBlock *, 4> Out;
    for (const CFGBlock *S : B->succs())
      if (S)
        Out.push_back(S);
    if (auto It = Starts.find(B); It != Starts.end())
      for (auto &[At, T] : It->second)
        Out.push_back(Dispatch[T]);
    return Out;
  };
  // Reverse post order: what dominates a block is walked before it.
  std::vector<const CFGBlock *> Order;
  struct Frame {
    const CFGBlock *Block;
    llvm::SmallVector<const CFGBlock *, 4> Successors;
    size_t Done = 0;
  };
  std::vector<Frame> Stack;
  std::vector<bool> Seen(Graph.getNumBlockIDs());
  auto Enter = [&](const CFGBlock *B) {
    if (Seen[B->getBlockID()])
      return;
    Seen[B->getBlockID()] = true;
    Stack.push_back({B, Next(B)});
  };
  Enter(&Graph.getEntry());
  while (!Stack.empty()) {
    Frame &F = Stack.back();
    if (F.Done == F.Successors.size()) {
      Order.push_back(F.Block);
      Stack.pop_back();
      continue;
    }
    Enter(F.Successors[F.Done++]);
  }
  std::reverse(Order.begin(), Order.end());

  std::vector<Segment> Out;
  std::vector<unsigned> FirstOf(Graph.getNumBlockIDs());
  for (const CFGBlock *B : Order) {
    FirstOf[B->getBlockID()] = Out.size();
    unsigned From = 0;
    if (auto It = Starts.find(B); It != Starts.end())
      for (auto &[At, T] : It->second) {
        Out.push_back({B, From, At, false, Dispatch[T]});
        From = At;
      }
    Out.push_back({B, From, B->size(), true, nullptr});
  }
  Blocks.resize(Out.size());
  for (size_t I = 0; I < Out.size(); ++I) {
    auto &Successors = Blocks[I].Successors;
    if (!Out[I].Last) {
      Successors.push_back(I + 1);
      Successors.push_back(FirstOf[Out[I].Handlers->getBlockID()]);
      continue;
    }
    for (const CFGBlock *S : Out[I].Block->succs())
      if (S)
        Successors.push_back(FirstOf[S->getBlockID()]);
  }
  return Out;
}

void FunctionExtractor::findLoops(llvm::ArrayRef<Segment> Order) {
  // In reverse post order, an edge that does not lead forward closes a loop.
  std::vector<llvm::SmallVector<unsigned, 2>> Predecessors(Blocks.size());
  for (unsigned B = 0; B < Blocks.size(); ++B)
    for (unsigned S : Blocks[B].Successors)
      Predecessors[S].push_back(B);
  std::map<std::pair<unsigned, const Stmt *>, unsigned> Known;
  for (unsigned B = 0; B < Blocks.size(); ++B)
    for (unsigned Head : Blocks[B].Successors) {
      if (Head > B)
        continue;
      const Stmt *Statement = Order[B].Block->getLoopTarget();
      auto [It, New] = Known.try_emplace({Head, Statement}, Loops.size());
      if (New) {
        Loops.emplace_back();
        Loops.back().First = B;
        Loops.back().Head = Head;
        Loops.back().Statement = Statement;
        Loops.back().Members.resize(Blocks.size());
        Loops.back().Members[Head] = true;
      }
      std::vector<bool> &Members = Loops[It->second].Members;
      llvm::SmallVector<unsigned, 16> Todo;
      if (!Members[B]) {
        Members[B] = true;
        Todo.push_back(B);
      }
      while (!Todo.empty())
        for (unsigned P : Predecessors[Todo.pop_back_val()])
          if (!Members[P]) {
            Members[P] = true;
            Todo.push_back(P);
          }
    }
  for (RawLoop &L : Loops)
    L.Size = llvm::count(L.Members, true);
  // Outer loops first, then in the order of the source.
  llvm::sort(Loops, [](const RawLoop &A, const RawLoop &B) {
    if (A.Head != B.Head)
      return A.Head < B.Head;
    return A.Size != B.Size ? A.Size > B.Size : A.First < B.First;
  });
  for (size_t I = 0; I < Loops.size(); ++I)
    for (size_t J = 0; J < Loops.size(); ++J) {
      if (I == J || !Loops[J].Members[Loops[I].Head] ||
          Loops[J].Size < Loops[I].Size ||
          (Loops[J].Size == Loops[I].Size && J > I))
        continue;
      int &Parent = Loops[I].Parent;
      if (Parent < 0 || Loops[J].Size < Loops[Parent].Size)
        Parent = J;
    }
  for (unsigned B = 0; B < Blocks.size(); ++B)
    for (size_t L = 0; L < Loops.size(); ++L)
      if (Loops[L].Members[B] &&
          (Blocks[B].Loop < 0 || Loops[L].Size <= Loops[Blocks[B].Loop].Size))
        Blocks[B].Loop = L;
}

/// `for (auto &T : Threads) T.join();` joins whatever there is, also if there
/// is nothing; so the join is seen before the loop as well.
void FunctionExtractor::placeJoins() {
  auto HasElement = [&](const Path &P) {
    for (const model::PathElement &E : P.Elements)
      if (Unit.Summary.string(E.Name) == "[]")
        return true;
    return false;
  };
  for (unsigned B = 0; B < Blocks.size(); ++B) {
    if (Blocks[B].Loop < 0)
      continue;
    const RawLoop &L = Loops[Blocks[B].Loop];
    for (size_t I = 0; I < Blocks[B].Events.size(); ++I) {
      RawEvent E = Events[Blocks[B].Events[I]];
      if (E.Kind != EventKind::Join)
        continue;
      Path Handle = E.ObjectPath;
      if (Handle.Root == RootKind::Local)
        for (auto &[V, Target] : Pointees)
          if (auto It = LocalIndices.find(V);
              It != LocalIndices.end() && It->second == Handle.Index) {
            Path Whole = Target;
            Whole.Elements.append(Handle.Elements.begin(),
                                  Handle.Elements.end());
            Handle = Whole;
            break;
          }
      if (!HasElement(Handle))
        continue;
      E.ObjectPath = Handle;
      for (unsigned P = 0; P < Blocks.size(); ++P)
        if (!L.Members[P] && llvm::is_contained(Blocks[P].Successors, L.Head)) {
          Blocks[P].Events.push_back(Events.size());
          Events.push_back(E);
        }
    }
  }
}

/// The exit, where every path ends in a return of its own.
void FunctionExtractor::dropUnreachable() {
  std::vector<bool> Seen(Blocks.size());
  llvm::SmallVector<unsigned, 16> Todo{0};
  Seen[0] = true;
  while (!Todo.empty())
    for (unsigned S : Blocks[Todo.pop_back_val()].Successors)
      if (!Seen[S]) {
        Seen[S] = true;
        Todo.push_back(S);
      }
  for (unsigned B = 0; B < Blocks.size(); ++B)
    if (!Seen[B]) {
      Blocks[B].Keep = false;
      Blocks[B].Successors.clear();
    }
}

void FunctionExtractor::reduce() {
  dropUnreachable();
  std::vector<bool> IsHead(Blocks.size());
  for (const RawLoop &L : Loops)
    IsHead[L.Head] = true;
  auto Tidy = [&](RawBlock &B) {
    // Both ways lead to one place: nothing is decided.
    if (B.Successors.size() > 1) {
      llvm::SmallVector<unsigned, 2> Unique;
      for (unsigned S : B.Successors)
        if (!llvm::is_contained(Unique, S))
          Unique.push_back(S);
      B.Successors = Unique;
    }
    if (B.Successors.size() < 2)
      B.BranchOn = NoToken;
  };
  for (RawBlock &B : Blocks)
    Tidy(B);
  for (bool Changed = true; Changed;) {
    Changed = false;
    // Blocks that hold nothing and decide nothing.
    for (unsigned I = 1; I < Blocks.size(); ++I) {
      RawBlock &B = Blocks[I];
      if (!B.Keep || IsHead[I] || !B.Events.empty() || B.Work || B.Returns ||
          B.Successors.size() != 1 || B.Successors[0] == I)
        continue;
      unsigned Next = B.Successors[0];
      for (RawBlock &P : Blocks)
        for (unsigned &S : P.Successors)
          if (P.Keep && S == I)
            S = Next;
      B.Keep = false;
      B.Successors.clear();
      Changed = true;
    }
    for (RawBlock &B : Blocks)
      if (B.Keep)
        Tidy(B);
    // Straight lines.
    std::vector<unsigned> Predecessors(Blocks.size());
    for (RawBlock &B : Blocks)
      if (B.Keep)
        for (unsigned S : B.Successors)
          ++Predecessors[S];
    for (unsigned I = 0; I < Blocks.size(); ++I) {
      RawBlock &A = Blocks[I];
      while (A.Keep && A.Successors.size() == 1) {
        unsigned Next = A.Successors[0];
        RawBlock &B = Blocks[Next];
        if (Next == I || Next == 0 || IsHead[Next] || Predecessors[Next] != 1 ||
            A.Loop != B.Loop || A.Returns)
          break;
        A.Events.insert(A.Events.end(), B.Events.begin(), B.Events.end());
        A.Work |= B.Work;
        A.Successors = B.Successors;
        A.Returns = B.Returns;
        A.ReturnPath = B.ReturnPath;
        A.ReturnOn = B.ReturnOn;
        A.ReturnNegated = B.ReturnNegated;
        A.ReturnConstant = B.ReturnConstant;
        A.BranchOn = B.BranchOn;
        A.BranchNegated = B.BranchNegated;
        B.Keep = false;
        B.Successors.clear();
        Changed = true;
      }
    }
  }
}

model::PathId FunctionExtractor::pathId(Path P) {
  if (P.Root == RootKind::Result) {
    if (P.Index >= Numbering.size() || Numbering[P.Index] == NoToken)
      P.Root = RootKind::Opaque;
    else
      P.Index = Numbering[P.Index];
  }
  if (P.Root == RootKind::Opaque)
    P.Index = Opaques++;
  return Unit.Summary.intern(P);
}

void FunctionExtractor::emit() {
  std::vector<int> BlockNumber(Blocks.size(), -1);
  Numbering.assign(Events.size(), NoToken);
  unsigned NextBlock = 0, NextEvent = 0;
  for (unsigned I = 0; I < Blocks.size(); ++I) {
    if (!Blocks[I].Keep)
      continue;
    BlockNumber[I] = NextBlock++;
    for (Token T : Blocks[I].Events)
      Numbering[T] = NextEvent++;
  }
  auto Plain = [](const Path &P) {
    return P.Root == RootKind::None ||
           (P.Root == RootKind::Opaque && P.Elements.empty());
  };
  auto Condition = [&](Token On, bool Negated) {
    model::Condition C;
    if (On != NoToken && Numbering[On] != NoToken) {
      C.On = Numbering[On];
      C.Negated = Negated;
    }
    return C;
  };
  for (unsigned I = 0; I < Blocks.size(); ++I) {
    RawBlock &Raw = Blocks[I];
    if (!Raw.Keep)
      continue;
    model::Block B;
    for (Token T : Raw.Events) {
      RawEvent &E = Events[T];
      E.Object = pathId(std::move(E.ObjectPath));
      E.Result = pathId(std::move(E.ResultPath));
      E.CalleePath = pathId(std::move(E.CalleeAs));
      E.SwitchOn = pathId(std::move(E.SwitchPath));
      E.InLoop = E.Kind == EventKind::Spawn && Raw.Loop >= 0;
      for (Path &A : E.ArgPaths)
        E.Args.push_back(Plain(A) ? 0 : pathId(std::move(A)));
      B.Events.push_back(E);
    }
    for (unsigned S : Raw.Successors)
      B.Successors.push_back(BlockNumber[S]);
    B.Branch = Condition(Raw.BranchOn, Raw.BranchNegated);
    B.Work = Raw.Work;
    B.Loop = Raw.Loop;
    B.Returns = Raw.Returns;
    if (!Plain(Raw.ReturnPath))
      B.ReturnPath = pathId(Raw.ReturnPath);
    B.ReturnValue = Condition(Raw.ReturnOn, Raw.ReturnNegated);
    B.ReturnConstant = Raw.ReturnConstant;
    Out.Blocks.push_back(std::move(B));
  }
  for (const RawLoop &Raw : Loops) {
    model::Loop L;
    L.Parent = Raw.Parent;
    L.Head = BlockNumber[Raw.Head];
    describeLoop(Raw, L);
    Out.Loops.push_back(L);
  }
  for (const Path &P : Asked) {
    model::PathId Id = pathId(P);
    llvm::erase_if(Out.Handles, [&](const model::CancellationHandle &H) {
      return H.Path == Id;
    });
  }
  for (auto &[A, B] : OrderedPaths)
    Out.Ordered.push_back({pathId(A), pathId(B)});
}

} // namespace raddle::checkers
