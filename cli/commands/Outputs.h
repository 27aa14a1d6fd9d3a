// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where results go: standard output and any number of files.
#ifndef RADDLE_CLI_COMMANDS_OUTPUTS_H
#define RADDLE_CLI_COMMANDS_OUTPUTS_H

#include "cli/output/Writers.h"

namespace CLI {
class App;
}

namespace raddle::cli {

struct OutputOptions {
  std::string Format;             ///< --format, or empty.
  std::vector<std::string> Files; ///< -o.
  std::string Colour = "auto";    ///< --color.
  bool Quiet = false;
  /// Standard output is somebody else's.
  bool TextToStderr = false;
};

/// --root, --format, -o, --color and -q of a command that runs a program.
/// \p FormatOf: "Of -o: " where --format says nothing of standard output.
void addOutputOptions(CLI::App &Command, OutputOptions &O, std::string &Root,
                      const char *FormatOf = "");

class Outputs {
public:
  ~Outputs();
  Outputs() = default;
  Outputs(const Outputs &) = delete;

  /// Opens a file beside each output, so that a name that cannot be written is
  /// noticed before the analysis starts.
  llvm::Error open(const OutputOptions &Options);
  /// The same while a program has standard output: text goes to standard
  /// error, and any other format must have a file.
  llvm::Error openBesideProgram(OutputOptions Options);
  /// Writes all and renames the files to their names; text on standard output
  /// only \p WithText.
  llvm::Error write(const Results &R, bool WithText = true);

  /// Results go to standard output as text.
  bool textOnStdout() const { return Stdout == Format::Text; }
  /// Any format but text, or none at all, is on standard output.
  std::optional<Format> onStdout() const { return Stdout; }
  bool has(Format F) const;
  bool colour() const { return Writer.Colour; }

private:
  struct File {
    std::string Name;
    std::string Target; ///< Name with links followed.
    std::string Beside; ///< Empty: Target is no regular file, written as it is.
    Format As;
    int Descriptor;
  };
  static llvm::Expected<File> openFile(llvm::StringRef Name, Format As);
  /// Removes the file beside, if it still is there.
  static void discard(const File &Each);

  std::optional<Format> Stdout;
  std::vector<File> Files;     ///< Not yet renamed.
  std::vector<Format> Formats; ///< Of all files.
  WriterOptions Writer;
};

/// Looks at --color, NO_COLOR and whether standard output, or standard error,
/// is a terminal.
llvm::Expected<bool> colourWanted(llvm::StringRef Option,
                                  bool OfStderr = false);

} // namespace raddle::cli

#endif
