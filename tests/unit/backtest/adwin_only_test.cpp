// ADWIN alone over one column: what it reads, what it refuses, what it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/backtest/backtest.hpp"
#include "tests/unit/backtest/backtest_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class adwin_of_a_column : public backtest_file {
protected:
  std::string run(const std::string& content) {
    settings_.file = path_;
    return written_by(content, [this](std::FILE* out) { return run_adwin_only(settings_, out); });
  }

  adwin_only_settings settings_;
};

TEST_F(adwin_of_a_column, finds_where_the_mean_changes_in_all_its_modes) {
  std::string step;
  for (int i = 0; i < 400; ++i) step += std::to_string((i < 200 ? 0 : 10) + i % 2) + "\n";
  for (const char* const mode : {"default", "core", "wrapper"}) {
    settings_.mode = mode;
    const std::string said = run(step);
    EXPECT_EQ(code_, 0) << err_;
    EXPECT_THAT(said, StartsWith("{\"detections\":[2")) << mode << ": " << said;
    EXPECT_THAT(said, testing::Not(HasSubstr("\"n_detections\":0}\n")));
  }
}

TEST_F(adwin_of_a_column, says_what_it_holds_where_nothing_has_changed) {
  settings_.mode = "core";
  EXPECT_EQ(
      run("1\n2\n3\n"),
      "{\"detections\":[],\"widths\":[],\"width\":3,\"total\":6,\"mean\":2,\"variance_sum\":2,\"n_detections\":0}\n");
}

TEST_F(adwin_of_a_column, takes_the_column_that_is_named_or_numbered) {
  settings_.mode = "core";
  const std::string table = "a,value,b\n1,10,100\n2,20,200\n";
  EXPECT_THAT(run(table), HasSubstr("\"total\":30,"));
  settings_.columns.value_column = "b";
  EXPECT_THAT(run(table), HasSubstr("\"total\":300,"));
  settings_.columns.value_column = "1";
  EXPECT_THAT(run(table), HasSubstr("\"total\":3,"));
  for (const char* const wrong : {"0", "4", "c"}) {
    settings_.columns.value_column = wrong;
    EXPECT_EQ(run(table), "");
    EXPECT_EQ(code_, 78);
    EXPECT_THAT(err_, HasSubstr("there is no column \"" + std::string(wrong) + "\""));
  }
}

TEST_F(adwin_of_a_column, stops_at_a_line_that_is_no_number_unless_such_are_left_out) {
  settings_.mode = "core";
  EXPECT_EQ(run("1\n2\nthree\n4\n"), "");
  EXPECT_EQ(code_, 78);
  EXPECT_THAT(err_, HasSubstr("line 3: not a number: \"three\""));
  settings_.columns.dialect.skips_bad = true;
  EXPECT_THAT(run("1\n2\nthree\n4\n"), HasSubstr("\"total\":7,"));
  EXPECT_EQ(code_, 0);
}

TEST_F(adwin_of_a_column, refuses_a_line_with_more_fields_than_the_first) {
  EXPECT_EQ(run("1\n2,3\n"), "");
  EXPECT_THAT(err_, HasSubstr("line 2: more fields than in the first line"));
}

TEST_F(adwin_of_a_column, of_nothing_says_so) {
  EXPECT_EQ(run(""), "");
  EXPECT_EQ(code_, 78);
  EXPECT_THAT(err_, HasSubstr("no line of it holds a number"));
  EXPECT_EQ(run("value\n"), "");
  EXPECT_THAT(err_, HasSubstr("no line of it holds a number"));
}

}  // namespace
}  // namespace spindrift
