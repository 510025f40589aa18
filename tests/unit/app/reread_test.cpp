// The settings read again for SIGHUP.
#include "server/app/reread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "common/cli/options.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class settings_read_again : public testing::Test {
protected:
  ~settings_read_again() override { std::filesystem::remove(path_); }
  reread_settings read(const std::string& text) {
    std::ofstream(path_) << text;
    const std::string given = "--config=" + path_.string();
    const std::array<const char*, 4> words = {"spindriftd", given.c_str(), "--state-dir", "off"};
    return reread(static_cast<int>(words.size()), words.data());
  }
  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_reread_" + std::to_string(::getpid()) + ".toml");
};

TEST_F(settings_read_again, are_those_that_the_file_has_now) {
  EXPECT_EQ(read("threshold = 5\n").wrong, "");
  const auto found = read("[[alert]]\nname = \"oncall\"\nurl = \"http://127.0.0.1:9/\"\n");
  EXPECT_EQ(found.wrong, "");
  ASSERT_EQ(found.chosen.alerts.alerts.size(), 1U);
  EXPECT_EQ(found.chosen.alerts.alerts[0].name, "oncall");
}

TEST_F(settings_read_again, say_in_one_line_what_is_wrong) {
  const auto found = read("treshold = 5\nthreads = 0\n");
  EXPECT_THAT(found.wrong, testing::AllOf(HasSubstr(":1: unknown key"), HasSubstr("threshold"), HasSubstr("threads")));
  EXPECT_EQ(found.wrong.find('\n'), std::string::npos);
  EXPECT_THAT(read("[[alert]]\nname = \"oncall\"\n").wrong, HasSubstr("url, url_file and exec"));
}

TEST_F(settings_read_again, share_networks_in_a_bounded_number_of_entries) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += "[[stream]]\nmatch = \"a\"\nshared = true\n";
  const auto found = read(text);
  EXPECT_EQ(found.wrong, "");
  ASSERT_EQ(found.chosen.engine.streams.size(), 64U);
  EXPECT_TRUE(found.chosen.engine.streams.back().is_shared);
  EXPECT_THAT(read(text + "[[stream]]\nmatch = \"b\"\nshared = true\n").wrong,
              HasSubstr("shared: 65 entries have it; allowed: at most 64"));
}

TEST_F(settings_read_again, of_detectors_and_of_silence_need_no_restart) {
  const settings_for_restart before = read("threshold = 5\n").for_restart;
  EXPECT_EQ(keys_that_differ(before, read("threshold = 6\nadwin-clock = 64\nsilence = \"off\"\n").for_restart), "");
  EXPECT_EQ(keys_that_differ(before, read("threshold = 6\ncontext-points = 8\n").for_restart), "context-points");
}

TEST_F(settings_read_again, of_limits_and_rates_need_no_restart) {
  const settings_for_restart before = read("threshold = 5\n").for_restart;
  for (const char* const line :
       {"max-streams = 9", "evict-after = 5000", "rate = [\"a*\"]", "max-memory = 0", "max-journal = 0",
        "max-kept = 1048576", "max-producers = 7", "shadow-memory = 20", "max-connections = 9", "frame-timeout = 1000",
        "keepalive-idle = 3", "public-url = \"http://x/\""}) {
    const reread_settings found = read(std::string(line) + "\n");
    EXPECT_EQ(found.wrong, "") << line;
    EXPECT_EQ(keys_that_differ(before, found.for_restart), "") << line;
  }
}

TEST(printed_settings, say_of_which_a_change_needs_a_restart) {
  config settings;
  option_set options("spindriftd", "");
  declare(settings, options);
  const std::string printed = options.print_config(option_set::origins::shown_with_restarts);
  EXPECT_THAT(printed, HasSubstr("\n# a change needs a restart\n# default\nthreads = 1\n"));
  EXPECT_THAT(printed, HasSubstr("\n# a change needs a restart\n# default\ncontext-points = "));
  EXPECT_THAT(printed, testing::Not(HasSubstr("restart\n# default\nmax-streams = ")));
  EXPECT_THAT(printed, testing::Not(HasSubstr("restart\n# default\nthreshold = ")));
}

TEST(printed_settings, say_nothing_of_restarts_in_tables) {
  config settings;
  settings.engine.streams.emplace_back();
  option_set options("spindriftd", "");
  declare(settings, options);
  const std::string printed = options.print_config(option_set::origins::shown_with_restarts);
  const auto table = printed.find("\n[[stream]]\n");
  ASSERT_NE(table, std::string::npos);
  EXPECT_EQ(printed.find("restart", table), std::string::npos);
}

TEST_F(settings_read_again, are_compared_key_by_key_but_for_tables) {
  const settings_for_restart before = read("threshold = 5\n").for_restart;
  EXPECT_EQ(keys_that_differ(before, before), "");
  EXPECT_EQ(keys_that_differ(before, read("threshold = 5\nproxy-protocol = true\nthreads = 2\n").for_restart),
            "proxy-protocol, threads");
  const auto with_alert = read("threshold = 5\n[[alert]]\nname = \"a\"\nurl = \"http://127.0.0.1:9/\"\n");
  EXPECT_EQ(keys_that_differ(before, with_alert.for_restart), "");
}

}  // namespace
}  // namespace spindrift
