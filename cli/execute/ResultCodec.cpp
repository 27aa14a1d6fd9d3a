// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One description of the fields serves writer and reader, as in
// lockorder/model/SummaryCodec.h.
#include "cli/execute/ResultCodec.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

namespace {

class Writer {
public:
  static constexpr bool Reading = false;
  explicit Writer(raw_ostream &Out) : Out(Out) {}
  bool failed() const { return false; }
  template <typename T> void number(T &N) {
    encodeULEB128(static_cast<uint64_t>(N), Out);
  }
  void text(std::string &T) {
    // Most texts (files, functions, lock names) come again and again.
    auto [It, New] = Known.try_emplace(T, Known.size() + 1);
    if (!New) {
      encodeULEB128(It->second, Out);
      return;
    }
    encodeULEB128(0, Out);
    encodeULEB128(T.size(), Out);
    Out << T;
  }

private:
  raw_ostream &Out;
  StringMap<uint64_t> Known;
};

class Reader {
public:
  static constexpr bool Reading = true;
  explicit Reader(StringRef Bytes)
      : At(Bytes.bytes_begin()), End(Bytes.bytes_end()) {}
  bool failed() const { return Bad; }
  bool atEnd() const { return At == End; }
  template <typename T> void number(T &N) { N = static_cast<T>(raw()); }
  void text(std::string &T) {
    uint64_t Index = raw();
    if (Index) {
      if (Index > Known.size())
        Bad = true;
      else
        T = Known[Index - 1];
      return;
    }
    uint64_t Size = raw();
    if (Bad || Size > static_cast<uint64_t>(End - At)) {
      Bad = true;
      return;
    }
    T.assign(reinterpret_cast<const char *>(At), Size);
    At += Size;
    Known.push_back(T);
  }
  uint64_t count() {
    uint64_t N = raw();
    if (N > static_cast<uint64_t>(End - At)) {
      Bad = true;
      return 0;
    }
    return N;
  }

private:
  uint64_t raw() {
    unsigned Length = 0;
    const char *Error = nullptr;
    if (Bad)
      return 0;
    uint64_t Value = decodeULEB128(At, &Length, End, &Error);
    if (Error) {
      Bad = true;
      return 0;
    }
    At += Length;
    return Value;
  }

  const uint8_t *At, *End;
  std::vector<std::string> Known;
  bool Bad = false;
};

template <typename C, typename List, typename Each>
void sequence(C &Codec, List &Items, Each One) {
  if constexpr (C::Reading) {
    Items.resize(Codec.count());
  } else {
    uint64_t Size = Items.size();
    Codec.number(Size);
  }
  for (auto &Item : Items) {
    if (Codec.failed())
      return;
    One(Item);
  }
}

template <typename C> void numbers(C &Codec, std::vector<uint32_t> &Items) {
  sequence(Codec, Items, [&](uint32_t &N) { Codec.number(N); });
}

template <typename C> void optional(C &Codec, std::optional<uint32_t> &Value) {
  uint64_t Shifted = Value ? uint64_t(*Value) + 1 : 0;
  Codec.number(Shifted);
  Value = std::nullopt;
  if (Shifted)
    Value = static_cast<uint32_t>(Shifted - 1);
}

template <typename C> void code(C &Codec, Place &P) {
  Codec.text(P.File);
  Codec.number(P.Line);
  Codec.number(P.Column);
  Codec.number(P.EndColumn);
}

template <typename C> void code(C &Codec, Acquisition &A) {
  code(Codec, A.Where);
  Codec.text(A.Function);
  Codec.text(A.Mode);
}

template <typename C> void code(C &Codec, Witness &W) {
  Codec.text(W.Title);
  Codec.text(W.Thread);
  optional(Codec, W.Edge);
  sequence(Codec, W.Steps, [&](Step &S) {
    Codec.number(S.Kind);
    Codec.text(S.Function);
    Codec.text(S.Text);
    code(Codec, S.Where);
    numbers(Codec, S.Held);
  });
}

template <typename C> void code(C &Codec, Diagnosis &D) {
  Codec.text(D.Check);
  Codec.number(D.Severity);
  Codec.text(D.Message);
  code(Codec, D.Where);
  sequence(Codec, D.Witnesses, [&](Witness &W) { code(Codec, W); });
  sequence(Codec, D.Notes, [&](std::string &N) { Codec.text(N); });
  sequence(Codec, D.Filters, [&](FilterAnswer &F) {
    Codec.text(F.Rule);
    Codec.text(F.Answer);
  });
  sequence(Codec, D.Identity, [&](std::string &N) { Codec.text(N); });
  numbers(Codec, D.Cycle);
  optional(Codec, D.TurnRound);
  Codec.text(D.TurnRoundWhy);
}

template <typename C> void code(C &Codec, Linked &L) {
  sequence(Codec, L.Findings, [&](Finding &F) {
    Codec.text(F.Fingerprint);
    code(Codec, F.What);
  });
  sequence(Codec, L.Graph.Locks, [&](Lock &K) {
    Codec.text(K.Name);
    Codec.text(K.Group);
    Codec.text(K.Kind);
    code(Codec, K.Declared);
    sequence(Codec, K.Acquisitions, [&](Acquisition &A) { code(Codec, A); });
  });
  sequence(Codec, L.Graph.Edges, [&](Edge &E) {
    Codec.number(E.From);
    Codec.number(E.To);
    Codec.number(E.Static);
    Codec.number(E.Seen);
    Codec.number(E.Inversion);
    sequence(Codec, E.Places, [&](Acquisition &A) { code(Codec, A); });
  });
  numbers(Codec, L.Graph.Order);
  Codec.number(L.Functions);
}

} // namespace

std::string writeLinked(const Linked &L) {
  std::string Bytes;
  raw_string_ostream Out(Bytes);
  Writer W(Out);
  // The codec takes references because the reader fills them in. `optional`
  // rewrites its value with itself.
  code(W, const_cast<Linked &>(L));
  return Bytes;
}

std::optional<Linked> readLinked(StringRef Bytes) {
  Linked L;
  Reader R(Bytes);
  code(R, L);
  if (R.failed() || !R.atEnd())
    return std::nullopt;
  return L;
}

} // namespace raddle::cli
