// spindrift-detect: what it reads, what it prints, and its ADWIN against river's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

child_result detect(const std::vector<std::string>& arguments, const std::string& input = "") {
  std::vector<std::string> command = {program("spindrift-detect")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_to_end(command, {.input = input});
}

std::vector<json> verdicts_of(const child_result& result) {
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  std::vector<json> all;
  for (const std::string& line : split_lines(result.output)) {
    json read = parsed(line);
    if (read.at("type") != "event") all.push_back(std::move(read));
  }
  return all;
}

TEST(backtest, bare_numbers_are_points_of_the_default_stream) {
  const auto verdicts = verdicts_of(detect({}, "1.5\n-2\n\n3e1\n"));
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0].at("stream"), "default");
  EXPECT_EQ(verdicts[0].at("value"), 1.5);
  EXPECT_EQ(verdicts[2].at("value"), 30);
  EXPECT_EQ(verdicts[2].at("n"), 3);
}

TEST(backtest, a_header_names_the_columns_of_a_csv_file) {
  const scratch_folder folder;
  const std::string file =
      folder.write("a.csv", "when,load,\"temp, C\",truth\n1764000000000,1,20.5,0\n2025-11-24T16:00:01Z,2,21,1\n");
  const auto rows =
      verdicts_of(detect({file, "--value-column", "load", "--time-column", "when", "--label-column", "truth"}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("value"), 1);
  EXPECT_EQ(rows[0].at("ts"), 1764000000000);
  EXPECT_EQ(rows[0].at("label"), false);
  EXPECT_EQ(rows[1].at("ts"), 1764000001000);
  EXPECT_EQ(rows[1].at("label"), true);
}

TEST(backtest, a_csv_file_without_header_has_columns_by_number) {
  const scratch_folder folder;
  const std::string file = folder.write("b.csv", "1764000000000,5,0.5\n1764000001000,6,0.25\n");
  const auto one = verdicts_of(detect({file, "--value-column", "2", "--time-column", "1"}));
  ASSERT_EQ(one.size(), 2U);
  EXPECT_EQ(one[1].at("value"), 6);
  EXPECT_EQ(one[1].at("ts"), 1764000001000);
  const auto several = verdicts_of(detect({file, "--value-column", "2,3"}));
  ASSERT_EQ(several.size(), 2U);
  EXPECT_EQ(several[0].at("values").size(), 2U);
}

TEST(backtest, a_bad_row_costs_one_error_and_a_missing_column_the_run) {
  const auto lines = verdicts_of(detect({}, "1\ntwo\n3\n"));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(is_verdict(lines[0]));
  EXPECT_EQ(lines[1].at("type"), "error");
  EXPECT_EQ(lines[2].at("n"), 2);
  const child_result missing = detect({"--value-column", "load"}, "a,b\n1,2\n");
  EXPECT_EQ(missing.exit_code, 78);
  EXPECT_THAT(missing.errors, HasSubstr("load"));
  EXPECT_NE(detect({"/nowhere/file.csv"}).exit_code, 0);
}

TEST(backtest, json_lines_are_judged_like_frames) {
  const auto lines =
      verdicts_of(detect({}, "{\"stream\":\"a\",\"value\":1,\"seq\":4}\n{\"value\":\n{\"op\":\"ping\"}\n"));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].at("seq"), 4);
  EXPECT_TRUE(is_error(lines[1], "bad_json"));
  EXPECT_EQ(lines[2].at("type"), "error");
}

