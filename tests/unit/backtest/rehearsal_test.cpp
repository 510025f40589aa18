// New settings over a recording beside the old ones.
#include "server/backtest/rehearsal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/backtest/backtest_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class rehearsed_recording : public backtest_file {
protected:
  std::string run(const std::string& content) {
    settings_.recording = path_;
    settings_.before_name = "old.toml";
    settings_.after_name = "new.toml";
    settings_.as_json = true;
    return written_by(content, [this](std::FILE* out) { return run_rehearsal(settings_, out); });
  }
  // A new level after 700 points.
  static std::string step() {
    std::string table = "ts,value\n";
    for (std::int64_t i = 0; i < 1'000; ++i) {
      table += std::to_string(1'795'286'073'000 + i * 1'000) + ',' + std::to_string((i < 700 ? 0 : 100) + i % 7) + '\n';
    }
    return table;
  }

  rehearsal_settings settings_;
};

TEST_F(rehearsed_recording, of_the_same_settings_changes_nothing) {
  const std::string said = run(step());
  EXPECT_EQ(code_, 0) << err_;
  EXPECT_THAT(said, HasSubstr("\"before\":\"old.toml\""));
  EXPECT_THAT(said, HasSubstr("\"points\":1000"));
  EXPECT_THAT(said, HasSubstr("\"gone\":0"));
  EXPECT_THAT(said, HasSubstr("\"new\":0"));
}

TEST_F(rehearsed_recording, tells_which_notices_would_be_gone) {
  stream_settings quiet;
  quiet.match = {"*"};
  quiet.direction = "down";
  settings_.after.streams = {quiet};
  const std::string said = run(step());
  EXPECT_THAT(said, testing::Not(HasSubstr("\"gone\":0")));
  EXPECT_THAT(said, HasSubstr("\"new\":0"));
}

TEST_F(rehearsed_recording, may_hold_what_was_told_in_place_of_other_settings) {
  settings_.is_before_told = true;
  const std::string told =
      R"({"type":"event","event":1,"stream":"pump","state":"open","kind":"spike","direction":"up","severity":63,)"
      R"("told_n":3,"told":1795286075000,"from_n":3,"from":1795286075000})";
  const std::string recording = "{\"stream\":\"pump\",\"ts\":1795286073000,\"value\":1}\n" + told +
                                "\n{\"stream\":\"pump\",\"ts\":1795286076000,\"value\":2}\n";
  const std::string said = run(recording);
  EXPECT_EQ(code_, 0) << err_;
  EXPECT_THAT(said, HasSubstr("\"points\":2"));
  EXPECT_THAT(said, HasSubstr("\"gone\":1"));
  EXPECT_TRUE(tells_of_events(path_));
}

TEST_F(rehearsed_recording, of_points_alone_tells_of_no_events) {
  run(step());
  EXPECT_FALSE(tells_of_events(path_));
}

TEST_F(rehearsed_recording, of_nothing_says_what_is_wrong) {
  EXPECT_EQ(run("no, points\n"), "");
  EXPECT_EQ(code_, 78);
  EXPECT_THAT(err_, HasSubstr(path_));
}

TEST_F(rehearsed_recording, may_be_reported_in_words) {
  settings_.recording = path_;
  settings_.after_name = "new.toml";
  settings_.before_name = "old.toml";
  const std::string said = written_by(step(), [this](std::FILE* out) { return run_rehearsal(settings_, out); });
  EXPECT_EQ(code_, 0) << err_;
  EXPECT_THAT(said, HasSubstr("new.toml"));
  EXPECT_NE(said.front(), '{');
}

}  // namespace
}  // namespace spindrift
