#include "server/feed/filter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/model/glob.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

TEST(filter, takes_a_stream_that_any_of_its_patterns_takes) {
  const filter wanted({"cpu.*", "m?m"}, false);
  EXPECT_TRUE(wanted.takes("cpu.user", false));
  EXPECT_TRUE(wanted.takes("mem", false));
  EXPECT_FALSE(wanted.takes("disk", true));
  EXPECT_FALSE(wanted.takes_everything());
}

TEST(filter, takes_only_events_when_only_events_are_wanted) {
  const filter wanted({"*"}, true);
  EXPECT_TRUE(wanted.takes("cpu", true));
  EXPECT_FALSE(wanted.takes("cpu", false));
  EXPECT_FALSE(wanted.takes_everything());
}

TEST(filter, takes_everything_only_with_a_star_and_all) {
  EXPECT_TRUE(filter({"a", "*"}, false).takes_everything());
  EXPECT_FALSE(filter({"**"}, false).takes_everything());
  EXPECT_TRUE(filter({"**"}, false).takes("cpu", false));
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
    ASSERT_EQ(filter(patterns, false).takes(stream, false), any) << stream;
    ASSERT_EQ(filter(patterns, true).takes(stream, true), any) << stream;
    ASSERT_FALSE(filter(patterns, true).takes(stream, false)) << stream;
  }
}

}  // namespace
}  // namespace spindrift
