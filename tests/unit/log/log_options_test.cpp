// The options of the log.
#include "common/log/log_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cli/options.hpp"
#include "common/log/log.hpp"
#include "common/log/log_line.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

std::string take_log_flags(std::vector<const char*> flags, log_settings& into, std::string* printed = nullptr) {
  option_set options("spindriftd", "");
  declare(into, options);
  flags.insert(flags.begin(), "spindriftd");
  const parse_result parsed = options.parse(static_cast<int>(flags.size()), flags.data());
  if (printed != nullptr) *printed = options.print_config();
  return parsed.text;
}

TEST(log_options, know_every_level_by_its_name) {
  for (const log_level level :
       {log_level::trace, log_level::debug, log_level::info, log_level::warning, log_level::error, log_level::off}) {
    log_settings chosen;
    std::string printed;
    const std::string name(name_of(level));
    EXPECT_EQ(take_log_flags({"--log-level", name.c_str()}, chosen, &printed), "");
    EXPECT_EQ(chosen.level, level);
    EXPECT_THAT(printed, HasSubstr("log-level = \"" + name + "\"\n"));
  }
}

TEST(log_options, refuse_what_is_none_and_say_what_is_allowed) {
  log_settings chosen;
  const log_level before = chosen.level;
  EXPECT_THAT(take_log_flags({"--log-level", "warn"}, chosen), HasSubstr("trace, debug, info, warning, error or off"));
  EXPECT_EQ(chosen.level, before);
  EXPECT_THAT(take_log_flags({"--log-format", "xml"}, chosen), HasSubstr("text or json"));
}

TEST(log_options, take_a_format_and_a_file) {
  log_settings chosen;
  std::string printed;
  EXPECT_EQ(take_log_flags({"--log-format", "json", "--log-file", "a.log"}, chosen, &printed), "");
  EXPECT_EQ(chosen.format, log_format::json);
  EXPECT_EQ(chosen.file, "a.log");
  EXPECT_THAT(printed, HasSubstr("log-format = \"json\"\nlog-file = \"a.log\"\n"));
  EXPECT_EQ(take_log_flags({"--log-format", "text"}, chosen), "");
  EXPECT_EQ(chosen.format, log_format::text);
}

}  // namespace
}  // namespace spindrift
