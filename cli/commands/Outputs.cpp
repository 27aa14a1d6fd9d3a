// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Outputs.h"
#include "cli/commands/Common.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace raddle::cli {

namespace {

constexpr StringLiteral FormatNames =
    "text, sarif, json, github, gitlab, junit or html";

Error cannotWrite(StringRef Name, std::error_code Code) {
  return createStringError("'" + Name + "' cannot be written (" +
                           Code.message() +
                           "); make its folder, or name another with -o");
}

} // namespace

void addOutputOptions(CLI::App &Command, OutputOptions &O, std::string &Root,
                      const char *FormatOf) {
  Command.add_option("--root", Root,
                     "Folder that the sources' places are relative to");
  Command.add_option("--format", O.Format,
                     std::string(FormatOf) +
                         "text, sarif, json, github, gitlab, junit, html");
  Command
      .add_option("-o,--output", O.Files,
                  "Write the result to a file; its extension says the format. "
                  "Can be repeated")
      ->allow_extra_args(false);
  Command.add_option("--color", O.Colour, "auto, always, never")
      ->capture_default_str();
  Command.add_flag("-q,--quiet", O.Quiet, "Findings and errors only");
}

Expected<bool> colourWanted(StringRef Option, bool OfStderr) {
  if (Option == "always")
    return true;
  if (Option == "never")
    return false;
  if (Option != "auto")
    return createStringError("--color: '" + Option +
                             "' is none of auto, always and never");
  // https://no-color.org: set and not empty.
  const char *No = std::getenv("NO_COLOR");
  if (No && *No)
    return false;
  const char *Terminal = std::getenv("TERM");
  return (OfStderr ? sys::Process::StandardErrIsDisplayed()
                   : sys::Process::StandardOutIsDisplayed()) &&
         Terminal && StringRef(Terminal) != "dumb";
}

Expected<Outputs::File> Outputs::openFile(StringRef Name, Format As) {
  File Result{Name.str(), Name.str(), "", As, -1};
  // Behind a link, so that the link stays one.
  SmallString<256> Real;
  if (!sys::fs::real_path(Name, Real))
    Result.Target = std::string(Real);
  sys::fs::file_status Status;
  std::error_code Code = sys::fs::status(Result.Target, Status);
  if (sys::fs::is_directory(Status))
    return cannotWrite(Name, std::make_error_code(std::errc::is_a_directory));
  if (!Code && !sys::fs::is_regular_file(Status)) {
    // A device or a pipe is written to; a rename would put a file in its place.
    Code = sys::fs::openFileForWrite(Result.Target, Result.Descriptor,
                                     sys::fs::CD_OpenExisting);
    if (Code)
      return cannotWrite(Name, Code);
    return Result;
  }
  SmallString<256> Beside;
  unsigned Mode = sys::fs::all_read | sys::fs::owner_write;
  if (!Code) {
    if (!sys::fs::can_write(Result.Target))
      return cannotWrite(Name,
                         std::make_error_code(std::errc::permission_denied));
    Mode = Status.permissions();
  }
  if ((Code = sys::fs::createUniqueFile(Result.Target + ".%%%%%%%%.tmp",
                                        Result.Descriptor, Beside,
                                        sys::fs::OF_None, Mode)))
    return cannotWrite(Name, Code);
  Result.Beside = std::string(Beside);
  // Also when the run is interrupted.
  sys::RemoveFileOnSignal(Result.Beside);
  return Result;
}

Error Outputs::open(const OutputOptions &Options) {
  Expected<bool> Colour = colourWanted(Options.Colour, Options.TextToStderr);
  if (!Colour)
    return Colour.takeError();
  Writer.Colour = *Colour;
  Writer.ViewerTemplate = viewerFolder();
  std::optional<Format> Named;
  if (!Options.Format.empty()) {
    Named = formatFromName(Options.Format);
    if (!Named)
      return createStringError("--format: there is no '" + Options.Format +
                               "'; use " + FormatNames);
  }
  bool NamedIsUsed = false, StdoutIsNamed = false;
  for (const std::string &Name : Options.Files) {
    if (Name == "-") {
      StdoutIsNamed = true;
      continue;
    }
    std::optional<Format> As = formatFromFile(Name);
    if (!As || As == Named) {
      As = Named;
      NamedIsUsed = true;
    }
    if (!As)
      return createStringError(
          "the format of '" + Name +
          "' is not known; end its name in .txt, .sarif, .json, .html or "
          ".xml, or give --format (" +
          FormatNames + ")");
    Expected<File> Opened = openFile(Name, *As);
    if (!Opened)
      return Opened.takeError();
    Files.push_back(std::move(*Opened));
    Formats.push_back(*As);
  }
  if (Named && (StdoutIsNamed || !NamedIsUsed))
    Stdout = Named;
  else if (!Options.Quiet || Files.empty() || StdoutIsNamed)
    Stdout = Format::Text;
  return Error::success();
}

Error Outputs::openBesideProgram(OutputOptions Options) {
  Options.TextToStderr = true;
  if (Error E = open(Options))
    return E;
  if (Stdout && Stdout != Format::Text)
    return createStringError("standard output is the program's; name a file "
                             "for the result with -o");
  return Error::success();
}

bool Outputs::has(Format F) const {
  return Stdout == F || is_contained(Formats, F);
}

void Outputs::discard(const File &Each) {
  if (Each.Beside.empty())
    return;
  sys::fs::remove(Each.Beside);
  sys::DontRemoveFileOnSignal(Each.Beside);
}

Error Outputs::write(const Results &R, bool WithText) {
  if (Stdout && (WithText || *Stdout != Format::Text)) {
    if (Error E = cli::write(*Stdout, R, Writer, outs()))
      return E;
    outs().flush();
  }
  for (File &Each : Files) {
    raw_fd_ostream Out(std::exchange(Each.Descriptor, -1),
                       /*shouldClose=*/true);
    WriterOptions Plain = Writer;
    Plain.Colour = false;
    if (Error E = cli::write(Each.As, R, Plain, Out)) {
      Out.close();
      Out.clear_error();
      discard(Each);
      return E;
    }
    Out.close();
    std::error_code Code = Out.error();
    Out.clear_error();
    if (!Code && !Each.Beside.empty())
      Code = sys::fs::rename(Each.Beside, Each.Target);
    discard(Each);
    if (Code)
      return cannotWrite(Each.Name, Code);
  }
  return Error::success();
}

Outputs::~Outputs() {
  for (const File &Each : Files) {
    if (Each.Descriptor < 0)
      continue;
    ::close(Each.Descriptor);
    discard(Each);
  }
}

} // namespace raddle::cli
