// Goal: lines come whole and in order from a pipe, whatever their ends, and bytes can be looked at before.
#include "server/backtest/line_source.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace spindrift {
namespace {

class line_source_test : public testing::Test {
protected:
  line_source_test() {
    char pattern[] = "/tmp/spindrift_lines_XXXXXX";
    folder_ = ::mkdtemp(pattern);
  }
  ~line_source_test() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& content) {
    std::ofstream(folder_ / "file", std::ios::binary) << content;
    return folder_ / "file";
  }

  static std::vector<std::string> all(line_source& source) {
    std::vector<std::string> lines;
    while (const auto line = source.next()) lines.emplace_back(*line);
    return lines;
  }

private:
  std::filesystem::path folder_;
};

TEST_F(line_source_test, gives_lines_without_their_ends_and_no_blank_ones) {
  line_source source(write("a\r\n\n  \nb \nlast"));
  EXPECT_EQ(all(source), (std::vector<std::string>{"a", "b", "last"}));
}

TEST_F(line_source_test, a_look_ahead_takes_nothing_away) {
  line_source source(write("a\nb\n"));
  EXPECT_EQ(source.peek(), "a\nb\n");
  EXPECT_EQ(all(source), (std::vector<std::string>{"a", "b"}));
}

TEST_F(line_source_test, cuts_a_line_of_more_than_a_mebibyte) {
  line_source source(write(std::string((1U << 20U) + 5, 'x')));
  const auto lines = all(source);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1], "xxxxx");
}

TEST_F(line_source_test, an_empty_file_has_no_line) {
  line_source source(write(""));
  EXPECT_EQ(source.peek(), "");
  EXPECT_FALSE(source.next());
}

TEST_F(line_source_test, a_file_that_is_not_there_is_an_error_with_its_name) {
  EXPECT_THROW(line_source("/nowhere/at/all"), std::runtime_error);
}

}  // namespace
}  // namespace spindrift
