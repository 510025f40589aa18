#include "server/feed/filter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/model/glob.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

TEST(filter, takes_a_stream_that_any_of_its_patterns_takes) {
  const filter wanted({"cpu.*", "m?m"}, verdict_lines);
  EXPECT_TRUE(wanted.takes("cpu.user", line_class::ordinary));
  EXPECT_TRUE(wanted.takes("mem", line_class::ordinary));
  EXPECT_FALSE(wanted.takes("disk", line_class::marked));
  EXPECT_FALSE(wanted.takes_all_streams());
}

TEST(filter, takes_only_the_kinds_of_line_that_are_wanted) {
  const filter wanted({"*"}, only(line_class::event));
  EXPECT_TRUE(wanted.takes("cpu", line_class::event));
  for (const line_class other : {line_class::ordinary, line_class::marked, line_class::update}) {
    EXPECT_FALSE(wanted.takes("cpu", other));
  }
}

TEST(filter, takes_all_streams_only_with_a_star) {
  EXPECT_TRUE(filter({"a", "*"}, verdict_lines).takes_all_streams());
  EXPECT_FALSE(filter({"**"}, verdict_lines).takes_all_streams());
  EXPECT_TRUE(filter({"**"}, verdict_lines).takes("cpu", line_class::ordinary));
}

TEST(filter, agrees_with_each_pattern_alone) {
  support::noise_source noise(9);
  const auto random_text = [&noise](std::string_view letters) {
    std::string text;
    for (std::uint64_t i = 1 + noise.below(5); i > 0; --i) {
      text += letters[static_cast<std::size_t>(noise.below(letters.size()))];
    }
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::vector<std::string> patterns = {random_text("ab*?"), random_text("ab*?"), random_text("ab*?")};
    const std::string stream = random_text("ab");
    bool any = false;
    for (const std::string& each : patterns) any = any || matches(each, stream);
    ASSERT_EQ(filter(patterns, verdict_lines).takes(stream, line_class::ordinary), any) << stream;
    ASSERT_EQ(filter(patterns, event_lines).takes(stream, line_class::event), any) << stream;
    ASSERT_FALSE(filter(patterns, event_lines).takes(stream, line_class::ordinary)) << stream;
  }
}

}  // namespace
}  // namespace spindrift
