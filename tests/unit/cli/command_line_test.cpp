// Words sorted into flags and values.
#include "common/cli/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

command_line read_words(std::vector<const char*> words, bool takes_positional = false) {
  words.insert(words.begin(), "spindriftd");
  return read_command_line(static_cast<int>(words.size()), words.data(),
                           {{"--listen", true, true}, {"--window", true, false}, {"--quiet", false, false}},
                           takes_positional);
}

TEST(command_line, takes_a_value_behind_a_blank_or_an_equals_sign) {
  const command_line read = read_words({"--listen", "a", "--listen=b", "--window=5"});
  EXPECT_THAT(read.complaints, IsEmpty());
  EXPECT_THAT(read.values.at("--listen"), ElementsAre("a", "b"));
  EXPECT_THAT(read.values.at("--window"), ElementsAre("5"));
}

TEST(command_line, leaves_values_exactly_as_they_were_typed) {
  for (const char* const typed : {"", "[a,b]", "a=b", "\"quoted\"", "'", "{x}", "%", "a b"}) {
    const std::string word = std::string("--listen=") + typed;
    EXPECT_THAT(read_words({word.c_str()}).values.at("--listen"), ElementsAre(typed)) << typed;
    EXPECT_THAT(read_words({"--listen", typed}).values.at("--listen"), ElementsAre(typed)) << typed;
  }
}

TEST(command_line, has_switches_with_and_without_a_word) {
  EXPECT_THAT(read_words({"--quiet"}).values.at("--quiet"), ElementsAre("true"));
  EXPECT_THAT(read_words({"--quiet=false"}).values.at("--quiet"), ElementsAre("false"));
}

TEST(command_line, complains_of_the_form_alone) {
  EXPECT_THAT(read_words({"--windw", "5"}).complaints, testing::Contains(HasSubstr("--windw")));
  EXPECT_THAT(read_words({"--window"}).complaints, ElementsAre(HasSubstr("--window")));
  EXPECT_THAT(read_words({"--window", "1", "--window", "2"}).complaints, ElementsAre(HasSubstr("--window")));
  EXPECT_THAT(read_words({"--window", "not a number"}).complaints, IsEmpty());
}

TEST(command_line, keeps_other_words_apart_where_one_is_wanted) {
  const command_line read = read_words({"--window", "5", "a.csv"}, true);
  EXPECT_THAT(read.complaints, IsEmpty());
  EXPECT_THAT(read.positionals, ElementsAre("a.csv"));
  EXPECT_THAT(read_words({"a.csv"}).complaints, ElementsAre(HasSubstr("a.csv")));
}

TEST(command_line, knows_the_flags_that_every_program_has) {
  for (const char* const flag : {"--help", "--help-man", "--help-bash", "--help-zsh", "--help-fish", "--version"}) {
    const command_line read = read_words({flag});
    EXPECT_THAT(read.complaints, IsEmpty()) << flag;
    EXPECT_EQ(read.values.count(flag), 1U) << flag;
  }
  EXPECT_EQ(read_words({"-h"}).values.count("--help"), 1U);
}

}  // namespace
}  // namespace spindrift