TEST(backtest, a_summary_counts_what_the_verdicts_say) {
  const std::string text = points({.count = 3'000});
  std::size_t anomalies = 0;
  std::size_t drifts = 0;
  std::size_t alarms = 0;
  for (const json& verdict : verdicts_of(detect({}, text))) {
    anomalies += verdict.at("anomaly") == true ? 1U : 0U;
    drifts += verdict.at("drift") == true ? 1U : 0U;
    alarms += verdict.at("alarm") == true ? 1U : 0U;
  }
  const child_result result = detect({"--format", "summary"}, text);
  const json summary = parsed(result.output);
  EXPECT_EQ(summary.at("points"), 3'000);
  EXPECT_EQ(summary.at("errors"), 0);
  EXPECT_EQ(summary.at("anomalies"), anomalies);
  EXPECT_EQ(summary.at("drifts"), drifts);
  EXPECT_EQ(summary.at("alarms"), alarms);
  EXPECT_GT(anomalies, 0U);
}

double number(const json& field) {
  return field.is_string() ? std::stod(field.get<std::string>()) : field.get<double>();
}

class golden_adwin : public testing::TestWithParam<const char*> {};

TEST_P(golden_adwin, is_river_bit_for_bit_in_both_modes) {
  const std::string base = std::string(SPINDRIFT_SOURCE_DIR "/tests/golden/adwin/") + GetParam();
  const json expected = json::parse(read_file(base + ".river.json"));
  std::size_t runs = 0;
  for (const json& run : expected.at("runs")) {
    const auto flag = [&run](const char* name) { return run.at(name).dump(); };
    const json seen =
        parsed(detect({base + ".input.csv", "--adwin-only", "--adwin-mode", run.at("mode"), "--adwin-delta",
                       flag("delta"), "--adwin-clock", flag("clock"), "--adwin-max-buckets", flag("max_buckets"),
                       "--adwin-min-window", flag("min_window_length"), "--adwin-grace", flag("grace_period")})
                   .output);
    SCOPED_TRACE(run.at("mode").get<std::string>() + " delta " + flag("delta") + " clock " + flag("clock"));
    EXPECT_EQ(seen.at("detections"), run.at("detections"));
    EXPECT_EQ(seen.at("widths"), run.at("width_after"));
    EXPECT_EQ(number(seen.at("width")), number(run.at("final_width")));
    EXPECT_EQ(number(seen.at("total")), number(run.at("total")));
    EXPECT_EQ(number(seen.at("mean")), number(run.at("mean")));
    EXPECT_EQ(number(seen.at("variance_sum")), number(run.at("variance_sum")));
    EXPECT_EQ(seen.at("n_detections"), run.at("n_detections_total"));
    ++runs;
  }
  EXPECT_GE(runs, 12U);
}

INSTANTIATE_TEST_SUITE_P(backtest, golden_adwin, testing::Values("short_40", "abrupt_mean"),
                         [](const auto& each) { return std::string(each.param); });

TEST(backtest, the_servers_adwin_finds_the_drifts_that_the_verdicts_report) {
  const std::string file = SPINDRIFT_SOURCE_DIR "/tests/golden/adwin/abrupt_mean.input.csv";
  std::vector<std::size_t> drifts;
  const auto verdicts = verdicts_of(detect({file}));
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].at("drift") == true) drifts.push_back(i);
  }
  const json seen = parsed(detect({file, "--adwin-only"}).output);
  EXPECT_EQ(seen.at("detections").get<std::vector<std::size_t>>(), drifts);
  EXPECT_FALSE(drifts.empty());
}

TEST(backtest, says_by_its_exit_code_that_verdicts_are_lost) {
  const child_result result = run_to_end({"/bin/sh", "-c", "echo 1 | " + program("spindrift-detect") + " >/dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, testing::HasSubstr("No space left"));
}

TEST(backtest, takes_an_input_that_cannot_be_read_for_no_empty_one) {
  const scratch_folder folder;
  const child_result result = detect({folder.file("")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("Is a directory"));
}

struct unreadable {
  const char* name;
  std::string content;
  const char* said;
};

void PrintTo(const unreadable& input, std::ostream* out) {
  *out << input.name;
}

class unreadable_input : public testing::TestWithParam<unreadable> {};

TEST_P(unreadable_input, is_refused_with_one_line_that_says_what_is_wrong) {
  const scratch_folder folder;
  const std::string file = folder.write("input", GetParam().content);
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--format", "summary"}}) {
    std::vector<std::string> arguments = {file};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const child_result result = detect(arguments);
    EXPECT_EQ(result.exit_code, 78);
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(split_lines(result.errors).size(), 1U) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(GetParam().said));
    EXPECT_THAT(result.errors, HasSubstr(file));
    EXPECT_EQ(result.errors.find_first_of("\x1b\x07\x9b"), std::string::npos);
  }
  EXPECT_EQ(detect({file, "--adwin-only"}).exit_code, 78);
}

std::string many_lines(const char* line) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += line;
  return text;
}

