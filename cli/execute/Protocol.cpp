// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Protocol.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace llvm;

namespace raddle::cli {

namespace {

using Strings = std::vector<std::string>;

json::Value lockModel(const model::LockModel &M) {
  json::Array Locks, Guards, Orders;
  for (const model::LockType &L : M.Locks)
    Locks.push_back(json::Object{{"type", L.Type},
                                 {"lock", L.Lock},
                                 {"tryLock", L.TryLock},
                                 {"unlock", L.Unlock},
                                 {"lockShared", L.LockShared},
                                 {"tryLockShared", L.TryLockShared},
                                 {"unlockShared", L.UnlockShared},
                                 {"recursive", L.Recursive}});
  for (const model::GuardType &G : M.Guards)
    Guards.push_back(json::Object{{"type", G.Type},
                                  {"lock", G.Lock},
                                  {"unlock", G.Unlock},
                                  {"shared", G.Shared}});
  for (const Strings &Order : M.Orders)
    Orders.push_back(json::Array(Order));
  return json::Object{{"locks", std::move(Locks)},
                      {"guards", std::move(Guards)},
                      {"orders", std::move(Orders)},
                      {"blocking", M.Blocking},
                      {"cancellationTypes", M.CancellationTypes},
                      {"cancellationChecks", M.CancellationChecks},
                      {"entryPoints", M.EntryPoints}};
}

/// Strings that need not be UTF-8 (file names) go through hexadecimal only if
/// they must; JSON would change them silently.
json::Value bytes(const Strings &Items) {
  json::Array Result;
  for (const std::string &Item : Items)
    Result.push_back(json::isUTF8(Item) ? Item : "\x01" + toHex(Item));
  return Result;
}

void unhex(Strings &Items) {
  for (std::string &Item : Items)
    if (!Item.empty() && Item[0] == '\x01')
      Item = fromHex(StringRef(Item).drop_front());
}

bool read(const json::Value &V, model::LockType &L, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("type", L.Type) && O.map("lock", L.Lock) &&
         O.map("tryLock", L.TryLock) && O.map("unlock", L.Unlock) &&
         O.map("lockShared", L.LockShared) &&
         O.map("tryLockShared", L.TryLockShared) &&
         O.map("unlockShared", L.UnlockShared) &&
         O.map("recursive", L.Recursive);
}

bool read(const json::Value &V, model::GuardType &G, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("type", G.Type) && O.map("lock", G.Lock) &&
         O.map("unlock", G.Unlock) && O.map("shared", G.Shared);
}

template <typename T>
bool readList(const json::Object &O, StringRef Key, std::vector<T> &Into,
              json::Path P) {
  const json::Array *Items = O.getArray(Key);
  if (!Items)
    return false;
  for (const json::Value &Item : *Items)
    if (!read(Item, Into.emplace_back(), P))
      return false;
  return true;
}

bool read(const json::Value &V, model::LockModel &M, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && readList(*V.getAsObject(), "locks", M.Locks, P) &&
         readList(*V.getAsObject(), "guards", M.Guards, P) &&
         O.map("orders", M.Orders) && O.map("blocking", M.Blocking) &&
         O.map("cancellationTypes", M.CancellationTypes) &&
         O.map("cancellationChecks", M.CancellationChecks) &&
         O.map("entryPoints", M.EntryPoints);
}

Error notUnderstood() {
  return createStringError("a message between raddle and its frontend is not "
                           "understood; install both from the same release");
}

std::string print(json::Value V) {
  std::string Text;
  raw_string_ostream(Text) << V;
  return Text;
}

} // namespace

json::Value toJSON(const checkers::FrontendOptions &Options) {
  Strings Pairs; // Name, value, name, value...
  for (const auto &[Name, Value] : Options.CheckOptions) {
    Pairs.push_back(Name);
    Pairs.push_back(Value);
  }
  return json::Object{{"root", Options.Extract.Root},
                      {"locks", lockModel(Options.Extract.Locks)},
                      {"fileChecks", Options.FileChecks},
                      {"checkOptions", bytes(Pairs)},
                      {"after", bytes(Options.ExtraArguments)},
                      {"before", bytes(Options.ExtraArgumentsBefore)}};
}

std::string encode(const Request &R) {
  return print(json::Object{
      {"names", bytes({R.Command.Directory, R.Command.File, R.Configuration})},
      {"arguments", bytes(R.Command.Arguments)},
      {"options", toJSON(R.Options)}});
}

Expected<Request> decodeRequest(StringRef Text) {
  Expected<json::Value> V = json::parse(Text);
  if (!V)
    return V.takeError();
  Request R;
  Strings Names;
  json::Path::Root Root;
  json::ObjectMapper O(*V, Root);
  if (!O || !O.map("names", Names) || Names.size() != 3 ||
      !O.map("arguments", R.Command.Arguments))
    return notUnderstood();
  unhex(Names);
  unhex(R.Command.Arguments);
  R.Command.Directory = Names[0];
  R.Command.File = Names[1];
  R.Configuration = Names[2];
  const json::Value *Options = V->getAsObject()->get("options");
  if (!Options)
    return notUnderstood();
  json::ObjectMapper P(*Options, Root);
  Strings Pairs;
  if (!P || !P.map("root", R.Options.Extract.Root) ||
      !P.map("fileChecks", R.Options.FileChecks) ||
      !P.map("checkOptions", Pairs) || Pairs.size() % 2 != 0 ||
      !P.map("after", R.Options.ExtraArguments) ||
      !P.map("before", R.Options.ExtraArgumentsBefore))
    return notUnderstood();
  unhex(Pairs);
  for (size_t I = 0; I < Pairs.size(); I += 2)
    R.Options.CheckOptions.emplace_back(Pairs[I], Pairs[I + 1]);
  unhex(R.Options.ExtraArguments);
  unhex(R.Options.ExtraArgumentsBefore);
  const json::Value *Locks = Options->getAsObject()->get("locks");
  if (!Locks || !read(*Locks, R.Options.Extract.Locks, Root))
    return notUnderstood();
  return R;
}

std::string encodeHead(const Reply &R) {
  return print(json::Object{{"failure", json::fixUTF8(R.Failure)},
                            {"dependencies", bytes(R.Dependencies)},
                            {"errors", bytes(R.Errors)},
                            {"memory", static_cast<int64_t>(R.MemoryKiB)}});
}

Expected<Reply> decodeHead(StringRef Text) {
  Expected<json::Value> V = json::parse(Text);
  if (!V)
    return V.takeError();
  Reply R;
  int64_t Memory = 0;
  json::Path::Root Root;
  json::ObjectMapper O(*V, Root);
  if (!O || !O.map("failure", R.Failure) ||
      !O.map("dependencies", R.Dependencies) || !O.map("errors", R.Errors) ||
      !O.map("memory", Memory))
    return notUnderstood();
  unhex(R.Dependencies);
  unhex(R.Errors);
  R.MemoryKiB = Memory;
  return R;
}

bool sendMessage(int Socket, StringRef Text, StringRef Payload) {
  char Sizes[8];
  support::endian::write32le(Sizes, Text.size());
  support::endian::write32le(Sizes + 4, Payload.size());
  for (StringRef Part : {StringRef(Sizes, 8), Text, Payload})
    while (!Part.empty()) {
      ssize_t Sent = ::send(Socket, Part.data(), Part.size(), MSG_NOSIGNAL);
      if (Sent < 0 && errno == EINTR)
        continue;
      if (Sent <= 0)
        return false;
      Part = Part.drop_front(Sent);
    }
  return true;
}

Received
receiveMessage(int Socket, Message &Into,
               std::optional<std::chrono::steady_clock::time_point> Deadline) {
  auto Fill = [&](char *At, size_t Size) {
    while (Size) {
      if (Deadline) {
        auto Left = std::chrono::duration_cast<std::chrono::milliseconds>(
            *Deadline - std::chrono::steady_clock::now());
        pollfd Wait{Socket, POLLIN, 0};
        // A day at most, so that the number fits.
        int Ready =
            ::poll(&Wait, 1, std::clamp<int64_t>(Left.count(), 0, 86'400'000));
        if (Ready < 0 && errno == EINTR)
          continue;
        if (Ready == 0)
          return Received::TimedOut;
      }
      ssize_t Got = ::read(Socket, At, Size);
      if (Got < 0 && errno == EINTR)
        continue;
      if (Got <= 0)
        return Received::End;
      At += Got;
      Size -= Got;
    }
    return Received::Message;
  };
  char Sizes[8];
  if (Received R = Fill(Sizes, 8); R != Received::Message)
    return R;
  Into.Text.resize(support::endian::read32le(Sizes));
  Into.Payload.resize(support::endian::read32le(Sizes + 4));
  if (Received R = Fill(Into.Text.data(), Into.Text.size());
      R != Received::Message)
    return R;
  return Fill(Into.Payload.data(), Into.Payload.size());
}

} // namespace raddle::cli
