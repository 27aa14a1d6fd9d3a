// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks LLVM's YAML nodes instead of mapping them with yaml::IO: that stops at
// its first surprise and cannot say which key was meant.
#include "cli/execute/Config.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include <functional>

using namespace llvm;

namespace raddle::cli {

namespace {

struct Key {
  StringRef Name;
  std::function<void(yaml::Node &)> Read;
};

class ConfigReader {
public:
  ConfigReader(StringRef Text, StringRef File) : File(File) {
    Sources.setDiagHandler(
        [](const SMDiagnostic &D, void *Self) {
          static_cast<ConfigReader *>(Self)->note(
              D.getLineNo(), D.getColumnNo() + 1, D.getMessage());
        },
        this);
    Document.emplace(MemoryBufferRef(Text, File), Sources);
  }

  Expected<Config> read() {
    Config C;
    yaml::document_iterator It = Document->begin();
    yaml::Node *Root = It == Document->end() ? nullptr : It->getRoot();
    if (Root && !isa<yaml::NullNode>(Root))
      mapping(*Root, top(C));
    // Reads on to where the document ends; mistakes may stand there too.
    if (Why.empty() && It != Document->end() && ++It != Document->end())
      bad(*It->getRoot(), "a second document starts here; only one is read");
    if (!Why.empty())
      return createStringError(Why);
    return C;
  }

private:
  std::vector<Key> top(Config &C) {
    auto Text = [this](std::optional<std::string> &Into) {
      return [this, &Into](yaml::Node &N) { scalar(N, Into.emplace()); };
    };
    return {
        {"Checks",
         // clang-tidy takes a list too.
         [this, &C](yaml::Node &N) {
           if (!isa<yaml::SequenceNode>(&N))
             return scalar(N, C.Checks.emplace());
           std::vector<std::string> Items;
           strings(N, Items);
           C.Checks = join(Items);
         }},
        {"WarningsAsErrors", Text(C.WarningsAsErrors)},
        {"HeaderFilterRegex", Text(C.HeaderFilterRegex)},
        {"CheckOptions",
         [this, &C](yaml::Node &N) { checkOptions(N, C.CheckOptions); }},
        {"locks",
         [this, &C](yaml::Node &N) {
           mapping(N, {{"types",
                        [this, &C](yaml::Node &L) {
                          each(L, [&](yaml::Node &I) {
                            lockType(I, C.Locks.Locks.emplace_back());
                          });
                        }},
                       {"guards",
                        [this, &C](yaml::Node &L) {
                          each(L, [&](yaml::Node &I) {
                            guardType(I, C.Locks.Guards.emplace_back());
                          });
                        }},
                       {"order", [this, &C](yaml::Node &L) {
                          each(L, [&](yaml::Node &I) {
                            strings(I, C.Locks.Orders.emplace_back());
                          });
                        }}});
         }},
        {"cancellation",
         [this, &C](yaml::Node &N) {
           mapping(N, {{"types", list(C.Locks.CancellationTypes)},
                       {"checks", list(C.Locks.CancellationChecks)}});
         }},
        {"entry-points", list(C.Locks.EntryPoints)},
        {"blocking", list(C.Locks.Blocking)},
    };
  }

  std::function<void(yaml::Node &)> list(std::vector<std::string> &Into) {
    return [this, &Into](yaml::Node &N) { strings(N, Into); };
  }

  std::function<void(yaml::Node &)> flag(bool &Into) {
    return [this, &Into](yaml::Node &N) {
      std::string Text;
      scalar(N, Text);
      if (Text == "true" || Text == "false")
        Into = Text == "true";
      else
        bad(N, "'" + Text + "' is neither 'true' nor 'false'");
    };
  }

  void lockType(yaml::Node &N, model::LockType &L) {
    // The bare name of a type with lock, try_lock and unlock.
    if (isa<yaml::ScalarNode>(&N))
      return scalar(N, L.Type);
    mapping(N, {{"type", [&](yaml::Node &V) { scalar(V, L.Type); }},
                {"lock", list(L.Lock)},
                {"try-lock", list(L.TryLock)},
                {"unlock", list(L.Unlock)},
                {"lock-shared", list(L.LockShared)},
                {"try-lock-shared", list(L.TryLockShared)},
                {"unlock-shared", list(L.UnlockShared)},
                {"recursive", flag(L.Recursive)}});
    if (L.Type.empty())
      bad(N, "a lock type needs its name in the key 'type'");
  }

  void guardType(yaml::Node &N, model::GuardType &G) {
    if (isa<yaml::ScalarNode>(&N))
      return scalar(N, G.Type);
    mapping(N, {{"type", [&](yaml::Node &V) { scalar(V, G.Type); }},
                {"lock", list(G.Lock)},
                {"unlock", list(G.Unlock)},
                {"shared", flag(G.Shared)}});
    if (G.Type.empty())
      bad(N, "a guard needs its name in the key 'type'");
  }

