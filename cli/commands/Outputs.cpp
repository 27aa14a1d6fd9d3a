// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Outputs.h"
#include "cli/commands/Common.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include <cstdlib>
#include <unistd.h>

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

Expected<bool> colourWanted(StringRef Option) {
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
  return sys::Process::StandardOutIsDisplayed() && Terminal &&
         StringRef(Terminal) != "dumb";
}

Error Outputs::open(const OutputOptions &Options) {
  Expected<bool> Colour = colourWanted(Options.Colour);
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
    SmallString<256> Beside;
    int Descriptor = -1;
    if (sys::fs::is_directory(Name))
      return cannotWrite(Name, std::make_error_code(std::errc::is_a_directory));
    if (std::error_code Code = sys::fs::createUniqueFile(
            Name + ".%%%%%%%%.tmp", Descriptor, Beside, sys::fs::OF_None,
            sys::fs::all_read | sys::fs::owner_write))
      return cannotWrite(Name, Code);
    Files.push_back({Name, std::string(Beside), *As, Descriptor});
  }
  if (Named && (StdoutIsNamed || !NamedIsUsed))
    Stdout = Named;
  else if (!Options.Quiet || Files.empty() || StdoutIsNamed)
    Stdout = Format::Text;
  return Error::success();
}

bool Outputs::has(Format F) const {
  for (const File &Each : Files)
    if (Each.As == F)
      return true;
  return Stdout == F;
}

Error Outputs::write(const Results &R, bool WithText) {
  if (Stdout && (WithText || *Stdout != Format::Text)) {
    if (Error E = cli::write(*Stdout, R, Writer, outs()))
      return E;
    outs().flush();
  }
  while (!Files.empty()) {
    File Each = Files.front();
    raw_fd_ostream Out(Each.Descriptor, /*shouldClose=*/true);
    Files.erase(Files.begin());
    WriterOptions Plain = Writer;
    Plain.Colour = false;
    if (Error E = cli::write(Each.As, R, Plain, Out)) {
      Out.close();
      Out.clear_error();
      sys::fs::remove(Each.Beside);
      return E;
    }
    Out.close();
    std::error_code Code = Out.error();
    Out.clear_error();
    if (!Code)
      Code = sys::fs::rename(Each.Beside, Each.Name);
    if (Code) {
      sys::fs::remove(Each.Beside);
      return cannotWrite(Each.Name, Code);
    }
  }
  return Error::success();
}

Outputs::~Outputs() {
  for (const File &Each : Files) {
    ::close(Each.Descriptor);
    sys::fs::remove(Each.Beside);
  }
}

} // namespace raddle::cli
