// The options of the log.
#include "common/log/log_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/log/log.hpp"
#include "common/log/log_line.hpp"
#include "tests/support/taken_flags.hpp"

namespace spindrift {
namespace {

using support::take_flags;
using testing::HasSubstr;

TEST(log_options, know_every_level_by_its_name) {
  for (const log_level level :
       {log_level::trace, log_level::debug, log_level::info, log_level::warning, log_level::error, log_level::off}) {
    log_settings chosen;
    std::string printed;
    const std::string name(name_of(level));
    EXPECT_EQ(take_flags({"--log-level", name.c_str()}, chosen, &printed), "");
    EXPECT_EQ(chosen.level, level);
    EXPECT_THAT(printed, HasSubstr("log-level = \"" + name + "\"\n"));
  }
}

TEST(log_options, refuse_what_is_none_and_say_what_is_allowed) {
  log_settings chosen;
  const log_level before = chosen.level;
  EXPECT_THAT(take_flags({"--log-level", "warn"}, chosen), HasSubstr("trace, debug, info, warning, error or off"));
  EXPECT_EQ(chosen.level, before);
  EXPECT_THAT(take_flags({"--log-format", "xml"}, chosen), HasSubstr("text or json"));
}

TEST(log_options, take_a_format_and_a_file) {
  log_settings chosen;
  std::string printed;
  EXPECT_EQ(take_flags({"--log-format", "json", "--log-file", "a.log"}, chosen, &printed), "");
  EXPECT_EQ(chosen.format, log_format::json);
  EXPECT_EQ(chosen.file, "a.log");
  EXPECT_THAT(printed, HasSubstr("log-format = \"json\"\nlog-file = \"a.log\"\n"));
  EXPECT_EQ(take_flags({"--log-format", "text"}, chosen), "");
  EXPECT_EQ(chosen.format, log_format::text);
}

}  // namespace
}  // namespace spindrift
