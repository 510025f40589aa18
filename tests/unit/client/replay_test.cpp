#include "client/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

replay_settings columns(std::vector<std::string> values, std::string time = "", std::string label = "") {
  return {"data.csv", std::move(values), std::move(time), std::move(label)};
}

std::string error_of(std::string_view text, const replay_settings& settings) {
  try {
    parse_recording(text, settings);
  } catch (const replay_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(replay, reads_the_column_called_value_when_none_is_named) {
  const recording read =
      parse_recording("timestamp,value\n2014-04-01 00:00:00,20.5\n2014-04-01 00:05:00,-3e2\n", columns({}));
  EXPECT_THAT(read.values, ElementsAre(20.5, -300.0));
  EXPECT_TRUE(read.features.empty());
  EXPECT_TRUE(read.times.empty());
  EXPECT_TRUE(read.labels.empty());
}

TEST(replay, chooses_columns_by_name_or_by_index) {
  const std::string text = "id,\"load, total\",2\n7,1.5,9\n8,2.5,10\n";
  EXPECT_THAT(parse_recording(text, columns({"load, total"})).values, ElementsAre(1.5, 2.5));
  EXPECT_THAT(parse_recording(text, columns({"1"})).values, ElementsAre(7, 8));
  EXPECT_THAT(parse_recording(text, columns({"2"})).values, ElementsAre(9, 10)) << "a name wins over an index";
}

TEST(replay, makes_multivariate_points_of_several_columns) {
  recording read = parse_recording("cpu %,mem,disk\n1,2,3\n4,5,6\n", columns({"disk", "cpu %"}));
  EXPECT_THAT(read.features, ElementsAre("disk", "cpu__"));
  EXPECT_THAT(read.values, ElementsAre(3, 1, 6, 4));
  EXPECT_EQ(read.rows(), 2U);
  replay from(std::move(read), 2);
  sample point;
  from.next(1, point);
  from.next(1, point);
  from.next(0, point);
  ASSERT_EQ(point.values.size(), 2U);
  EXPECT_EQ(point.values[0].name, "disk");
  EXPECT_EQ(point.values[0].value, 3);
  EXPECT_EQ(point.values[1].value, 1);
}

TEST(replay, understands_every_form_of_time) {
  const auto time_of = [](const std::string& text) {
    return parse_recording("t,value\n\"" + text + "\",1\n", columns({}, "t")).times.at(0);
  };
  EXPECT_EQ(time_of("2014-04-01 00:05:00"), 1'396'310'700'000);
  EXPECT_EQ(time_of("2014-04-01T00:05:00Z"), 1'396'310'700'000);
  EXPECT_EQ(time_of("2014-04-01T02:05:00.250+02:00"), 1'396'310'700'250);
  EXPECT_EQ(time_of("1396310700"), 1'396'310'700'000) << "seconds";
  EXPECT_EQ(time_of("1396310700123"), 1'396'310'700'123) << "milliseconds";
}

TEST(replay, reads_labels_and_knows_the_truth_then) {
  recording read = parse_recording("value,anomaly\n1,0\n2,1\n3,true\n4,False\n", columns({"value"}, "", "anomaly"));
  EXPECT_THAT(read.labels, ElementsAre(false, true, true, false));
  replay from(std::move(read), 1);
  EXPECT_TRUE(from.has_truth());
  EXPECT_THAT(from.kinds(), ElementsAre("labelled"));
  sample point;
  from.next(0, point);
  EXPECT_EQ(point.kind, 0);
  EXPECT_EQ(point.label, false);
  from.next(0, point);
  EXPECT_EQ(point.kind, 1);
  EXPECT_EQ(point.label, true);
}

TEST(replay, sends_no_label_where_there_is_none) {
  replay from(parse_recording("value\n1\n", columns({})), 1);
  EXPECT_FALSE(from.has_truth());
  sample point;
  point.label = true;
  from.next(0, point);
  EXPECT_EQ(point.label, std::nullopt);
  EXPECT_EQ(point.ts, synthetic_start_ms);
}

TEST(replay, does_without_a_header_line_where_columns_are_indexes) {
  EXPECT_THAT(parse_recording("1,10\n2,20\n", columns({"2"})).values, ElementsAre(10, 20));
  EXPECT_THAT(parse_recording("1,10\n2,20\n", columns({"2", "1"})).features, ElementsAre("column2", "column1"));
}

TEST(replay, takes_no_first_row_for_names_that_look_like_the_index) {
  EXPECT_THAT(parse_recording("2,10,2014-04-01 00:00:00\n3,20,2014-04-01 00:05:00\n", columns({"2"})).values,
              ElementsAre(10, 20));
  EXPECT_THAT(error_of("1,2\n3,4\n", columns({})), HasSubstr("no column \"value\""));
}

TEST(replay, names_file_and_line_of_what_is_wrong) {
  EXPECT_EQ(error_of("value\n1\n\nx\n", columns({})), "data.csv:4: column 1: \"x\" is not a finite number");
  EXPECT_EQ(error_of("value\n1\nnan\n", columns({})), "data.csv:3: column 1: \"nan\" is not a finite number");
  EXPECT_EQ(error_of("value\n1\n1e999\n", columns({})), "data.csv:3: column 1: \"1e999\" is not a finite number");
  EXPECT_THAT(error_of("value,l\n1,2\n", columns({}, "", "l")),
              HasSubstr("data.csv:2: column 2: \"2\" is not 0, 1, true"));
  EXPECT_THAT(error_of("value,t\n1,noon\n", columns({}, "t")),
              HasSubstr("data.csv:2: column 2: \"noon\" is not a time"));
  EXPECT_THAT(error_of("a,value\n1,2\n3\n", columns({})), HasSubstr("data.csv:3: column 2 is missing"));
  EXPECT_THAT(error_of("a,b\n1,2\n", columns({})),
              HasSubstr("data.csv:1: no column \"value\" for --value-column; there are a, b"));
  EXPECT_THAT(error_of("a,b\n1,2\n", columns({"3"})), HasSubstr("or 1 to 2"));
  EXPECT_THAT(error_of("a,b\n1,2\n", columns({"a"}, "c")), HasSubstr("--time-column"));
  EXPECT_THAT(error_of("value\n\"1\n", columns({})), HasSubstr("data.csv:2: a quoted field"));
  EXPECT_THAT(error_of("", columns({})), HasSubstr("empty"));
  EXPECT_THAT(error_of("value\n", columns({})), HasSubstr("no rows"));
  EXPECT_THAT(error_of("a b,a-b,a_b\n1,2,3\n", columns({"a b", "a_b"})), HasSubstr("both be called 'a_b'"));
}

TEST(replay, quotes_what_it_refuses_so_that_a_terminal_is_not_driven_by_it) {
  const std::string error = error_of("value\n1\n\x1b]0;owned\x07\n", columns({}));
  EXPECT_THAT(error, HasSubstr("\\u001b]0;owned\\u0007"));
  EXPECT_EQ(error.find('\x1b'), std::string::npos);
}

TEST(replay, refuses_a_row_with_more_fields_than_the_first_line) {
  EXPECT_EQ(error_of("value\n1,5\n", columns({})), "data.csv:2: the row has 2 fields, the first line 1");
  EXPECT_EQ(error_of("value,b\n1,2,,\n", columns({})), "no error");
}

TEST(replay, says_whether_a_file_is_not_there_or_cannot_be_read) {
  const auto error_with = [](const char* file) -> std::string {
    replay_settings settings;
    settings.file = file;
    try {
      read_recording(settings);
    } catch (const replay_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(error_with("/nonexistent/data.csv"), "/nonexistent/data.csv: No such file or directory");
  EXPECT_EQ(error_with("/"), "/: cannot be read");
}

}  // namespace
}  // namespace spindrift
