// The options of the table of streams, and what [[stream]] takes.
#include "server/engine/engine_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/cli/options.hpp"
#include "server/engine/engine_settings.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(silence_option, is_a_habit_never_or_a_duration) {
  std::chrono::milliseconds taken{7};
  EXPECT_EQ(take_silence("auto", taken), std::nullopt);
  EXPECT_EQ(taken, engine_settings::silent_by_habit);
  EXPECT_EQ(take_silence("off", taken), std::nullopt);
  EXPECT_EQ(taken, engine_settings::silent_never);
  EXPECT_EQ(take_silence("90s", taken), std::nullopt);
  EXPECT_EQ(taken.count(), 90'000);
  EXPECT_THAT(take_silence("soon", taken).value_or(""), HasSubstr("auto, off or "));
  EXPECT_EQ(taken.count(), 90'000);
  for (const char* const text : {"auto", "off", "90s", "2h"}) {
    EXPECT_EQ(take_silence(text, taken), std::nullopt);
    std::chrono::milliseconds again{0};
    EXPECT_EQ(take_silence(show_silence(taken), again), std::nullopt);
    EXPECT_EQ(again, taken) << text;
  }
}

class entries_of_streams : public testing::Test {
protected:
  ~entries_of_streams() override { std::filesystem::remove(path_); }

  // What is wrong with a file of such entries; empty: nothing.
  std::string take(const std::string& text) {
    std::ofstream(path_) << text;
    settings_ = {};
    option_set options("spindriftd", "");
    options.accept_config_file();
    declare(settings_, options);
    declare_streams(settings_, options);
    const char* const words[] = {"spindriftd", "--config", path_.c_str()};
    const parse_result parsed = options.parse(3, words);
    printed_ = options.print_config();
    return parsed.text;
  }
  std::string take_key(const std::string& line) { return take("[[stream]]\nmatch = \"a\"\n" + line + "\n"); }
  const stream_settings& first() const { return settings_.streams.at(0); }

  std::string path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_engine_options_" + std::to_string(::getpid()) + ".toml");
  engine_settings settings_;
  std::string printed_;
};

TEST_F(entries_of_streams, read_back_as_they_are_printed) {
  const std::string all =
      "[[stream]]\nmatch = [\"db.*\", \"web\"]\ndirection = \"up\"\nmin_deviation = 2.5\nmin_relative = 0.1\n"
      "kinds = [\"shift\", \"spike\"]\nseverity = 40\nsilence = \"2h\"\nas = \"rate\"\ndetectors = [\"zscore\", "
      "\"iforest\"]\nthreshold = 6.5\nshared = true\nunit = \"ms\"\ntitle = \"CPU of {1}\"\nalert = \"oncall\"\n";
  EXPECT_EQ(take(all), "");
  const std::string printed = printed_;
  const stream_settings before = first();
  EXPECT_EQ(before.threshold, 6.5);
  EXPECT_THAT(before.kinds, ElementsAre("shift", "spike"));
  EXPECT_EQ(before.as, value_reading::rate);
  EXPECT_EQ(take(printed), "") << printed;
  EXPECT_EQ(first(), before);
  EXPECT_EQ(printed_, printed);
}

TEST_F(entries_of_streams, that_say_nothing_leave_all_as_it_is_for_the_rest) {
  EXPECT_EQ(take_key(""), "");
  EXPECT_EQ(first().threshold, std::nullopt);
  EXPECT_EQ(first().silence, std::nullopt);
  EXPECT_EQ(first().as, value_reading::as_sent);
  EXPECT_THAT(first().detectors, IsEmpty());
}

TEST_F(entries_of_streams, refuse_what_is_out_of_range_with_what_is_allowed) {
  const std::pair<const char*, const char*> wrong[] = {{"threshold = -1", "a number from 0 to 999999"},
                                                       {"threshold = 1000000", "a number from 0 to 999999"},
                                                       {"threshold = \"5x\"", "a number from 0 to 999999"},
                                                       {"severity = 0", "severity"},
                                                       {"severity = 101", "severity"},
                                                       {"as = \"sum\"", "value or rate"},
                                                       {"direction = \"left\"", "direction"},
                                                       {"unit = \"a\\nb\"", "at most 128 bytes without control"},
                                                       {"silence = \"soon\"", "auto, off or "},
                                                       {"kinds = [\"spikes\"]", "did you mean spike"},
                                                       {"detectors = \"adwim\"", "did you mean adwin"}};
  for (const auto& [line, said] : wrong) EXPECT_THAT(take_key(line), HasSubstr(said)) << line;
  EXPECT_THAT(take_key("title = \"" + std::string(129, 'a') + "\""), HasSubstr("at most 128 bytes"));
  EXPECT_EQ(take_key("title = \"" + std::string(128, 'a') + "\""), "");
}

TEST_F(entries_of_streams, hold_patterns_to_four_stars_and_256_bytes) {
  EXPECT_EQ(take("[[stream]]\nmatch = \"*a*b*c*\"\n"), "");
  for (const std::string& pattern : {std::string("*****"), std::string(), std::string(257, 'a')}) {
    EXPECT_THAT(take("[[stream]]\nmatch = \"" + pattern + "\"\n"), HasSubstr("at most four *")) << pattern;
  }
  EXPECT_THAT(take("rate = [\"*****\"]\n"), HasSubstr("at most four *"));
}

TEST_F(entries_of_streams, count_a_name_that_is_said_twice_once) {
  EXPECT_EQ(take_key("kinds = [\"spike\", \"spike\"]"), "");
  EXPECT_THAT(first().kinds, ElementsAre("spike"));
}

TEST_F(entries_of_streams, must_say_which_streams_they_are_of) {
  EXPECT_EQ(take("[[stream]]\nmatch = \"a\"\n[[stream]]\nseverity = 5\n"), "");
  EXPECT_THAT(validate(settings_.streams), ElementsAre(HasSubstr("[[stream]] 2: match: missing")));
  std::vector<stream_settings> many(stream_settings::shared_max + 1);
  for (stream_settings& one : many) {
    one.match = {"a"};
    one.is_shared = true;
  }
  EXPECT_THAT(validate(many),
              ElementsAre(HasSubstr("allowed: at most " + std::to_string(stream_settings::shared_max))));
  many.pop_back();
  EXPECT_THAT(validate(many), IsEmpty());
}

}  // namespace
}  // namespace spindrift
