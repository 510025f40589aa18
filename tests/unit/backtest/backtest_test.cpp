// The engine on a file: verdict lines or a summary, and what is wrong said once.
#include "server/backtest/backtest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/backtest/backtest_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class backtest_of_a_file : public backtest_file {
protected:
  std::string run(const std::string& content) {
    settings_.file = path_;
    return written_by(content, [this](std::FILE* out) { return run_backtest(settings_, out); });
  }
  static std::ptrdiff_t lines_of(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

  backtest_settings settings_;
};

TEST_F(backtest_of_a_file, has_a_verdict_for_each_row) {
  const std::string said = run("ts,value\n1795286073000,1\n1795286074000,2\n");
  EXPECT_EQ(code_, 0) << err_;
  EXPECT_EQ(lines_of(said), 2);
  EXPECT_THAT(said, StartsWith(R"({"type":"verdict","stream":"default","n":1,)"));
  EXPECT_THAT(said, HasSubstr("\"value\":2"));
}

TEST_F(backtest_of_a_file, has_rows_without_a_time_all_at_once) {
  std::string rows = "value\n";
  for (int i = 0; i < 30'000; ++i) rows += std::to_string(i % 7) + "\n";
  const std::string said = run(rows);
  const auto time_of = [&said](std::size_t from) { return said.substr(said.find("\"ts\":", from), 20); };
  EXPECT_EQ(time_of(0), time_of(said.rfind("\"n\":30000,")));
}

TEST_F(backtest_of_a_file, lets_json_lines_name_their_streams) {
  const std::string said = run("{\"stream\":\"a\",\"value\":1}\n{\"stream\":\"b\",\"value\":2}\n");
  EXPECT_THAT(said, HasSubstr("\"stream\":\"a\",\"n\":1,"));
  EXPECT_THAT(said, HasSubstr("\"stream\":\"b\",\"n\":1,"));
}

TEST_F(backtest_of_a_file, has_an_error_for_each_line_that_is_no_point_after_the_first_point) {
  const std::string said = run("{\"value\":1}\n{\"value\":}\n{\"value\":2}\n");
  EXPECT_EQ(code_, 0) << err_;
  EXPECT_EQ(lines_of(said), 3);
  EXPECT_THAT(said, HasSubstr(R"({"type":"error","code":"bad_json","message":"not valid JSON","frame":2})"));
}

TEST_F(backtest_of_a_file, without_one_point_is_told_once_and_not_by_each_line) {
  EXPECT_EQ(run("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"), "");
  EXPECT_EQ(code_, 78);
  EXPECT_EQ(lines_of(err_), 1) << err_;
  EXPECT_EQ(run(""), "");
  EXPECT_EQ(code_, 78);
}

TEST_F(backtest_of_a_file, is_summed_up_where_that_alone_is_wanted) {
  settings_.only_summary = true;
  const std::string said = run("value\n1\n2\nx\n3\n");
  EXPECT_EQ(said, "{\"points\":3,\"errors\":1,\"warmup\":3,\"anomalies\":0,\"drifts\":0,\"alarms\":0}\n");
}

TEST_F(backtest_of_a_file, is_a_judgement_where_there_are_labels) {
  settings_.only_summary = true;
  settings_.columns.label_column = "is_odd";
  std::string table = "value,is_odd\n";
  for (int i = 0; i < 300; ++i) table += std::to_string(i % 7) + ",0\n";
  table += "1000,1\n";
  settings_.columns.value_column = "value";
  const std::string said = run(table);
  EXPECT_THAT(said, HasSubstr("\"true_positives\":1,"));
  EXPECT_THAT(said, HasSubstr("\"false_negatives\":0,"));
  EXPECT_THAT(said, HasSubstr("\"recall\":1,"));
}

TEST_F(backtest_of_a_file, has_no_precision_where_nothing_was_flagged_and_no_recall_where_nothing_was_to_be_found) {
  settings_.only_summary = true;
  settings_.columns.label_column = "is_odd";
  settings_.columns.value_column = "value";
  EXPECT_THAT(run("value,is_odd\n1,0\n2,1\n"), HasSubstr(R"("precision":null,"recall":0,"f1":0})"));
  EXPECT_THAT(run("value,is_odd\n1,0\n2,0\n"), HasSubstr(R"("precision":null,"recall":null,"f1":null})"));
}

TEST_F(backtest_of_a_file, says_of_events_alone_what_they_have_to_say) {
  settings_.only_events = true;
  std::string table = "value\n";
  for (int i = 0; i < 1'000; ++i) table += std::to_string((i < 700 ? 0 : 100) + i % 7) + "\n";
  const std::string said = run(table);
  EXPECT_THAT(said, HasSubstr("\"kind\":\"shift\""));
  EXPECT_THAT(said, Not(HasSubstr("\"type\":\"verdict\"")));
}

TEST_F(backtest_of_a_file, that_is_no_text_is_refused) {
  EXPECT_EQ(run(std::string("\x1f\x8b\x08\x00 gzip", 9)), "");
  EXPECT_EQ(code_, 78);
  EXPECT_THAT(err_, HasSubstr(path_));
}

TEST_F(backtest_of_a_file, without_the_column_that_is_wanted_ends) {
  settings_.columns.value_column = "pressure";
  EXPECT_EQ(run("ts,value\n1,1\n"), "");
  EXPECT_EQ(code_, 78);
  EXPECT_THAT(err_, HasSubstr("pressure"));
}

}  // namespace
}  // namespace spindrift
