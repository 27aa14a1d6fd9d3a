// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// File checks register themselves; raddle's own run and the clang-tidy plugin
// both ask here which there are.
#ifndef RADDLE_CHECKERS_FRAMEWORK_FILECHECKREGISTRY_H
#define RADDLE_CHECKERS_FRAMEWORK_FILECHECKREGISTRY_H

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"

namespace raddle::checkers {

/// One check's place in a linked list of all; lives as long as the program.
class FileCheckEntry {
public:
  using Register = void (*)(clang::tidy::ClangTidyCheckFactories &);

  FileCheckEntry(const char *Id, Register Add)
      : Id(Id), Add(Add), Next(first()) {
    first() = this;
  }

  const char *const Id;
  const Register Add;
  const FileCheckEntry *const Next;

  static const FileCheckEntry *&first() {
    static const FileCheckEntry *Head = nullptr;
    return Head;
  }
};

/// Adds every file check to \p Factories.
inline void addFileChecks(clang::tidy::ClangTidyCheckFactories &Factories) {
  for (const FileCheckEntry *E = FileCheckEntry::first(); E; E = E->Next)
    E->Add(Factories);
}

} // namespace raddle::checkers

/// To be written once per check, in the file that defines it.
#define RADDLE_FILE_CHECK(Class, CheckId)                                      \
  static const raddle::checkers::FileCheckEntry Class##Entry(                  \
      CheckId, [](clang::tidy::ClangTidyCheckFactories &Factories) {           \
        Factories.registerCheck<Class>(CheckId);                               \
      });

#endif
