// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What it takes to have a library loaded into a program before its own ones.
#ifndef RADDLE_STRESS_RUNNER_PRELOAD_H
#define RADDLE_STRESS_RUNNER_PRELOAD_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace raddle::stress {

/// The loader splits LD_PRELOAD at blanks and colons, and knows no quotes: a
/// library below such a folder is loaded by a link elsewhere, which goes away
/// with this.
class PreloadPath {
public:
  static llvm::Expected<PreloadPath> of(const std::string &Library);
  PreloadPath(PreloadPath &&Other) noexcept;
  ~PreloadPath();
  const std::string &path() const { return Path; }

private:
  PreloadPath() = default;
  std::string Path, Folder;
};

/// This process's environment with \p Libraries in LD_PRELOAD and \p Options in
/// RADDLE_OPTIONS. The user's own come with ours; of options the last one
/// counts.
std::vector<std::string>
preloadEnvironment(llvm::ArrayRef<std::string> Libraries,
                   llvm::StringRef Options);

/// As execve wants them; point into \p Texts.
std::vector<char *> pointers(const std::vector<std::string> &Texts);

/// RADDLE_OPTIONS of this process, which are put before those of each run.
llvm::StringRef environmentOptions();

/// What of this process's environment replay files keep: the variables \p
/// Named, and those that often decide what a program does and hold nothing
/// secret.
std::vector<std::pair<std::string, std::string>>
keptEnvironment(llvm::ArrayRef<std::string> Named);

} // namespace raddle::stress

#endif