INSTANTIATE_TEST_SUITE_P(backtest, unreadable_input,
                         testing::Values(unreadable{"empty", "", "empty"}, unreadable{"blank", "\n\n  \n", "empty"},
                                         unreadable{"header_alone", "time,value\n", "no rows"},
                                         unreadable{"semicolons", "t;value\n1;2.5\n2;3.5\n", "semicolons"},
                                         unreadable{"semicolons_and_commas", "t;value\n1;2,5\n2;3,5\n",
                                                    "decimal commas"},
                                         unreadable{"tabs", "t\tvalue\n1\t2.5\n2\t3.5\n", "tabs"},
                                         unreadable{"decimal_commas", "value\n1,5\n2,5\n", "decimal commas"},
                                         unreadable{"quoted_commas", "value\n\"1,5\"\n\"2,5\"\n", "decimal commas"},
                                         unreadable{"utf16", std::string("\xff\xfe\x31\0\x0a\0", 6), "UTF-16"},
                                         unreadable{"utf16_without_mark", std::string("1\0\n\0002\0\n\0", 8), "UTF-16"},
                                         unreadable{"binary",
                                                    std::string("\x7f"
                                                                "ELF\2\1\1\0\0\0\0\xff\xfe",
                                                                13),
                                                    "no text"},
                                         unreadable{"controls", "\x1b[2J\x1b]0;owned\x07\n", "no text"},
                                         unreadable{"json_array", "[{\"value\":1}]\n", "JSON array"},
                                         unreadable{"commands", "{\"op\":\"ping\"}\n", "no line of it is a point"},
                                         unreadable{"words", "some\nwords\n\xe2\x80\xaehere\n", "not a number"},
                                         unreadable{"much_of_it", many_lines("a;1;2\n"), "semicolons"}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(backtest, a_file_of_another_dialect_is_read_when_it_is_named) {
  const std::string file = "zeit;wert\n24.11.2025 16:00:00;1,5\n24.11.2025 16:00:01;\n24.11.2025 16:00:02,5;2,5\n";
  const auto verdicts = verdicts_of(detect({"--delimiter", ";", "--decimal", ",", "--time-column", "zeit",
                                            "--time-format", "%d.%m.%Y %H:%M:%S", "--skip-bad"},
                                           file));
  ASSERT_EQ(verdicts.size(), 2U) << "the empty cell is left out";
  EXPECT_EQ(verdicts[1].at("value"), 2.5);
  EXPECT_EQ(verdicts[1].at("ts"), 1'764'000'002'500);
  EXPECT_EQ(detect({"--delimiter", ";;"}).exit_code, 78);
  EXPECT_EQ(detect({"--decimal", "x"}).exit_code, 78);
}

TEST(backtest, draws_a_whole_file_and_says_so_in_one_line) {
  const scratch_folder folder;
  std::string rows = "time,value\n";
  for (int i = 0; i < 300; ++i) rows += std::to_string(1'764'000'000 + 60 * i) + (i < 200 ? ",1\n" : ",9\n");
  const std::string file = folder.write("input.csv", rows);
  const std::string page = file + ".html";
  const child_result drawn = detect({file, "--output", page});
  EXPECT_EQ(drawn.exit_code, 0) << drawn.errors;
  EXPECT_THAT(drawn.output, HasSubstr(page + ": 300 points"));
  EXPECT_EQ(split_lines(drawn.output).size(), 1U);
  std::ifstream in(page);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(text, HasSubstr("<svg"));
  EXPECT_THAT(text, HasSubstr("2025-11-24"));
  EXPECT_EQ(detect({file, "--output", file + ".gif"}).exit_code, 78);
  EXPECT_EQ(detect({file, "--output", file + "/no/x.svg"}).exit_code, 78);
}

TEST(backtest, a_byte_order_mark_is_no_fault) {
  EXPECT_EQ(verdicts_of(detect({}, "\xef\xbb\xbf{\"value\":1}\n{\"value\":2}\n")).size(), 2U);
  EXPECT_EQ(verdicts_of(detect({}, "\xef\xbb\xbfvalue\n1\n")).size(), 1U);
}

TEST(backtest, errors_before_the_first_point_are_told_once_there_is_one) {
  const auto lines = verdicts_of(detect({}, "value\none\ntwo\n3\nfour\n"));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(is_error(lines[0], "bad_frame"));
  EXPECT_EQ(lines[1].at("frame"), 3);
  EXPECT_TRUE(is_verdict(lines[2]));
  EXPECT_EQ(lines[3].at("frame"), 5);
}

TEST(backtest, a_column_that_is_not_there_is_named_without_driving_the_terminal) {
  const child_result missing = detect({"--value-column", "lo\x1b[2Jad"}, "a\x1b[2J,b\n1,2\n");
  EXPECT_EQ(missing.exit_code, 78);
  EXPECT_EQ(missing.errors.find('\x1b'), std::string::npos);
}

TEST(backtest, refuses_flags_that_would_do_nothing) {
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--adwin-mode", "core"}, {"--adwin-only", "--format", "summary"}}) {
    std::vector<std::string> command = flags;
    command.insert(command.begin(), program("spindrift-detect"));
    EXPECT_EQ(run_to_end(command).exit_code, 78) << flags.back();
  }
}

TEST(backtest, says_which_flags_adwin_alone_has_no_use_for) {
  const child_result refused =
      detect({"--adwin-only", "--adwin-clock", "1", "--threshold", "4", "--label-column", "is"});
  EXPECT_EQ(refused.exit_code, 78);
  EXPECT_THAT(refused.errors, HasSubstr("--threshold: not with --adwin-only"));
  EXPECT_THAT(refused.errors, HasSubstr("--label-column: not with --adwin-only"));
  EXPECT_EQ(split_lines(refused.errors).size(), 2U) << refused.errors;
}

}  // namespace
}  // namespace spindrift
