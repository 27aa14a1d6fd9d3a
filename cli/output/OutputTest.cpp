// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Structure and escaping of every format.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/TestResults.h"
#include "cli/output/TestText.h"
#include "llvm/ADT/StringSet.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
using namespace raddle::lockorder;

namespace {

json::Value parsed(StringRef Text) {
  EXPECT_TRUE(json::isUTF8(Text));
  auto V = json::parse(Text);
  EXPECT_TRUE(bool(V));
  return V ? std::move(*V) : json::Value(toString(V.takeError()));
}

TEST(Escape, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(visible("a\x1b[0m\xe2\x80\xae\xff\xc3\xa4\n"),
            "a<U+001B>[0m<U+202E><FF>\xc3\xa4<U+000A>");
  EXPECT_EQ(html("<a href='x'>&\"\xe2\x81\xa6\xfe"),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&#x27E8;U+2066&#x27E9;"
            "\xef\xbf\xbd");
  EXPECT_EQ(xml("<\x01\n]]>"), "&lt;&lt;U+0001&gt;&#10;]]&gt;");
  EXPECT_EQ(uriPath("a b/\xc3\xa4:%.cpp"), "a%20b/%C3%A4%3A%25.cpp");
}

TEST(Escape, ScriptEscaperSeesCharactersAcrossWrites) {
  std::string Text;
  raw_string_ostream Out(Text);
  {
    ScriptEscaper E(Out);
    E.SetUnbuffered();
    E << "\"</script>&\xe2" << "\x80" << "\xa8\xe2\x82\xac\"";
  }
  EXPECT_EQ(Text, "\"\\u003c/script\\u003e\\u0026\\u2028\xe2\x82\xac\"");
}

TEST(Formats, AreKnownByNameAndExtension) {
  EXPECT_EQ(formatFromName("gitlab"), Format::GitLab);
  EXPECT_EQ(formatFromName("Text"), std::nullopt);
  EXPECT_EQ(formatFromFile("out/report.HTML"), Format::Html);
  EXPECT_EQ(formatFromFile("a.xml"), Format::JUnit);
  EXPECT_EQ(formatFromFile("a.b/sarif"), std::nullopt);
}

TEST(Text, HostileNamesStayText) {
  TestFolder Folder;
  Results R = hostile(Folder);
  std::string Text = written(Format::Text, R);
  EXPECT_FALSE(showsHidden(Text));
  // No line begins with what a name says.
  EXPECT_EQ(Text.find("\n::error"), std::string::npos);
}

TEST(GitHub, EscapesOneCommandPerLine) {
  TestFolder Folder;
  std::string Text = written(Format::GitHub, inversion(Folder));
  EXPECT_EQ(
      Text.substr(0, Text.find("%0A")),
      "::error file=src/cache.cpp,line=2,endLine=2,col=18,endColumn=21,title="
      "raddle-lock-order-inversion::lock order inversion between "
      "'Queue::mutex_' and 'Cache::mutex_'");
  SmallVector<StringRef, 8> Lines;
  std::string Hostile = written(Format::GitHub, hostile(Folder));
  StringRef(Hostile).split(Lines, '\n', -1, /*KeepEmpty=*/false);
  EXPECT_EQ(Lines.size(), 3u);
  for (StringRef Line : Lines) {
    EXPECT_TRUE(Line.starts_with("::error ") || Line.starts_with("::warning "));
    EXPECT_LT(Line.size(), 64000u);
    EXPECT_FALSE(showsHidden(Line));
  }
}

TEST(GitLab, HasWhatIsRequired) {
  TestFolder Folder;
  json::Value V = parsed(written(Format::GitLab, hostile(Folder)));
  ASSERT_EQ(V.getAsArray()->size(), 2u);
  const json::Object &O = *(*V.getAsArray())[0].getAsObject();
  EXPECT_EQ(O.getString("severity"), "critical");
  EXPECT_EQ(O.getString("fingerprint")->size(), 32u);
  EXPECT_EQ(O.getObject("location")->getString("path"), "src/cache.cpp");
  EXPECT_EQ(O.getObject("location")->getObject("lines")->getInteger("begin"),
            2);
  EXPECT_EQ(written(Format::GitLab, Results()), "[]\n");
}

TEST(JUnit, IsWellFormed) {
  TestFolder Folder;
  std::string Text = written(Format::JUnit, hostile(Folder));
  EXPECT_TRUE(json::isUTF8(Text));
  EXPECT_FALSE(showsHidden(Text));
  EXPECT_EQ(wellFormed(Text), "");
  std::string One = written(Format::JUnit, inversion(Folder));
  EXPECT_NE(One.find("failures=\"1\" errors=\"0\">"), std::string::npos);
  // A check without findings has passed.
  EXPECT_NE(One.find("<testcase classname=\"raddle-double-lock\" name=\"no "
                     "findings\"/>"),
            std::string::npos);
}

TEST(Json, NamesRatherThanIndices) {
  TestFolder Folder;
  json::Value V = parsed(written(Format::Json, inversion(Folder)));
  const json::Object &O = *V.getAsObject();
  EXPECT_EQ(O.getInteger("version"), 1);
  const json::Object &F = *(*O.getArray("findings"))[0].getAsObject();
  EXPECT_EQ(F.getObject("place")->getInteger("column"), 18);
  const json::Object &W = *(*F.getArray("witnesses"))[0].getAsObject();
  EXPECT_EQ(W.getObject("takes")->getString("to"), "Cache::mutex_");
  const json::Object &S = *W.getArray("steps")->back().getAsObject();
  EXPECT_EQ(S.getString("kind"), "acquire");
  EXPECT_EQ((*S.getArray("held"))[0].getAsString(), "Queue::mutex_");
  EXPECT_EQ(F.getObject("turnRound")->getString("why"),
            "it is taken at 1 place");
  EXPECT_EQ(O.getObject("graph")->getArray("edges")->size(), 2u);
  parsed(written(Format::Json, hostile(Folder)));
  parsed(written(Format::Json, Results()));
}

TEST(ReportData, ExcerptsAreMergedAndColumnsUtf16) {
  TestFolder Folder;
  Results R = inversion(Folder);
  // Five bytes, two characters, three UTF-16 units before the column.
  Folder.write("src/queue.cpp", "a\n\xf0\x9f\xa7\xb5 lock(m);\nb\n");
  R.Findings[0].What.Witnesses[0].Steps[1].Where = {"src/queue.cpp", 2, 6, 10};
  std::string Text;
  raw_string_ostream Out(Text);
  writeReportData(R, Out);
  json::Value V = parsed(Text);
  const json::Object &O = *V.getAsObject();
  const json::Object &F = *(*O.getArray("findings"))[0].getAsObject();
  EXPECT_EQ(F.getString("id"), R.Findings[0].Fingerprint);
  const json::Object &Step =
      *(*(*F.getArray("witnesses"))[0].getAsObject()->getArray("steps"))[1]
           .getAsObject();
  const json::Object &P = *Step.getObject("place");
  EXPECT_EQ(P.getInteger("column"), 4);
  EXPECT_EQ(P.getInteger("endColumn"), 8);
  const json::Object &Source =
      *(*O.getArray("sources"))[*P.getInteger("source")].getAsObject();
  EXPECT_EQ(Source.getString("path"), "src/queue.cpp");
  ASSERT_EQ(Source.getArray("chunks")->size(), 1u);
  const json::Object &Chunk = *(*Source.getArray("chunks"))[0].getAsObject();
  EXPECT_EQ(Chunk.getInteger("first"), 1);
  EXPECT_EQ(Chunk.getArray("lines")->size(), 3u);
  EXPECT_EQ((*O.getArray("edges"))[1].getAsObject()->getBoolean("seen"), true);
  EXPECT_NE(O.getObject("checks")->getObject("raddle-lock-order-inversion"),
            nullptr);
}

constexpr StringLiteral Template =
    "<html><body><div id=\"raddle-static\">@RADDLE_STATIC@</div><script "
    "type=\"application/json\" id=\"raddle-data\">@RADDLE_DATA@</script>"
    "</body></html>";

TEST(Html, HostileNamesStayText) {
  TestFolder Folder;
  Folder.write("viewer/report.html", Template);
  Results R = hostile(Folder);
  WriterOptions Options;
  Options.ViewerTemplate = Folder.path() + "/viewer";
  std::string Page = written(Format::Html, R, Options);
  ASSERT_TRUE(json::isUTF8(Page));
  EXPECT_EQ(wellFormed(Page), "");
  auto [Before, Rest] = StringRef(Page).split("id=\"raddle-data\">");
  auto [Data, After] = Rest.split("</script>");
  EXPECT_EQ(After, "</body></html>");
  EXPECT_EQ(Data.find_first_of("<>&"), StringRef::npos);
  EXPECT_EQ(Before.find("<script>"), StringRef::npos);
  EXPECT_FALSE(showsHidden(Before));
  json::Value V = parsed(Data);
  EXPECT_EQ(
      (*V.getAsObject()->getArray("locks"))[1].getAsObject()->getString("name"),
      json::fixUTF8(hostileName()));
}

TEST(Html, StaticPartHoldsTheFinding) {
  TestFolder Folder;
  std::string Text;
  raw_string_ostream Out(Text);
  Results R = inversion(Folder);
  writeStaticReport(R, Out);
  EXPECT_EQ(wellFormed(Text), "");
  for (StringRef Part :
       {"<svg ", "class=\"st-edge st-turned\"", "<tr id=\"lock-1\">",
        "<tr id=\"edge-0\" class=\"st-inversion\">", "static + seen",
        "<span class=\"st-no\">2</span>  std::lock_guard lock(mutex_);",
        "Held: <code class=\"st-name\">Queue::mutex_</code>"})
    EXPECT_NE(Text.find(Part), std::string::npos) << Part.str();
  EXPECT_NE(Text.find("id=\"finding-" + R.Findings[0].Fingerprint + "\""),
            std::string::npos);
}

TEST(Html, StaticPartOfThousandsStaysSmall) {
  TestFolder Folder;
  Results R = inversion(Folder);
  R.Graph.Locks.resize(5000, R.Graph.Locks[0]);
  R.Graph.Edges.resize(20000, R.Graph.Edges[0]);
  std::vector<Diagnosis> Many(3000, R.Findings[0].What);
  R.Findings = makeFindings(std::move(Many), {});
  std::string Text;
  raw_string_ostream Out(Text);
  writeStaticReport(R, Out);
  EXPECT_LT(Text.size(), size_t(5) << 20);
  EXPECT_NE(Text.find("500 of 5000 locks"), std::string::npos);
  EXPECT_NE(Text.find("The first 1000 of 3000 findings"), std::string::npos);
}

TEST(Html, MissingTemplateSaysHowToBuildIt) {
  WriterOptions Options;
  Options.ViewerTemplate = "/nowhere";
  EXPECT_EQ(written(Format::Html, Results(), Options),
            "error: the report's page '/nowhere/report.html' cannot be read: "
            "No such file or directory; build it with 'npm ci && npm run "
            "build' in lockorder/viewer, or install raddle with "
            "RADDLE_BUILD_VIEWER=ON");
  TestFolder Folder;
  Folder.write("report.html", "<html>@RADDLE_STATIC@</html>");
  Options.ViewerTemplate = Folder.path();
  EXPECT_NE(written(Format::Html, Results(), Options)
                .find("has no place @RADDLE_DATA@"),
            std::string::npos);
}

} // namespace
