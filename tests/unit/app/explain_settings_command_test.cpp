// What holds for a stream, and where it comes from.
#include "server/app/explain_settings_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/app/command_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class explained_settings : public testing::Test {
protected:
  ~explained_settings() override { std::filesystem::remove(path_); }

  command_run explain(const std::string& name, const std::string& file) {
    std::ofstream(path_) << file;
    return {run_explain_settings_command,
            {"spindriftd", "explain-settings", name, "--config", path_, "--state-dir", "off"}};
  }
  // The line of a key: "KEY = VALUE" and, behind it, its place.
  static std::string line_of(const std::string& key, const std::string& text) {
    const std::size_t at = text.find("\n" + key + " = ");
    return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  }

  std::string path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_explain_" + std::to_string(::getpid()) + ".toml");
};

TEST(explain_settings_command, is_told_from_others_by_its_first_word) {
  const char* const words[] = {"spindriftd", "explain-settings"};
  EXPECT_TRUE(is_explain_settings_command(2, words));
  EXPECT_FALSE(is_explain_settings_command(1, words));
}

TEST_F(explained_settings, are_those_of_the_first_entry_that_takes_the_name) {
  const command_run said = explain("db.cpu",
                                   "[[stream]]\nmatch = \"web.*\"\n[[stream]]\nmatch = \"db.*\"\ndirection = \"up\"\n"
                                   "[[stream]]\nmatch = \"*\"\ndirection = \"down\"\n");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, StartsWith("# stream db.cpu: [[stream]] number 2, match = [\"db.*\"], at "));
  EXPECT_EQ(line_of("direction", said.out), "direction = \"up\"" + std::string(24, ' ') + "  # " + path_ + ":5");
  EXPECT_THAT(line_of("kinds", said.out), HasSubstr("kinds = \"all\"  "));
  EXPECT_THAT(line_of("severity", said.out), testing::EndsWith("# default"));
}

TEST_F(explained_settings, name_the_place_of_what_holds_for_all_where_the_entry_says_nothing) {
  const command_run said = explain("a", "threshold = 7\n[[stream]]\nmatch = \"a\"\n");
  EXPECT_THAT(line_of("threshold", said.out), StartsWith("threshold = 7 "));
  EXPECT_THAT(line_of("threshold", said.out), HasSubstr(path_ + ":1"));
}

TEST_F(explained_settings, say_whether_a_counter_is_read_as_its_rate) {
  const std::string file = "rate = [\"*.total\"]\n[[stream]]\nmatch = \"b.total\"\nas = \"value\"\n";
  EXPECT_THAT(line_of("as", explain("a.total", file).out), StartsWith("as = \"rate\" "));
  EXPECT_THAT(line_of("as", explain("b.total", file).out), StartsWith("as = \"value\" "));
  EXPECT_THAT(line_of("as", explain("c", file).out), StartsWith("as = \"as the source says\" "));
}

TEST_F(explained_settings, say_that_no_entry_takes_the_name) {
  EXPECT_THAT(explain("a", "").out, HasSubstr("there is no [[stream]]"));
  EXPECT_THAT(explain("a", "[[stream]]\nmatch = \"b\"\n").out, HasSubstr("no [[stream]] takes it"));
}

TEST_F(explained_settings, need_a_name_first_and_a_good_file) {
  const command_run nameless(run_explain_settings_command, {"spindriftd", "explain-settings", "--config", "x"});
  EXPECT_EQ(nameless.code, 2);
  EXPECT_THAT(nameless.err, HasSubstr("the name of a stream comes first"));
  const command_run bad = explain("a", "threshold = -1\n");
  EXPECT_EQ(bad.code, 78);
  EXPECT_EQ(bad.out, "");
}

}  // namespace
}  // namespace spindrift
