// What clients may speak, as flags say it.
#include "server/formats/format_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/taken_flags.hpp"

namespace spindrift {
namespace {

using support::take_flags;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(format_options, pin_every_format_of_lines_that_there_is) {
  for (const formats::line_format& known : formats::all_line_formats()) {
    format_settings chosen;
    std::string printed;
    const std::string name(known.name);
    EXPECT_EQ(take_flags({"--format", name.c_str()}, chosen, &printed), "");
    EXPECT_EQ(chosen.pinned, &known);
    EXPECT_FALSE(chosen.json_only);
    EXPECT_THAT(printed, HasSubstr("format = \"" + name + "\"\n"));
    EXPECT_THAT(take_flags({"--format", "morse"}, chosen), HasSubstr(name)) << "allowed, and said to be";
  }
}

TEST(format_options, take_the_last_word) {
  format_settings chosen;
  EXPECT_TRUE(set_format(chosen, "json"));
  EXPECT_TRUE(chosen.json_only);
  EXPECT_EQ(chosen.pinned, nullptr);
  EXPECT_TRUE(set_format(chosen, "statsd"));
  EXPECT_FALSE(chosen.json_only);
  EXPECT_FALSE(set_format(chosen, "morse"));
  EXPECT_EQ(chosen.pinned, formats::line_format_named("statsd")) << "what is not known changes nothing";
  EXPECT_TRUE(set_format(chosen, "auto"));
  EXPECT_EQ(chosen.pinned, nullptr);
}

TEST(format_options, replace_a_list_of_fields_as_a_whole) {
  format_settings chosen;
  std::string printed;
  EXPECT_EQ(take_flags({"--json-names", "site/tank,tag", "--json-values", "reading"}, chosen, &printed), "");
  EXPECT_THAT(chosen.mapping.names, ElementsAre("site/tank", "tag"));
  EXPECT_THAT(chosen.mapping.values, ElementsAre("reading"));
  EXPECT_EQ(chosen.mapping.times, formats::default_mapping().times);
  EXPECT_THAT(printed, HasSubstr("json-names = \"site/tank,tag\"\n"));
}

TEST(format_options, refuse_a_field_without_a_name) {
  for (const char* const wrong : {"", "a,", ",a", "a,,b"}) {
    format_settings chosen;
    EXPECT_THAT(take_flags({"--json-tags", wrong}, chosen), HasSubstr("names of JSON's fields")) << wrong;
    EXPECT_EQ(chosen.mapping.tags, formats::default_mapping().tags);
  }
}

}  // namespace
}  // namespace spindrift
