// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/JsonFields.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

const json::Value &JsonFields::field(const json::Object &O, StringRef Key) {
  static const json::Value Null = nullptr;
  const json::Value *V = O.get(Key);
  return V ? *V : Null;
}

bool JsonFields::object(const json::Object &O, StringRef Key, json::Path P,
                        Item Read) {
  const json::Object *Inner = field(O, Key).getAsObject();
  if (!Inner) {
    P.field(Key).report("an object must stand here");
    return false;
  }
  return Read(*Inner, P.field(Key));
}

bool JsonFields::optional(const json::Object &O, StringRef Key, json::Path P,
                          Item Read) {
  return field(O, Key).kind() == json::Value::Null || object(O, Key, P, Read);
}

bool JsonFields::array(const json::Object &O, StringRef Key, json::Path P,
                       Item Read) {
  const json::Array *List = field(O, Key).getAsArray();
  if (!List) {
    P.field(Key).report("a list must stand here");
    return false;
  }
  for (auto [Index, V] : enumerate(*List)) {
    const json::Object *Each = V.getAsObject();
    if (!Each) {
      P.field(Key).index(Index).report("an object must stand here");
      return false;
    }
    if (!Read(*Each, P.field(Key).index(Index)))
      return false;
  }
  return true;
}

bool JsonFields::number(const json::Object &O, StringRef Key, unsigned &Into,
                        json::Path P) {
  std::optional<int64_t> N = field(O, Key).getAsInteger();
  if (!N || *N < 0 || *N > std::numeric_limits<unsigned>::max()) {
    P.field(Key).report("a number from 0 on must stand here");
    return false;
  }
  Into = static_cast<unsigned>(*N);
  return true;
}

bool JsonFields::index(const json::Object &O, StringRef Key, Index &Into,
                       size_t Size, json::Path P) {
  if (field(O, Key).kind() == json::Value::Null)
    return true;
  unsigned N = 0;
  if (!number(O, Key, N, P))
    return false;
  if (N >= Size) {
    P.field(Key).report("nothing has this number");
    return false;
  }
  Into = N;
  return true;
}

bool JsonFields::place(const json::Object &O, Place &Into, json::Path P) {
  return optional(O, "place", P, [&](const json::Object &At, json::Path Here) {
    return get(At, "file", Into.File, Here) &&
           number(At, "line", Into.Line, Here) &&
           number(At, "column", Into.Column, Here) &&
           number(At, "endColumn", Into.EndColumn, Here);
  });
}

} // namespace raddle::cli
