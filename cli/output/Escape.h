// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names come from outside: from sources, from symbol tables, from file names.
// Nothing in them may act on a terminal, a page or a parser.
#ifndef RADDLE_CLI_OUTPUT_ESCAPE_H
#define RADDLE_CLI_OUTPUT_ESCAPE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace raddle::cli {

/// One character of a text that need not be UTF-8.
struct Character {
  llvm::StringRef Bytes;
  /// -1: a byte that belongs to no character.
  int CodePoint = -1;
};

/// Takes the first character off \p Text, which is not empty.
Character takeCharacter(llvm::StringRef &Text);

/// Control characters (tab and line feed too), marks that turn the text round,
/// and what has no width: none of it can be seen, and some of it acts.
bool isHidden(int CodePoint);

/// Valid UTF-8 in which hidden characters read <U+202E>, and bytes that are no
/// UTF-8 <FF>. \p KeepSpace leaves tabs and line feeds as they are.
std::string visible(llvm::StringRef Text, bool KeepSpace = false);

/// Valid UTF-8, otherwise unchanged; llvm::json asserts on anything else.
std::string utf8(llvm::StringRef Text);

/// For HTML text and attributes in double quotes; hidden characters read
/// as in visible(), in angle brackets that HTML does not know.
std::string html(llvm::StringRef Text);

/// For XML 1.0 text and attributes in double quotes.
std::string xml(llvm::StringRef Text);

/// A path as the path of a URI.
std::string uriPath(llvm::StringRef Path);

/// What takes a whole document through escaping for <script>: '<', '>', '&',
/// U+2028 and U+2029 become \uXXXX, which JSON allows wherever they can occur
/// (in its strings).
class ScriptEscaper : public llvm::raw_ostream {
public:
  explicit ScriptEscaper(llvm::raw_ostream &Out) : Out(Out) {}
  ~ScriptEscaper() override { flush(); }

private:
  void write_impl(const char *Ptr, size_t Size) override;
  uint64_t current_pos() const override { return Position; }

  llvm::raw_ostream &Out;
  uint64_t Position = 0;
  std::string Pending; ///< Start of a character of which more may come.
};

} // namespace raddle::cli

#endif
