// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program: all translation units joined by linkage.
//
// Functions keep pointing into the summaries, which must outlive the program.
// Nothing here changes after construction, except for the tables of symbols
// and paths; one thread works on a program.
#ifndef RADDLE_LOCKORDER_LINK_PROGRAM_H
#define RADDLE_LOCKORDER_LINK_PROGRAM_H

#include "lockorder/link/Diagnosis.h"
#include "lockorder/link/Paths.h"
#include "lockorder/model/TUSummary.h"

namespace raddle::lockorder {

using FunctionId = uint32_t;
constexpr FunctionId NoFunction = ~0u;

/// The symbols of one summary's strings, made as they are needed.
class Unit {
public:
  Unit(const model::TUSummary &Summary, SymbolTable &Symbols)
      : Summary(Summary), Symbols(&Symbols), Map(Summary.Strings.size(), ~0u) {}
  Symbol symbol(model::StringId Id) const {
    if (Map[Id] == ~0u)
      Map[Id] = Symbols->intern(Summary.string(Id));
    return Map[Id];
  }
  const model::TUSummary &Summary;

private:
  SymbolTable *Symbols;
  mutable std::vector<Symbol> Map;
};

struct Function {
  const model::FunctionSummary *Summary = nullptr;
  const Unit *In = nullptr;
  Symbol Key = 0;
  Symbol Name = 0;
  Symbol Record = 0;
  bool hasBody() const { return Summary->HasBody; }
};

struct Record {
  Symbol Key = 0, Name = 0;
  std::vector<Symbol> Bases;
};

struct LockDeclaration {
  Symbol Type = 0;        ///< Of the lock: "std::mutex".
  Symbol Spelled = 0;     ///< Of the variable: "std::unique_ptr<std::mutex>".
  Symbol Record = 0;      ///< Class of its type, pointers looked through.
  bool KnownLock = false; ///< A lock of a known library.
  Place Declared;
};

class Program {
public:
  explicit Program(const std::vector<model::TUSummary> &Summaries);

  /// The function with this key; NoFunction if no summary has it.
  FunctionId find(Symbol Key) const {
    auto It = ByKey.find(Key);
    return It == ByKey.end() ? NoFunction : It->second;
  }
  /// All functions that a virtual call of \p F can reach, \p F among them if
  /// it has a body; in a fixed order.
  const std::vector<FunctionId> &overriders(FunctionId F) const;

  /// Path of \p F's unit as a path of the program.
  PathRef path(const Function &F, model::PathId Id);
  Place place(const Function &F, const model::Location &Where) const;
  llvm::StringRef text(Symbol S) const { return Symbols.text(S); }
  std::string str(Symbol S) const { return Symbols.text(S).str(); }

  /// Qualified name of a record for messages; its key if nothing is known.
  Symbol recordName(Symbol Key) const {
    auto It = Records.find(Key);
    return It == Records.end() ? Key : It->second.Name;
  }
  /// Declared lock type and place of a field or global, if a summary has it.
  const LockDeclaration *field(Symbol Record, Symbol Name) const {
    auto It = Fields.find({Record, Name});
    return It == Fields.end() ? nullptr : &It->second;
  }
  const LockDeclaration *global(Symbol Key) const {
    auto It = Globals.find(Key);
    return It == Globals.end() ? nullptr : &It->second;
  }
  Symbol globalName(Symbol Key) const {
    auto It = GlobalNames.find(Key);
    return It == GlobalNames.end() ? Key : It->second;
  }

  SymbolTable Symbols;
  PathTable Paths{Symbols};
  std::vector<Unit> Units;
  std::vector<Function> Functions;

private:
  void addFunctions(const Unit &U);
  void addDeclarations(const Unit &U);

  llvm::DenseMap<Symbol, FunctionId> ByKey;
  llvm::DenseMap<Symbol, Record> Records;
  llvm::DenseMap<std::pair<Symbol, Symbol>, LockDeclaration> Fields;
  llvm::DenseMap<Symbol, LockDeclaration> Globals;
  llvm::DenseMap<Symbol, Symbol> GlobalNames;
  /// Direct overriders of a method.
  llvm::DenseMap<Symbol, std::vector<FunctionId>> OverriddenBy;
  mutable llvm::DenseMap<FunctionId, std::vector<FunctionId>> OverriderCache;
};

} // namespace raddle::lockorder

#endif
