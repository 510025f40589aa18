// A TOML file as text values by key, and what is no such file.
#include "common/cli/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace spindrift {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(config_file, has_the_text_that_one_would_have_typed) {
  const config_file file = parse_config(
      "text = \"x y\"\nwhole = 1_000\nhex = 0x10\nreal = 2.50\nswitch = true\nday = 2026-11-21T10:00:00Z\n", "a.toml");
  EXPECT_THAT(file.complaints, IsEmpty());
  const auto value_of = [&](const std::string& key) {
    for (const config_entry& entry : file.entries) {
      if (entry.key == key) return entry.values.at(0);
    }
    return std::string("not there");
  };
  EXPECT_EQ(value_of("text"), "x y");
  EXPECT_EQ(value_of("whole"), "1000");
  EXPECT_EQ(value_of("hex"), "16");
  EXPECT_EQ(value_of("real"), "2.5");
  EXPECT_EQ(value_of("switch"), "true");
  EXPECT_EQ(value_of("day"), "2026-11-21T10:00:00Z");
}

TEST(config_file, tells_a_list_from_one_value_and_says_where_it_stands) {
  const config_file file = parse_config("# first\none = \"a\"\nzero = []\nzwei = [\"a\", 2]\n", "a.toml");
  ASSERT_EQ(file.entries.size(), 3U);
  EXPECT_FALSE(file.entries[0].is_list);
  EXPECT_EQ(file.entries[0].where, "a.toml:2");
  EXPECT_TRUE(file.entries[1].is_list);
  EXPECT_THAT(file.entries[1].values, IsEmpty());
  EXPECT_THAT(file.entries[2].values, ElementsAre("a", "2"));
}

TEST(config_file, keeps_tables_that_stand_several_times_in_their_order) {
  const config_file file =
      parse_config("[[stream]]\nmatch = \"b\"\n[[stream]]\nmatch = \"a\"\n[[stream.alert]]\nto = \"x\"\n", "a.toml");
  EXPECT_THAT(file.complaints, IsEmpty());
  ASSERT_EQ(file.tables.size(), 1U);
  EXPECT_EQ(file.tables[0].name, "stream");
  ASSERT_EQ(file.tables[0].entries.size(), 2U);
  EXPECT_THAT(file.tables[0].entries[0].entries[0].values, ElementsAre("b"));
  ASSERT_EQ(file.tables[0].entries[1].tables.size(), 1U);
  EXPECT_EQ(file.tables[0].entries[1].tables[0].where, "a.toml:5");
}

TEST(config_file, complains_of_what_is_no_value_with_its_place) {
  for (const char* const text : {"\nkey = { a = 1 }\n", "\n[key]\na = 1\n", "\nkey = [[1], [2]]\n"}) {
    EXPECT_THAT(parse_config(text, "a.toml").complaints,
                ElementsAre(HasSubstr("a.toml:2: \"key\" is no setting's value; allowed: a string")))
        << text;
  }
}

TEST(config_file, that_is_no_toml_is_refused_with_line_and_column) {
  const config_file file = parse_config("a = 1\nb = = 2\n", "a.toml");
  EXPECT_THAT(file.complaints, ElementsAre(HasSubstr("a.toml:2:")));
  EXPECT_THAT(file.entries, IsEmpty()) << "nothing of it is taken";
}

class config_file_on_disk : public testing::Test {
protected:
  ~config_file_on_disk() override { std::filesystem::remove(path_); }
  std::string path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_config_file_" + std::to_string(::getpid()));
};

TEST_F(config_file_on_disk, may_be_up_to_a_mebibyte_long) {
  std::ofstream(path_) << std::string((1U << 20U) - 6, '\n') << "a = 1\n";
  EXPECT_THAT(read_config_file(path_).complaints, IsEmpty());
  EXPECT_EQ(read_config_file(path_).entries.size(), 1U);
  std::ofstream(path_, std::ios::app) << "\n";
  EXPECT_THAT(read_config_file(path_).complaints, ElementsAre(HasSubstr("longer than 1 MiB")));
}

TEST_F(config_file_on_disk, that_cannot_be_read_says_why) {
  EXPECT_THAT(read_config_file(path_).complaints,
              ElementsAre("configuration file \"" + path_ + "\": No such file or directory"));
  EXPECT_THAT(read_config_file(testing::TempDir()).complaints, ElementsAre(HasSubstr("Is a directory")));
  EXPECT_THAT(read_config_file("/dev/zero").complaints, ElementsAre(HasSubstr("longer than 1 MiB")));
}

}  // namespace
}  // namespace spindrift
