// The rules must be able to fail: each is shown trees that break it, made up here.
#include "tests/tidy/rule.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/tidy/room_map.hpp"

namespace spindrift::tidy {
namespace {

// Two rooms, `low` under `high`, that keep every rule.
source_tree tidy_tree() {
  source_tree tree;
  tree.add("common/CMakeLists.txt", "add_room(base)\n");
  tree.add("common/base/word.hpp", "// A word.\n#pragma once\n#include <string>\n");
  tree.add("server/low/CMakeLists.txt",
           "# a comment (with brackets\nadd_room(low SOURCES a.cpp LINKS spindrift_base)\n");
  tree.add("server/low/a.hpp", "// An a.\n#pragma once\n#include \"common/base/word.hpp\"\n");
  tree.add("server/low/a.cpp", "#include \"server/low/a.hpp\"\n");
  tree.add("server/high/CMakeLists.txt",
           "add_room(high\n  SOURCES b.cpp sub/c.cpp\n  LINKS spindrift_low Boost::headers)\n");
  tree.add("server/high/b.hpp", "// A b.\n#pragma once\n#include <boost/asio/post.hpp>\n");
  tree.add("server/high/b.cpp", "#include \"server/low/a.hpp\"\n#include \"common/base/word.hpp\"\n");
  tree.add("server/high/sub/c.cpp", "#include \"server/high/b.hpp\"\n");
  return tree;
}

source_tree with(const std::string& path, const std::string& text) {
  source_tree tree = tidy_tree();
  tree.files.erase(path);
  tree.add(path, text);
  return tree;
}

TEST(rule, has_no_complaint_about_a_tidy_tree) {
  const source_tree tree = tidy_tree();
  for (const auto& rule : {forbidden_arrows, circles, foreign_includes_of_detect, heavy_includes, orphans, long_lines,
                           unfinished_work, headers_without_contract, names_without_header}) {
    EXPECT_TRUE(rule(tree).empty());
  }
  EXPECT_TRUE(long_files(tree).empty());
}

TEST(rule, refuses_a_standard_name_whose_header_nobody_includes) {
  EXPECT_EQ(names_without_header(with("server/low/a.cpp", "#include \"server/low/a.hpp\"\nstd::string a;\n")).size(),
            0U)
      << "through a header of ours";
  const complaints found = names_without_header(with("server/low/a.cpp", "// std::map\nstd::vector<int> a;\n"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front(), "server/low/a.cpp: std::vector without <vector>");
}

TEST(rule, knows_the_room_of_each_file) {
  const source_tree tree = with("server/low/alone.hpp", "// Alone.\n#pragma once\n");
  const room_map rooms(tree);
  const auto room_of = [&](const std::string& path) { return rooms.rooms_of(tree.files.at(path)).front(); };
  EXPECT_EQ(room_of("common/base/word.hpp"), "base");
  EXPECT_EQ(room_of("server/low/a.cpp"), "low");
  EXPECT_EQ(room_of("server/low/alone.hpp"), "low");
  EXPECT_EQ(room_of("server/high/sub/c.cpp"), "high");
  EXPECT_TRUE(rooms.seen_from("high").contains("base"));
  EXPECT_FALSE(rooms.seen_from("low").contains("high"));
}

TEST(rule, finds_an_arrow_that_the_link_list_does_not_permit) {
  EXPECT_EQ(forbidden_arrows(with("server/low/a.cpp", "#include \"server/high/b.hpp\"\n")),
            complaints{"server/low/a.cpp:1: low does not link the room of server/high/b.hpp"});
  EXPECT_EQ(forbidden_arrows(with("common/base/word.hpp", "\n#include \"server/low/a.hpp\"\n")).size(), 1U);
}

TEST(rule, finds_an_include_that_is_not_from_the_top_of_the_house) {
  EXPECT_EQ(forbidden_arrows(with("server/low/a.cpp", "#include \"a.hpp\"\n")).size(), 1U);
  EXPECT_EQ(forbidden_arrows(with("server/low/a.cpp", "#  include   \"../low/a.hpp\"  // why\n")).size(), 1U);
}

TEST(rule, finds_a_file_without_a_room) {
  EXPECT_EQ(forbidden_arrows(with("client/lost.hpp", "// Lost.\n#pragma once\n")).size(), 1U);
}

TEST(rule, finds_circles_of_files_and_of_rooms) {
  source_tree tree = tidy_tree();
  tree.add("server/low/x.hpp", "#include \"server/low/y.hpp\"\n");
  tree.add("server/low/y.hpp", "#include \"server/low/x.hpp\"\n");
  EXPECT_EQ(circles(tree), complaints{"circle: server/low/x -> server/low/y -> server/low/x"});
  tree = tidy_tree();
  tree.add("server/low/CMakeLists.txt", "add_room(low SOURCES a.cpp LINKS spindrift_high)\n");
  EXPECT_EQ(circles(tree), complaints{"circle: high -> low -> high"});
  source_tree units = with("server/low/x.hpp", "// An x.\n#pragma once\n");
  units.add("server/low/y.hpp", "// A y.\n#pragma once\n#include \"server/low/x.hpp\"\n");
  units.add("server/low/x.cpp", "#include \"server/low/x.hpp\"\n#include \"server/low/y.hpp\"\n");
  EXPECT_EQ(circles(units), complaints{"circle: server/low/x -> server/low/y -> server/low/x"});
  EXPECT_EQ(circles(with("server/low/x.hpp", "#include \"server/low/x.hpp\"\n")).size(), 1U);
}

TEST(rule, finds_additions_that_touch_too_much_or_what_is_not_there) {
  const std::string a = "[a.cpp](../server/low/a.cpp)";
  const auto complaints_about = [&](const std::string& row) {
    std::string table = "# A\n\n## What a new one touches\n\n| new | its own | old |\n|---|---|---|\n" + row;
    for (const char* const kind : {"command", "detector", "format", "transport"}) {
      table.append("| ").append(kind).append(" | new.cpp | ").append(a).append(" |\n");
    }
    return additions_beyond_four_files(tidy_tree(), table + "\n## B\n| x | y | z |\n");
  };
  EXPECT_TRUE(complaints_about("| sink | new.cpp | " + a + ", [list](../server/low/CMakeLists.txt) |\n").empty());
  EXPECT_EQ(complaints_about("| sink | new.cpp | [z](../server/low/z.cpp) |\n"),
            complaints{"sink: there is no server/low/z.cpp"});
  EXPECT_EQ(complaints_about("| sink | new.cpp | " + a + a + a + a + a + " |\n").size(), 1U);
  EXPECT_EQ(complaints_about("| sink | new.cpp | nothing |\n").size(), 1U);
  EXPECT_EQ(complaints_about(""), complaints{"sink: is not in the table of what a new one touches"});
  EXPECT_EQ(additions_beyond_four_files(tidy_tree(), "# no table").size(), 1U);
}

TEST(rule, finds_files_beyond_a_row) {
  const std::string table = "\n## What a new one touches\n| command | x | [a](../server/low/a.cpp) |\n";
  const auto complaints_about = [&](const source_tree& tree) {
    return files_beyond_row(tree, table, "command", "ping");
  };
  source_tree tree = with("server/low/a.cpp", "// ping\n");
  EXPECT_TRUE(complaints_about(tree).empty());
  tree.add("server/low/b.cpp", "ping();\nstopping();\n");
  EXPECT_EQ(complaints_about(tree), complaints{"server/low/b.cpp: ping stands here, and not in the row of command"});
  EXPECT_EQ(complaints_about(with("server/low/a.cpp", "shipping();\n")),
            complaints{"server/low/a.cpp: is in the row of command, and knows no ping"});
  EXPECT_EQ(files_beyond_row(tree, table, "sink", "ping").size(), 1U);
}

TEST(rule, finds_what_detect_must_not_include) {
  for (const char* const line :
       {"#include <nlohmann/json.hpp>\n", "#include <unistd.h>\n", "#include \"common/base/word.hpp\"\n"}) {
    EXPECT_EQ(foreign_includes_of_detect(with("server/detect/ensemble/d.cpp", line)).size(), 1U) << line;
  }
  EXPECT_TRUE(foreign_includes_of_detect(with("server/detect/d.cpp", "#include <cmath>\n")).empty());
}

TEST(rule, finds_heavy_includes) {
  EXPECT_EQ(heavy_includes(with("server/low/a.hpp", "#include <boost/beast/http.hpp>\n")).size(), 1U);
  EXPECT_EQ(heavy_includes(with("server/high/b.hpp", "#include <nlohmann/json.hpp>\n")).size(), 1U);
  EXPECT_EQ(heavy_includes(with("server/high/b.hpp", "#include <gnuplot-iostream.h>\n")).size(), 1U);
  EXPECT_TRUE(heavy_includes(with("server/high/b.cpp", "#include <nlohmann/json.hpp>\n")).empty());
  source_tree tree = tidy_tree();
  tree.add("server/engine/CMakeLists.txt", "add_room(engine SOURCES e.cpp LINKS Boost::headers)\n");
  tree.add("server/engine/e.cpp", "#include <boost/asio/post.hpp>\n");
  EXPECT_EQ(heavy_includes(tree).size(), 1U);
}

TEST(rule, finds_orphans_and_ghosts) {
  EXPECT_EQ(orphans(with("server/high/forgotten.cpp", "")),
            complaints{"server/high/forgotten.cpp: is named by no CMakeLists.txt"});
  source_tree tree = tidy_tree();
  tree.files.erase("server/high/b.cpp");
  EXPECT_EQ(orphans(tree).size(), 1U);
}

TEST(rule, measures_lines_in_characters) {
  const std::string full(120, 'x');
  EXPECT_TRUE(long_lines(with("server/low/a.cpp", full + "\n")).empty());
  EXPECT_TRUE(long_lines(with("server/low/a.cpp", full.substr(1) + "\xc3\xa9\n")).empty());
  EXPECT_EQ(long_lines(with("server/low/a.cpp", "\n" + full + "x\n")),
            complaints{"server/low/a.cpp:2: over 120 columns"});
}

TEST(rule, finds_files_that_are_too_long) {
  EXPECT_TRUE(long_files(with("server/low/a.cpp", std::string(500, '\n'))).empty());
  EXPECT_EQ(long_files(with("server/low/a.cpp", std::string(501, '\n'))), complaints{"server/low/a.cpp: 501 lines"});
}

TEST(rule, finds_locks_that_hold_nothing) {
  for (const std::string& kind : {std::string("lock_guard<mutex_type>"), std::string("scoped_lock")}) {
    EXPECT_EQ(locks_without_name(with("server/low/a.cpp", "  std::" + kind + "(mutex_);\n")).size(), 1U) << kind;
    EXPECT_EQ(locks_without_name(with("server/low/a.cpp", "  std::" + kind + "{mutex_};\n")).size(), 1U) << kind;
    EXPECT_TRUE(locks_without_name(with("server/low/a.cpp", "  const std::" + kind + " hold(mutex_);\n")).empty());
  }
}

TEST(rule, finds_unfinished_work) {
  for (const std::string& word : {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"}) {
    EXPECT_EQ(unfinished_work(with("server/low/a.cpp", "// " + word + ": later\n")).size(), 1U);
    EXPECT_TRUE(unfinished_work(with("server/low/a.cpp", "mkdtemp(\"" + word + word + "\");\n")).empty());
  }
}

TEST(rule, finds_sources_that_do_not_say_what_they_do) {
  EXPECT_EQ(sources_without_opening(with("server/low/a.cpp", "// Does it.\n")).size(),
            sources_without_opening(tidy_tree()).size() - 1);
}

TEST(rule, finds_headers_without_contract) {
  EXPECT_EQ(headers_without_contract(with("server/low/a.hpp", "#pragma once\n")).size(), 2U);
  EXPECT_EQ(headers_without_contract(with("server/low/a.hpp", "// An a.\n")).size(), 1U);
}

}  // namespace
}  // namespace spindrift::tidy
