// Goal: every setting comes from the highest of four places, and whatever is wrong is refused with the right exit code
// and words that name the key, the value, the place and what is allowed.
// Method: a small set of options, parsed from an argument list, the real environment (variables set and unset by each
// test) and a file in a directory of the test's own.
#include "common/cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/cli/config_file.hpp"

namespace spindrift {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class options : public ::testing::Test {
protected:
  options() {
    set_.add_texts("--listen", "HOST:PORT", "Address to listen on", listen_);
    set_.add_number("--window", "POINTS", "Points of the window, 10 to 10000", window_, 10, 10'000);
    set_.add_number("--threshold", "X", "How many sigmas", threshold_, 0.5, 100);
    set_.add_text("--state-dir", "DIR", "Where the state lives", state_dir_);
    set_.add_choice("--log-format", "How log lines look", {"text", "json"}, log_format_);
    set_.add_on_off("--seasonal", "Whether to follow a season", seasonal_);
    set_.add_switch("--quiet", "Say less", quiet_);
    set_.add_action("--print-config", "Print the settings and leave", print_config_);
    set_.accept_config_file();
    directory_ =
        std::filesystem::temp_directory_path() / ("spindrift_options_" + std::to_string(::getpid()) + "_" +
                                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory_);
  }
  ~options() override {
    for (const std::string& name : variables_) ::unsetenv(name.c_str());
    std::filesystem::remove_all(directory_);
  }

  parse_result parse(std::vector<const char*> words) {
    words.insert(words.begin(), "spindriftd");
    return set_.parse(static_cast<int>(words.size()), words.data());
  }
  void set_variable(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    variables_.push_back(name);
  }
  // Also names it in SPINDRIFT_CONFIG, so that a test need not pass --config.
  std::string write_file(const std::string& text) {
    const std::string path = directory_ / "s.toml";
    std::ofstream(path) << text;
    set_variable("SPINDRIFT_CONFIG", path);
    return path;
  }
  void expect_refusal(const parse_result& result, int exit_code, const std::string& part) {
    EXPECT_FALSE(result.proceeds);
    EXPECT_EQ(result.exit_code, exit_code);
    EXPECT_THAT(result.text, HasSubstr(part));
    EXPECT_THAT(result.text, StartsWith("spindriftd: "));
    EXPECT_EQ(result.text.back(), '\n');
  }

  std::vector<std::string> listen_ = {"127.0.0.1:7171"};
  std::uint64_t window_ = 100;
  double threshold_ = 4;
  std::string state_dir_ = "state";
  std::string log_format_ = "text";
  bool seasonal_ = false;
  bool quiet_ = false;
  bool print_config_ = false;
  option_set set_{"spindriftd", "takes points, answers verdicts"};
  std::filesystem::path directory_;
  std::vector<std::string> variables_;
};

TEST_F(options, keep_their_defaults_when_nothing_is_given) {
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_EQ(window_, 100u);
  EXPECT_THAT(listen_, ElementsAre("127.0.0.1:7171"));
}

TEST_F(options, are_taken_from_the_highest_source_that_speaks_of_them) {
  write_file("window = 200\nthreshold = 2.5\nstate-dir = \"from_file\"\n");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_EQ(window_, 200u);
  EXPECT_EQ(state_dir_, "from_file");
  set_variable("SPINDRIFT_WINDOW", "300");
  set_variable("SPINDRIFT_STATE_DIR", "from_environment");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_EQ(window_, 300u);
  EXPECT_EQ(state_dir_, "from_environment");
  EXPECT_TRUE(parse({"--window", "400"}).proceeds);
  EXPECT_EQ(window_, 400u);
  EXPECT_EQ(state_dir_, "from_environment");
  EXPECT_EQ(threshold_, 2.5);
}

TEST_F(options, replace_a_list_as_a_whole) {
  write_file("listen = [\"f:1\", \"f:2\"]\n");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_THAT(listen_, ElementsAre("f:1", "f:2"));
  set_variable("SPINDRIFT_LISTEN", "e:1,e:2,e:3");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_THAT(listen_, ElementsAre("e:1", "e:2", "e:3"));
  EXPECT_TRUE(parse({"--listen", "c:1", "--listen=[::1]:7171"}).proceeds);
  EXPECT_THAT(listen_, ElementsAre("c:1", "[::1]:7171"));
}

TEST_F(options, take_the_file_that_the_flag_names_before_the_variable) {
  write_file("window = 200\n");
  const std::string other = directory_ / "other.toml";
  std::ofstream(other) << "window = 250\n";
  EXPECT_TRUE(parse({"--config", other.c_str()}).proceeds);
  EXPECT_EQ(window_, 250u);
}

TEST_F(options, take_values_as_they_are_typed) {
  EXPECT_TRUE(parse({"--state-dir="}).proceeds);
  EXPECT_EQ(state_dir_, "");
  EXPECT_TRUE(parse({"--state-dir", ""}).proceeds);
  EXPECT_EQ(state_dir_, "");
  EXPECT_TRUE(parse({"--state-dir", "[a,b]"}).proceeds);
  EXPECT_EQ(state_dir_, "[a,b]");
  EXPECT_TRUE(parse({"--state-dir=--a=b"}).proceeds);
  EXPECT_EQ(state_dir_, "--a=b");
  EXPECT_TRUE(parse({"--state-dir", "-"}).proceeds);
  EXPECT_EQ(state_dir_, "-");
  EXPECT_TRUE(parse({"--state-dir", "-x"}).proceeds);
  EXPECT_EQ(state_dir_, "-x");
  EXPECT_TRUE(parse({"--state-dir", "{}"}).proceeds);
  EXPECT_EQ(state_dir_, "{}");
}

TEST_F(options, understand_switches_and_on_off) {
  EXPECT_TRUE(parse({"--quiet", "--seasonal", "on"}).proceeds);
  EXPECT_TRUE(quiet_);
  EXPECT_TRUE(seasonal_);
  EXPECT_TRUE(parse({"--quiet=false", "--seasonal=off"}).proceeds);
  EXPECT_FALSE(quiet_);
  EXPECT_FALSE(seasonal_);
  write_file("quiet = true\nseasonal = true\n");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_TRUE(quiet_);
  EXPECT_TRUE(seasonal_);
  expect_refusal(parse({"--quiet=maybe"}), exit_bad_config, "quiet: bad value \"maybe\" from flag --quiet");
}

TEST_F(options, refuse_an_unknown_flag_with_the_nearest_name) {
  expect_refusal(parse({"--treshold", "5"}), exit_usage, "unknown option --treshold; did you mean --threshold?\n");
  expect_refusal(parse({"--treshold=5"}), exit_usage, "unknown option --treshold; did you mean --threshold?\n");
  expect_refusal(parse({"--verison"}), exit_usage, "did you mean --version?");
  expect_refusal(parse({"--utterly-wrong"}), exit_usage, "unknown option --utterly-wrong; the nearest is --");
  expect_refusal(parse({"-x"}), exit_usage, "unknown option -x");
  expect_refusal(parse({"---quiet"}), exit_usage, "unknown option ---quiet");
  expect_refusal(parse({"--no\x1b[31m"}), exit_usage, "unknown option --no\\u001b[31m");
}

TEST_F(options, refuse_a_flag_without_its_value) {
  expect_refusal(parse({"--state-dir"}), exit_usage, "--state-dir needs a value");
  expect_refusal(parse({"--state-dir", "--quiet"}), exit_usage, "--state-dir needs a value, but --quiet follows");
  EXPECT_EQ(state_dir_, "state");
}

TEST_F(options, refuse_a_flag_given_twice_and_a_stray_argument) {
  expect_refusal(parse({"--window", "20", "--window=30"}), exit_usage, "--window is given 2 times");
  expect_refusal(parse({"--quiet", "--quiet"}), exit_usage, "--quiet is given 2 times");
  expect_refusal(parse({"stray"}), exit_usage, "unexpected argument \"stray\"");
  expect_refusal(parse({"--", "--window"}), exit_usage, "unexpected argument \"--window\"");
}

TEST_F(options, refuse_a_bad_value_and_say_where_it_came_from) {
  expect_refusal(parse({"--window", "9"}), exit_bad_config,
                 "window: bad value \"9\" from flag --window; allowed: a whole number from 10 to 10000\n");
  set_variable("SPINDRIFT_THRESHOLD", "nan");
  expect_refusal(
      parse({}), exit_bad_config,
      "threshold: bad value \"nan\" from environment variable SPINDRIFT_THRESHOLD; allowed: a number from 0.5 "
      "to 100\n");
  const std::string path = write_file("\n\nlog-format = \"xml\"\n");
  expect_refusal(parse({"--threshold=1"}), exit_bad_config,
                 "log-format: bad value \"xml\" from " + path + ":3; allowed: text, json\n");
}

TEST_F(options, name_all_bad_values_at_once) {
  const parse_result result = parse({"--window", "-1", "--threshold", "1e999", "--seasonal", "maybe"});
  EXPECT_EQ(result.exit_code, exit_bad_config);
  EXPECT_THAT(result.text, HasSubstr("window"));
  EXPECT_THAT(result.text, HasSubstr("threshold"));
  EXPECT_THAT(result.text, HasSubstr("allowed: on or off"));
}

TEST_F(options, accept_numbers_only_when_the_whole_text_is_one) {
  for (const char* text : {"", " 12", "12 ", "0x20", "12abc", "1e2", "99999999999999999999999", "+12", "10.5"}) {
    EXPECT_EQ(parse({"--window", text}).exit_code, exit_bad_config) << text;
  }
  for (const char* text : {"", " 1", "1,5", "inf", "-inf", "0x1p3", "0.4", "101"}) {
    EXPECT_EQ(parse({"--threshold", text}).exit_code, exit_bad_config) << text;
  }
}

TEST_F(options, refuse_an_unknown_key_with_file_line_and_nearest) {
  const std::string path = write_file("window = 20\nstate_dir = \"x\"\n");
  expect_refusal(parse({}), exit_bad_config, path + ":2: unknown key \"state_dir\"; did you mean state-dir\n");
  write_file("[zscore]\nmethod = \"robust\"\n");
  expect_refusal(parse({}), exit_bad_config, ":1: unknown key \"zscore\"");
  write_file("print-config = true\n");
  expect_refusal(parse({}), exit_bad_config, "unknown key \"print-config\"");
  write_file("config = \"x\"\n");
  expect_refusal(parse({}), exit_bad_config, "unknown key \"config\"");
}

TEST_F(options, refuse_a_file_that_is_not_toml_with_line_and_column) {
  const std::string path = write_file("window = 20\nthreshold = = 2\n");
  const parse_result result = parse({});
  expect_refusal(result, exit_bad_config, path + ":2:");
  EXPECT_EQ(window_, 100u);
  write_file("window = 20\nwindow = 30\n");
  EXPECT_EQ(parse({}).exit_code, exit_bad_config);
}

TEST_F(options, refuse_a_file_that_cannot_be_read) {
  const std::string missing = directory_ / "none.toml";
  expect_refusal(parse({"--config", missing.c_str()}), exit_bad_config, "No such file or directory");
  expect_refusal(parse({"--config", directory_.c_str()}), exit_bad_config, "Is a directory");
  expect_refusal(parse({"--config", "/dev/zero"}), exit_bad_config, "longer than 1 MiB");
}

TEST_F(options, refuse_values_of_the_wrong_kind_in_the_file) {
  write_file("window = [20, 30]\n");
  expect_refusal(parse({}), exit_bad_config, "window: a list from ");
  write_file("window = 2026-11-21\n");
  expect_refusal(parse({}), exit_bad_config, ":1: \"window\" is no setting's value");
  write_file("window = {a = 1}\n");
  expect_refusal(parse({}), exit_bad_config, "is no setting's value");
}

TEST_F(options, leave_variables_of_sibling_programs_alone) {
  set_variable("SPINDRIFT_SCENARIO", "sine");
  set_variable("SPINDRIFT_PRINT_CONFIG", "true");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_FALSE(print_config_);
}

TEST_F(options, refuse_a_variable_that_no_program_of_ours_knows) {
  set_variable("SPINDRIFT_TRESHOLD", "3");
  expect_refusal(parse({}), exit_bad_config,
                 "unknown environment variable SPINDRIFT_TRESHOLD; did you mean SPINDRIFT_THRESHOLD\n");
  set_variable("SPINDRIFT_TRESHOLD", "");
  expect_refusal(parse({"--window", "20"}), exit_bad_config, "SPINDRIFT_TRESHOLD");
}

TEST_F(options, leave_variables_of_tests_and_scripts_alone) {
  set_variable("SPINDRIFT_NAB_DIR", "/somewhere");
  EXPECT_TRUE(parse({}).proceeds);
}

struct stream_rule {
  std::string match = "*";
  double threshold = 5;
  std::vector<std::string> alerts{};
  struct alert {
    std::string to;
  };
  std::vector<alert> nested{};
};

void declare_rule(stream_rule& rule, option_set& keys) {
  keys.add_text("--match", "GLOB", "which streams", rule.match);
  keys.add_number("--threshold", "Z", "their threshold", rule.threshold, 0.5, 100);
  keys.add_texts("--alerts", "NAME", "who is told", rule.alerts);
  keys.add_table("alert", "who is told what", 2, rule.nested, [](stream_rule::alert& alert, option_set& nested) {
    nested.add_text("--to", "ADDRESS", "where to", alert.to);
  });
}

class tables : public options {
protected:
  tables() { set_.add_table("stream", "settings of some streams", 3, rules_, declare_rule); }
  std::vector<stream_rule> rules_;
};

TEST_F(tables, are_taken_in_the_order_of_the_file) {
  write_file(
      "window = 50\n[[stream]]\nmatch = \"cpu*\"\nthreshold = 3\nalerts = [\"a\", "
      "\"b\"]\n[[stream]]\n[[stream.alert]]\n"
      "to = \"x\"\n[[stream.alert]]\nto = \"y\"\n");
  const parse_result result = parse({});
  ASSERT_TRUE(result.proceeds) << result.text;
  EXPECT_EQ(window_, 50u);
  ASSERT_EQ(rules_.size(), 2u);
  EXPECT_EQ(rules_[0].match, "cpu*");
  EXPECT_EQ(rules_[0].threshold, 3);
  EXPECT_THAT(rules_[0].alerts, ElementsAre("a", "b"));
  EXPECT_EQ(rules_[1].match, "*") << "an entry begins with the defaults";
  ASSERT_EQ(rules_[1].nested.size(), 2u);
  EXPECT_EQ(rules_[1].nested[1].to, "y");
}

TEST_F(tables, are_refused_where_they_are_wrong_with_their_place) {
  write_file("[[stream]]\nthreshhold = 3\n");
  expect_refusal(parse({}), exit_bad_config, ":2: unknown key \"threshhold\"; did you mean threshold");
  const std::string path = write_file("[[stream]]\n[[stream]]\nthreshold = 0\n");
  expect_refusal(parse({}), exit_bad_config, "threshold: bad value \"0\" from " + path + ":3");
  write_file("[[streams]]\n");
  expect_refusal(parse({}), exit_bad_config, "unknown table \"streams\"; did you mean stream");
  write_file("[[stream]]\n[[stream]]\n[[stream]]\n[[stream]]\n");
  expect_refusal(parse({}), exit_bad_config, "4 times [[stream]]; allowed: at most 3");
  write_file("stream = 3\n");
  expect_refusal(parse({}), exit_bad_config, "unknown key \"stream\"");
}

TEST_F(tables, nested_deeper_than_anything_is_are_refused) {
  std::string deep = "[[stream";
  std::string text;
  for (int i = 0; i < 6; ++i, deep += ".alert") text += deep + "]]\n";
  write_file(text);
  EXPECT_FALSE(parse({}).proceeds);
}

TEST_F(tables, print_a_configuration_that_reads_back_the_same) {
  rules_ = {{"a", 1, {"x"}, {{"here"}, {"there"}}}, {"b", 2, {}, {}}};
  const std::string printed = set_.print_config();
  rules_.clear();
  write_file(printed);
  const parse_result result = parse({});
  ASSERT_TRUE(result.proceeds) << result.text << printed;
  ASSERT_EQ(rules_.size(), 2u);
  EXPECT_EQ(rules_[0].nested.at(1).to, "there");
  EXPECT_EQ(rules_[1].threshold, 2);
  EXPECT_EQ(set_.print_config(), printed);
}

TEST_F(tables, are_in_the_help_and_in_the_manual_page) {
  EXPECT_THAT(parse({"--help"}).text, HasSubstr("[[stream]]"));
  EXPECT_THAT(parse({"--help-man"}).text, HasSubstr(".SH TABLE STREAM"));
}

TEST_F(options, print_a_manual_page_with_every_option) {
  const parse_result result = parse({"--help-man"});
  EXPECT_EQ(result.exit_code, exit_ok);
  EXPECT_THAT(result.text, testing::StartsWith(".TH SPINDRIFTD 1"));
  for (const char* part :
       {".SH NAME", ".SH OPTIONS", ".SH ENVIRONMENT", ".SH EXIT STATUS", "\\-\\-window", "(default 100)"}) {
    EXPECT_THAT(result.text, HasSubstr(part));
  }
}

TEST_F(options, print_what_shells_complete_by) {
  for (const char* flag : {"--help-bash", "--help-zsh", "--help-fish"}) {
    const parse_result result = parse({flag});
    EXPECT_EQ(result.exit_code, exit_ok);
    EXPECT_THAT(result.text, HasSubstr("window")) << flag;
    EXPECT_THAT(result.text, HasSubstr("config")) << flag;
    EXPECT_THAT(result.text, HasSubstr("version")) << flag;
  }
  EXPECT_THAT(parse({"--help-bash"}).text, HasSubstr("complete -F _spindriftd spindriftd\n"));
  EXPECT_THAT(parse({"--help-zsh"}).text, testing::StartsWith("#compdef spindriftd\n"));
  EXPECT_THAT(parse({"--help-fish"}).text, HasSubstr("complete -c spindriftd -l window -x"));
  // Its commands too, each once, where a first word stands.
  const char* const commands = "explain-settings import producer shadow-report test-alert token";
  EXPECT_THAT(parse({"--help-bash"}).text, HasSubstr(std::string("compgen -W '") + commands + "'"));
  EXPECT_THAT(parse({"--help-zsh"}).text, HasSubstr(std::string("'1: :(") + commands + ")'"));
  EXPECT_THAT(parse({"--help-fish"}).text, HasSubstr(std::string("-eq 1' -a '") + commands + "'\n"));
}

TEST_F(options, answer_version_and_help_even_among_mistakes) {
  const parse_result version = parse({"--version"});
  EXPECT_FALSE(version.proceeds);
  EXPECT_EQ(version.exit_code, exit_ok);
  EXPECT_THAT(version.text, testing::MatchesRegex("spindriftd [0-9.]+ \\(commit [-0-9a-z]+, [A-Za-z-]+\\)\n"));
  EXPECT_THAT(version.text, HasSubstr(SPINDRIFT_VERSION));
  EXPECT_EQ(parse({"--help", "--bogus"}).exit_code, exit_ok);
  EXPECT_THAT(parse({"-h"}).text, HasSubstr("Usage: spindriftd"));
}

TEST_F(options, print_a_help_page_of_100_columns_with_defaults_and_exit_codes) {
  std::string long_help;
  for (int i = 0; i < 60; ++i) long_help += "words and ";
  set_.add_text("--a-very-long-flag-indeed-so-long", "PLACEHOLDER", long_help, state_dir_);
  const std::string page = parse({"--window", "50", "--help"}).text;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  EXPECT_THAT(page, HasSubstr("(default 100)"));
  EXPECT_THAT(page, HasSubstr("(repeatable; default 127.0.0.1:7171)"));
  EXPECT_THAT(page, HasSubstr("--log-format text|json"));
  EXPECT_THAT(page, HasSubstr("SPINDRIFT_SOME_FLAG"));
  EXPECT_THAT(page, HasSubstr("  78  bad value or configuration"));
}

TEST_F(options, print_a_configuration_that_reads_back_the_same) {
  const std::string odd = "a \"quoted\" \\ path\nwith\ttabs, \x7f and ü";
  listen_ = {"a:1", "[::1]:2"};
  window_ = 4'711;
  threshold_ = 0.1 + 0.7;
  state_dir_ = odd;
  log_format_ = "json";
  seasonal_ = quiet_ = true;
  const std::string printed = set_.print_config();
  EXPECT_THAT(printed, Not(HasSubstr("print-config")));
  const double threshold = threshold_;
  listen_.clear();
  window_ = 100;
  threshold_ = 4;
  seasonal_ = quiet_ = false;
  state_dir_ = log_format_ = "";
  write_file(printed);
  const parse_result result = parse({});
  EXPECT_TRUE(result.proceeds) << result.text << printed;
  EXPECT_THAT(listen_, ElementsAre("a:1", "[::1]:2"));
  EXPECT_EQ(window_, 4'711u);
  EXPECT_EQ(threshold_, threshold);
  EXPECT_EQ(state_dir_, odd);
  EXPECT_EQ(log_format_, "json");
  EXPECT_TRUE(seasonal_ && quiet_);
  EXPECT_EQ(set_.print_config(), printed);
}

TEST_F(options, print_texts_that_look_like_numbers_so_that_they_stay_as_they_are) {
  for (const char* text : {"007", "1e5", "1.50", "0x10", "inf", "nan", "-0", "+1", "1_000", "18446744073709551615",
                           ".5", "5.", "true", "2.5", "1e+22", "1e-07", "", "off", "2026-11-21"}) {
    state_dir_ = text;
    write_file("state-dir = " + set_.print_config().substr(set_.print_config().find("state-dir") + 12));
    state_dir_ = "unset";
    const parse_result result = parse({});
    EXPECT_TRUE(result.proceeds) << result.text;
    EXPECT_EQ(state_dir_, text);
  }
}

TEST_F(options, empty_a_list_when_the_file_says_so) {
  write_file("listen = []\n");
  EXPECT_TRUE(parse({}).proceeds);
  EXPECT_THAT(listen_, IsEmpty());
}

TEST(positional_argument, is_taken_once_and_kept_apart_from_flags) {
  std::string file = "-";
  double threshold = 4;
  option_set set("spindrift-detect", "the engine without a network");
  set.add_positional("FILE", "CSV or JSON lines", file);
  set.add_number("--threshold", "X", "How many sigmas", threshold, 0.5, 100);
  const char* words[] = {"spindrift-detect", "in.csv", "--threshold=3"};
  EXPECT_TRUE(set.parse(3, words).proceeds);
  EXPECT_EQ(file, "in.csv");
  EXPECT_EQ(threshold, 3);
  const char* two[] = {"spindrift-detect", "a", "b"};
  EXPECT_EQ(set.parse(3, two).exit_code, exit_usage);
  const char* separated[] = {"spindrift-detect", "--", "--odd-name.csv"};
  EXPECT_TRUE(set.parse(3, separated).proceeds);
  EXPECT_EQ(file, "--odd-name.csv");
  const char* unknown[] = {"spindrift-detect", "--tresholt", "3"};
  EXPECT_EQ(set.parse(3, unknown).text, "spindrift-detect: unknown option --tresholt; did you mean --threshold?\n");
  const char* config[] = {"spindrift-detect", "--config", "x.toml"};
  EXPECT_EQ(set.parse(3, config).exit_code, exit_usage) << "no file was declared";
}

}  // namespace
}  // namespace spindrift
