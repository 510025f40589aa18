// The tidiness of the sources themselves: every arrow between rooms held against the CMake link lists, and what a
// reader should not have to look for.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/tidy/rule.hpp"
#include "tests/tidy/source_tree.hpp"

namespace spindrift::tidy {
namespace {

const source_tree& house() {
  static const source_tree tree = read_tree(SPINDRIFT_SOURCE_DIR, {"common", "server", "client", "visualizer"});
  return tree;
}

const source_tree& house_and_tests() {
  static const source_tree tree =
      read_tree(SPINDRIFT_SOURCE_DIR, {"common", "server", "client", "visualizer", "tests"});
  return tree;
}

std::string joined(const complaints& all) {
  std::string text;
  for (const std::string& each : all) text += each + '\n';
  return text;
}

TEST(tidy, has_read_the_house) {
  EXPECT_GT(house().files.size(), 100U);
  EXPECT_GT(house().rooms().size(), 15U);
}

TEST(tidy, no_room_includes_what_it_does_not_link) {
  EXPECT_EQ(joined(forbidden_arrows(house())), "");
}

TEST(tidy, nothing_includes_or_links_itself_in_a_circle) {
  EXPECT_EQ(joined(circles(house())), "");
}

TEST(tidy, detect_includes_nothing_but_the_standard_library) {
  EXPECT_EQ(joined(foreign_includes_of_detect(house())), "");
}

TEST(tidy, heavy_libraries_stay_where_they_are_needed) {
  EXPECT_EQ(joined(heavy_includes(house())), "");
}

TEST(tidy, every_source_is_built) {
  EXPECT_EQ(joined(orphans(house())), "");
}

TEST(tidy, standard_names_come_with_their_headers) {
  EXPECT_EQ(joined(names_without_header(house_and_tests())), "");
}

TEST(tidy, no_line_is_over_120_columns) {
  EXPECT_EQ(joined(long_lines(house_and_tests())), "");
}

TEST(tidy, no_file_is_over_500_lines) {
  EXPECT_EQ(joined(long_files(house_and_tests())), "");
  std::cout << joined(long_files(house_and_tests(), 400));
}

TEST(tidy, every_lock_has_a_name) {
  EXPECT_EQ(joined(locks_without_name(house_and_tests())), "");
}

TEST(tidy, nothing_is_marked_unfinished) {
  EXPECT_EQ(joined(unfinished_work(house_and_tests())), "");
}

std::string architecture() {
  std::ifstream file(std::filesystem::path(SPINDRIFT_SOURCE_DIR) / "docs" / "architecture.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(tidy, a_new_one_of_each_kind_touches_four_files_at_most) {
  EXPECT_EQ(joined(additions_beyond_four_files(house(), architecture())), "");
}

// A command is one of the alternatives of a variant, to which a toy cannot be added from outside: the smallest that
// there is stands for it.
TEST(tidy, a_command_is_known_to_the_files_alone_that_a_new_one_touches) {
  EXPECT_EQ(joined(files_beyond_row(house(), architecture(), "command", "ping_command")), "");
}

TEST(tidy, every_header_opens_with_its_contract) {
  EXPECT_EQ(joined(headers_without_contract(house_and_tests())), "");
}

TEST(tidy, every_source_opens_with_what_it_does) {
  EXPECT_EQ(joined(sources_without_opening(house())), "");
}

}  // namespace
}  // namespace spindrift::tidy
