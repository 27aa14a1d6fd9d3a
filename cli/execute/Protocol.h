// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What raddle and its frontend workers say to each other: a request and its
// reply, each JSON with a length before it, the reply followed by the bytes of
// the summary.
#ifndef RADDLE_CLI_EXECUTE_PROTOCOL_H
#define RADDLE_CLI_EXECUTE_PROTOCOL_H

#include "checkers/framework/FrontendRun.h"
#include "llvm/Support/JSON.h"
#include <chrono>

namespace raddle::cli {

/// The worker ends with this code when the memory limit is reached.
inline constexpr int OutOfMemoryExit = 77;

struct Request {
  checkers::CompileCommand Command;
  checkers::FrontendOptions Options;
  std::string Configuration;
};

struct Reply {
  /// Why there is no summary at all; empty if there is one.
  std::string Failure;
  std::string Summary; ///< Bytes of model::writeSummary.
  std::vector<std::string> Dependencies, Errors;
  uint64_t MemoryKiB = 0; ///< What the worker occupies now.
};

/// All options that an extraction depends on; also part of the cache's keys.
llvm::json::Value toJSON(const checkers::FrontendOptions &Options);

std::string encode(const Request &R);
llvm::Expected<Request> decodeRequest(llvm::StringRef Text);
std::string encodeHead(const Reply &R);
llvm::Expected<Reply> decodeHead(llvm::StringRef Text);

struct Message {
  std::string Text, Payload;
};

enum class Received : uint8_t { Message, End, TimedOut };

/// Sends without raising SIGPIPE. False: nobody listens any more.
bool sendMessage(int Socket, llvm::StringRef Text, llvm::StringRef Payload);

/// Waits until \p Deadline for a whole message, for ever if it is empty.
Received
receiveMessage(int Socket, Message &Into,
               std::optional<std::chrono::steady_clock::time_point> Deadline);

} // namespace raddle::cli

#endif