  void checkOptions(yaml::Node &N,
                    std::vector<std::pair<std::string, std::string>> &Into) {
    if (isa<yaml::SequenceNode>(&N)) {
      each(N, [&](yaml::Node &Item) {
        auto &[Name, Value] = Into.emplace_back();
        mapping(Item, {{"key", [&](yaml::Node &V) { scalar(V, Name); }},
                       {"value", [&](yaml::Node &V) { scalar(V, Value); }}});
      });
      return;
    }
    auto *Map = dyn_cast<yaml::MappingNode>(&N);
    if (!Map)
      return bad(N, "a mapping of option names to values must stand here");
    for (yaml::KeyValueNode &Pair : *Map) {
      auto &[Name, Value] = Into.emplace_back();
      if (Pair.getKey())
        scalar(*Pair.getKey(), Name);
      if (Pair.getValue())
        scalar(*Pair.getValue(), Value);
    }
  }

  void mapping(yaml::Node &N, const std::vector<Key> &Keys) {
    auto *Map = dyn_cast<yaml::MappingNode>(&N);
    if (!Map)
      return bad(N,
                 "a mapping with the keys " + names(Keys) + " must stand here");
    for (yaml::KeyValueNode &Pair : *Map) {
      auto *Name = dyn_cast_or_null<yaml::ScalarNode>(Pair.getKey());
      if (!Name)
        return bad(N, "a key must be a word");
      SmallString<32> Storage;
      StringRef Text = Name->getValue(Storage);
      auto Known = find_if(Keys, [&](const Key &K) { return K.Name == Text; });
      if (Known == Keys.end())
        return unknown(*Name, Text, Keys);
      yaml::Node *Value = Pair.getValue();
      if (!Value)
        return bad(*Name, "'" + Text + "' has no value");
      if (!isa<yaml::NullNode>(Value))
        Known->Read(*Value);
      if (!Why.empty())
        return;
    }
  }

  void unknown(yaml::Node &N, StringRef Text, const std::vector<Key> &Keys) {
    std::vector<std::string> Known;
    for (const Key &K : Keys)
      Known.push_back(K.Name.str());
    std::string Meant = nearest(Text, Known);
    bad(N, "unknown key '" + Text + "'; " +
               (Meant.empty() ? "known here are " + names(Keys)
                              : "did you mean '" + Meant + "'?"));
  }

  static std::string names(const std::vector<Key> &Keys) {
    std::string Text;
    for (const Key &K : Keys)
      Text += (Text.empty() ? "'" : ", '") + K.Name.str() + "'";
    return Text;
  }

  void each(yaml::Node &N, function_ref<void(yaml::Node &)> Item) {
    auto *List = dyn_cast<yaml::SequenceNode>(&N);
    if (!List)
      return bad(N, "a list must stand here, such as '[a, b]'");
    for (yaml::Node &One : *List) {
      Item(One);
      if (!Why.empty())
        return;
    }
  }

  void strings(yaml::Node &N, std::vector<std::string> &Into) {
    Into.clear();
    each(N, [&](yaml::Node &One) { scalar(One, Into.emplace_back()); });
  }

  void scalar(yaml::Node &N, std::string &Into) {
    if (auto *Block = dyn_cast<yaml::BlockScalarNode>(&N)) {
      Into = Block->getValue().str();
      return;
    }
    auto *Text = dyn_cast<yaml::ScalarNode>(&N);
    if (!Text)
      return bad(N, "a text must stand here, not a list or a mapping");
    SmallString<64> Storage;
    Into = Text->getValue(Storage).str();
  }

  static std::string join(const std::vector<std::string> &Items) {
    std::string Text;
    for (const std::string &Item : Items)
      Text += (Text.empty() ? "" : ",") + Item;
    return Text;
  }

  void bad(yaml::Node &N, const Twine &What) {
    auto [Line, Column] = Sources.getLineAndColumn(N.getSourceRange().Start);
    note(Line, Column, What);
  }

  /// The first surprise is the one to mend; others may follow from it.
  void note(unsigned Line, unsigned Column, const Twine &What) {
    if (Why.empty())
      Why =
          (File + ":" + Twine(Line) + ":" + Twine(Column) + ": " + What).str();
  }

  StringRef File;
  SourceMgr Sources;
  std::optional<yaml::Stream> Document;
  std::string Why;
};

} // namespace

Expected<Config> parseConfig(StringRef Text, StringRef File) {
  return ConfigReader(Text, File).read();
}

} // namespace raddle::cli
