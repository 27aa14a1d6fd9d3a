// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Field numbers are those of github.com/google/pprof, proto/profile.proto.
#include "cli/profile/Pprof.h"
#include <map>
#include <protozero/pbf_writer.hpp>
#include <zlib.h>

using namespace llvm;

namespace raddle::cli {

namespace {

class Builder {
public:
  explicit Builder(std::string &Out) : Message(Out) { text(""); }

  uint64_t text(const std::string &S) {
    return Texts.try_emplace(S, Texts.size()).first->second;
  }

  void valueType(uint32_t Field, const char *Type, const char *Unit) {
    std::string Bytes;
    protozero::pbf_writer W(Bytes);
    W.add_int64(1, int64_t(text(Type)));
    W.add_int64(2, int64_t(text(Unit)));
    Message.add_message(Field, Bytes);
  }

  /// A location is an address with the functions inlined there, innermost
  /// first; \p Frames are all of one address.
  uint64_t location(ArrayRef<lockorder::Frame> Frames) {
    std::string Key;
    for (const lockorder::Frame &F : Frames)
      Key += F.Function + '\0' + F.Where.File + '\0' +
             std::to_string(F.Where.Line) + '\0';
    Key += Frames.back().Module + '\0' + std::to_string(Frames.back().Offset);
    auto [It, New] = Locations.try_emplace(Key, Locations.size() + 1);
    if (!New)
      return It->second;
    std::string Bytes;
    protozero::pbf_writer W(Bytes);
    W.add_uint64(1, It->second);
    W.add_uint64(2, mapping(Frames.back().Module));
    W.add_uint64(3, Frames.back().Offset);
    for (const lockorder::Frame &F : Frames) {
      std::string Line;
      protozero::pbf_writer L(Line);
      L.add_uint64(1, function(F));
      L.add_int64(2, F.Where.Line);
      L.add_int64(3, F.Where.Column);
      W.add_message(4, Line);
    }
    Message.add_message(4, Bytes);
    return It->second;
  }

  void label(protozero::pbf_writer &Sample, const char *Key,
             const std::string &Value) {
    std::string Bytes;
    protozero::pbf_writer W(Bytes);
    W.add_int64(1, int64_t(text(Key)));
    W.add_int64(2, int64_t(text(Value)));
    Sample.add_message(3, Bytes);
  }

  void sample(const std::string &Bytes) { Message.add_message(2, Bytes); }

  void finish(int64_t TimeNs) {
    std::vector<const std::string *> InOrder(Texts.size());
    for (auto &[Text, Index] : Texts)
      InOrder[Index] = &Text;
    for (const std::string *Text : InOrder)
      Message.add_string(6, *Text);
    Message.add_int64(9, TimeNs);
  }

private:
  uint64_t function(const lockorder::Frame &F) {
    // The format has no function without a name.
    std::string Name = F.Function.empty() ? F.Module : F.Function;
    auto [It, New] =
        Functions.try_emplace({Name, F.Where.File}, Functions.size() + 1);
    if (!New)
      return It->second;
    std::string Bytes;
    protozero::pbf_writer W(Bytes);
    W.add_uint64(1, It->second);
    W.add_int64(2, int64_t(text(Name)));
    W.add_int64(3, int64_t(text(Name)));
    W.add_int64(4, int64_t(text(F.Where.File)));
    Message.add_message(5, Bytes);
    return It->second;
  }

  uint64_t mapping(const std::string &Module) {
    if (Module.empty())
      return 0;
    auto [It, New] = Mappings.try_emplace(Module, Mappings.size() + 1);
    if (!New)
      return It->second;
    std::string Bytes;
    protozero::pbf_writer W(Bytes);
    W.add_uint64(1, It->second);
    W.add_int64(5, int64_t(text(Module)));
    // Names, files, lines and inlined functions are in: do not look for them.
    for (uint32_t Field = 7; Field <= 10; ++Field)
      W.add_bool(Field, true);
    Message.add_message(3, Bytes);
    return It->second;
  }

  protozero::pbf_writer Message;
  std::map<std::string, uint64_t> Texts, Locations, Mappings;
  std::map<std::pair<std::string, std::string>, uint64_t> Functions;
};

Expected<std::string> gzip(const std::string &Data) {
  z_stream Stream = {};
  // 16: with gzip's header instead of zlib's.
  if (deflateInit2(&Stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return createStringError("no memory to compress the profile");
  std::string Result(deflateBound(&Stream, Data.size()), '\0');
  Stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(Data.data()));
  Stream.avail_in = uInt(Data.size());
  Stream.next_out = reinterpret_cast<Bytef *>(Result.data());
  Stream.avail_out = uInt(Result.size());
  int Code = deflate(&Stream, Z_FINISH);
  Result.resize(Stream.total_out);
  deflateEnd(&Stream);
  if (Code != Z_STREAM_END)
    return createStringError("the profile cannot be compressed");
  return Result;
}

} // namespace

Expected<std::string> writePprof(const Profile &P, size_t Index) {
  std::string Bytes;
  Builder B(Bytes);
  B.valueType(1, "tasks", "count");
  B.valueType(1, "blocked", "nanoseconds");
  for (const ProfileGroup &G : P.Groups) {
    uint64_t Count = Index < G.Counts.size() ? G.Counts[Index] : 0;
    if (!Count)
      continue;
    std::vector<uint64_t> Locations;
    for (size_t I = 0; I != G.Stack.size();) {
      size_t End = I;
      while (End + 1 != G.Stack.size() && G.Stack[End].Inlined)
        ++End;
      Locations.push_back(B.location(ArrayRef(G.Stack).slice(I, End + 1 - I)));
      I = End + 1;
    }
    bool Last = Index + 1 == P.Seconds.size();
    std::vector<int64_t> Values = {int64_t(Count),
                                   Last ? int64_t(G.BlockedSeconds * 1e9) : 0};
    std::string Sample;
    protozero::pbf_writer W(Sample);
    W.add_packed_uint64(1, Locations.begin(), Locations.end());
    W.add_packed_int64(2, Values.begin(), Values.end());
    B.label(W, "kind", G.Kind);
    if (G.Grows)
      B.label(W, "grows", "yes");
    B.sample(Sample);
  }
  double Seconds = Index < P.Seconds.size() ? P.Seconds[Index] : 0;
  B.finish(int64_t(P.StartNs) + int64_t(Seconds * 1e9));
  return gzip(Bytes);
}

} // namespace raddle::cli
