// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the configuration declares, and keys that must tell entities apart.
#include "checkers/extract/ExtractTestSupport.h"

using namespace raddle;
using namespace raddle::checkers;

namespace {

TEST(LockModel, DeclaredTypesAreLocksGuardsAndHandles) {
  FrontendOptions Options;
  model::LockModel &Model = Options.Extract.Locks;
  Model.Locks.push_back(
      {"os::Mute*", {"P"}, {"TryP"}, {"V"}, {}, {}, {}, true});
  Model.Guards.push_back({"os::Held", {"again"}, {"early"}, false});
  Model.CancellationTypes = {"job::Token"};
  Model.CancellationChecks = {"expired"};
  Model.Blocking = {"os::park"};
  Extracted X(R"(
namespace os {
struct Mutex { void P(); bool TryP(); void V(); };
struct Held { Held(Mutex &); ~Held(); void early(); void again(); };
void park();
}
namespace job { struct Token { bool expired() const; }; }
void f(os::Mutex &m, const job::Token &token) {
  m.P();
  if (m.TryP())
    m.V();
  {
    os::Held h(m);
    h.early();
    h.again();
  }
  if (!token.expired())
    os::park();
}
)",
              "unit.cpp", Options);
  EXPECT_EQ(X.function("f"), R"(
  handle param1 custom
  B0 -> B1 B2 if #1
    #0 acquire param0 recursive
    #1 acquire param0 try try-lock recursive
  B1 -> B2
    #2 release param0
  B2 -> B3 B4 if !#8
    #3 guard-init local0:h (param0) recursive
    #4 guard-release local0:h
    #5 guard-acquire local0:h
    #6 destroy local0:h
    #7 consult param1
    #8 poll param1 atomic-load
  B3 -> B4
    #9 block unbounded
    #10 call callee=park#
  B4 returns
)");
}

TEST(EntityKeys, TellInternalEntitiesOfTwoFilesApart) {
  const char *Code = "#include <mutex>\n"
                     "static void helper() {}\n"
                     "namespace { struct Local { void f() {} }; }\n"
                     "template <class T> void take(T t) { t(); }\n"
                     "void shared() { helper(); Local().f(); take([] {}); "
                     "take([] {}); }\n";
  ScratchFolder Folder;
  Folder.write("a/unit.cpp", Code);
  Folder.write("b/unit.cpp", Code);
  auto A = parse(Folder, {"clang++", "-c", "a/unit.cpp"});
  auto B = parse(Folder, {"clang++", "-c", "b/unit.cpp"});
  ASSERT_TRUE(A && B);
  auto Keys = [](const UnitResult &R) {
    std::map<std::string, std::string> Out;
    for (const model::FunctionSummary &F : R.Summary.Functions)
      Out[R.Summary.string(F.Key).str()] = R.Summary.string(F.Name).str();
    return Out;
  };
  auto InA = Keys(*A), InB = Keys(*B);
  // shared, helper, f, two instances of take, two lambdas.
  EXPECT_EQ(InA.size(), 7u);
  unsigned Common = 0;
  for (auto &[Key, Name] : InA)
    if (InB.count(Key)) {
      ++Common;
      EXPECT_TRUE(Name == "shared()" ||
                  llvm::StringRef(Name).starts_with("lambda"))
          << Name;
    }
  EXPECT_EQ(Common, 3u);
}

TEST(EntityKeys, AreEqualForOneInlineFunctionInTwoUnits) {
  ScratchFolder Folder;
  Folder.write("h.h", "#include <mutex>\n"
                      "template <class M> struct Box { M m; void f() { "
                      "m.lock(); auto g = [this] { m.unlock(); }; g(); } };\n"
                      "inline int count() { static int n; return ++n; }\n");
  Folder.write("a.cpp", "#include \"h.h\"\n"
                        "void a(Box<std::mutex> &b) { count(); b.f(); }\n");
  Folder.write("b.cpp", "#include \"h.h\"\nint before;\n"
                        "void b(Box<std::mutex> &x) { x.f(); count(); }\n");
  auto A = parse(Folder, {"clang++", "-c", "a.cpp"});
  auto B = parse(Folder, {"clang++", "-c", "b.cpp"});
  ASSERT_TRUE(A && B);
  std::map<std::string, std::string> InA;
  for (const model::FunctionSummary &F : A->Summary.Functions)
    InA[A->Summary.string(F.Key).str()] = model::dump(A->Summary, F);
  unsigned Common = 0;
  for (const model::FunctionSummary &F : B->Summary.Functions)
    if (auto It = InA.find(B->Summary.string(F.Key).str()); It != InA.end()) {
      ++Common;
      EXPECT_EQ(It->second, model::dump(B->Summary, F));
    }
  EXPECT_EQ(Common, 3u); // f, its lambda, count.
}

} // namespace
