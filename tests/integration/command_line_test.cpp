// Flags, environment, configuration file and exit codes of the daemon and of the other programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::ContainsRegex;
using testing::HasSubstr;

child_result run_daemon(const std::vector<std::string>& arguments, child_settings settings = {}) {
  std::vector<std::string> command = {program("spindriftd")};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_to_end(command, std::move(settings));
}

void expect_bad_config(const child_result& result, const std::vector<std::string>& reasons) {
  EXPECT_EQ(result.exit_code, 78);
  for (const std::string& each : reasons) EXPECT_THAT(result.errors, HasSubstr(each));
}

class programs : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(command_line, programs,
                         testing::Values("spindriftd", "spindrift-sim", "spindrift-detect", "spindrift-viz"),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(programs, tell_their_version_and_how_to_use_them) {
  const child_result help = run_to_end({program(GetParam()), "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, HasSubstr("--version"));
  EXPECT_TRUE(help.errors.empty()) << help.errors;
  const child_result version = run_to_end({program(GetParam()), "--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, HasSubstr(GetParam()));
}

TEST_P(programs, refuse_an_unknown_option_with_the_nearest_name) {
  const child_result result = run_to_end({program(GetParam()), "--versoin"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("--version"));
  EXPECT_TRUE(result.output.empty());
}

struct bad_value {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<const char*> said;  // the key, the value, what is allowed

  friend std::ostream& operator<<(std::ostream& out, const bad_value& what) { return out << what.arguments.back(); }
};

class bad_values : public testing::TestWithParam<bad_value> {};

TEST_P(bad_values, are_refused_with_key_value_and_what_is_allowed) {
  const child_result result = run_daemon(GetParam().arguments);
  EXPECT_EQ(result.exit_code, 78);
  for (const char* each : GetParam().said) EXPECT_THAT(result.errors, HasSubstr(each));
}

INSTANTIATE_TEST_SUITE_P(
    command_line, bad_values,
    testing::Values(bad_value{"number", {"--threads", "none"}, {"threads", "none", "1 to 256"}},
                    bad_value{"range", {"--max-connections", "0"}, {"max-connections", "\"0\"", "1 to 1000000"}},
                    bad_value{"name", {"--detectors", "zscore,magic"}, {"detectors", "magic", "iforest"}},
                    bad_value{"choice", {"--zscore-method", "best"}, {"zscore-method", "best", "robust"}},
                    bad_value{"address", {"--listen", "here"}, {"listen", "here", "HOST:PORT"}},
                    bad_value{"judged_later", {"--adwin-delta", "2"}, {"adwin-delta", "2", "(0, 1)"}}),
    [](const auto& each) { return std::string(each.param.name); });

// What the page lists is there: each command knows --help.
TEST_P(programs, have_the_commands_that_their_help_lists) {
  std::istringstream page(run_to_end({program(GetParam()), "--help"}).output);
  bool is_among_them = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("Commands")) is_among_them = true;
    if (line.empty()) is_among_them = false;
    if (!is_among_them || !line.starts_with("  ") || line[2] == ' ') continue;
    std::vector<std::string> command = {program(GetParam())};
    std::istringstream words(line);
    for (std::string word; words >> word && word.front() >= 'a' && word.front() <= 'z';) command.push_back(word);
    command.emplace_back("--help");
    const child_result help = run_to_end(command);
    EXPECT_EQ(help.exit_code, 0) << line << help.errors;
    EXPECT_THAT(help.output, HasSubstr(command[1])) << line;
  }
}

// They are made on one machine and read on others: nothing in them is the maker's own.
TEST_P(programs, have_manual_pages_that_are_alike_on_all_machines) {
  const child_result here = run_to_end({program(GetParam()), "--help-man"});
  EXPECT_EQ(here.exit_code, 0) << here.errors;
  const child_result there = run_to_end({program(GetParam()), "--help-man"},
                                        {.environment = {"HOME=/home/other", "XDG_STATE_HOME=/elsewhere"}});
  EXPECT_EQ(there.output, here.output);
}

TEST(command_line, an_address_in_use_ends_the_daemon_with_address_and_reason) {
  const daemon_process first = start_daemon();
  const child_result second = run_to_end(support::daemon_command(program("spindriftd"), {"--listen", first.address()}));
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr(first.address()));
  EXPECT_THAT(second.errors, HasSubstr("in use"));
}

TEST(command_line, several_addresses_are_all_served) {
  daemon_process daemon = start_daemon({"--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"});
  EXPECT_TRUE(daemon.process().wait_output(
      [](const std::string& output, const std::string&) { return split_lines(output).size() == 2; }));
  for (const std::string& line : split_lines(daemon.process().output())) {
    const std::string port = line.substr(line.rfind(':') + 1);
    tcp_client client(static_cast<std::uint16_t>(std::stoi(port)));
    EXPECT_TRUE(is_verdict(ask(client, R"({"value":1})")));
  }
}

TEST(command_line, a_limit_of_open_files_below_the_connections_ends_the_daemon) {
  const child_result result = run_to_end(support::daemon_command(program("spindriftd"), {"--max-connections", "1000"}),
                                         {.open_files_max = 500});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("--max-connections"));
  EXPECT_THAT(result.errors, HasSubstr("500"));
}

TEST(command_line, a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default) {
  const scratch_folder folder;
  const std::string file = folder.write("spindrift.toml",
                                        "window = 30\nmin-samples = 21\nthreads = 3\n"
                                        "listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n");
  const child_result result = run_daemon({"--config", file, "--window", "50", "--print-config"},
                                         {.environment = {"SPINDRIFT_WINDOW=40", "SPINDRIFT_MIN_SAMPLES=22"}});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("\nwindow = 50\n"));
  EXPECT_THAT(result.output, HasSubstr("\nmin-samples = 22\n"));
  EXPECT_THAT(result.output, HasSubstr("\nthreads = 3\n"));
  EXPECT_THAT(result.output, HasSubstr("\nadwin-clock = 32\n"));
  EXPECT_THAT(result.output, HasSubstr("listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n"));
}

// What --print-config says of where each value comes from.
std::string without_comments(const std::string& printed) {
  std::istringstream lines(printed);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# ")) kept += line + "\n";
  }
  return kept;
}

TEST(command_line, a_printed_configuration_says_where_each_value_comes_from) {
  const scratch_folder folder;
  const std::string file = folder.write("odd.toml", "threads = 3\n[[stream]]\nmatch = \"a*\"\nseverity = 40\n");
  const child_result result =
      run_daemon({"--config", file, "--window", "50", "--print-config"}, {.environment = {"SPINDRIFT_MIN_SAMPLES=22"}});
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("# flag --window\nwindow = 50\n"));
  EXPECT_THAT(result.output, HasSubstr("# environment variable SPINDRIFT_MIN_SAMPLES\nmin-samples = 22\n"));
  EXPECT_THAT(result.output, HasSubstr(file + ":1\nthreads = 3\n"));
  EXPECT_THAT(result.output, HasSubstr("# default\nadwin-clock = 32\n"));
  EXPECT_THAT(result.output, HasSubstr(file + ":4\nseverity = 40\n"));
}

TEST(command_line, explain_settings_says_what_holds_for_a_stream_and_why) {
  const scratch_folder folder;
  const std::string file = folder.write("streams.toml",
                                        "threshold = 7\n[[stream]]\nmatch = \"db.*.latency\"\nseverity = 40\n"
                                        "title = \"Latency of {1}\"\n[[stream]]\nmatch = \"db.*\"\nthreshold = 6\n");
  const child_result first = run_daemon({"explain-settings", "db.orders.latency", "--config", file});
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  EXPECT_THAT(first.output, ContainsRegex("severity = 40 +# .*streams.toml:4\n"));
  EXPECT_THAT(first.output, ContainsRegex("threshold = 7 +# .*streams.toml:1\n"));
  EXPECT_THAT(first.output, ContainsRegex("title = \"Latency of orders\" +# .*streams.toml:5\n"));
  EXPECT_THAT(first.output, ContainsRegex("direction = \"both\" +# default\n"));
  const child_result second = run_daemon({"explain-settings", "db.rows", "--config", file});
  EXPECT_THAT(second.output, ContainsRegex("threshold = 6 +# .*streams.toml:8\n"));
  const child_result none = run_daemon({"explain-settings", "web", "--config", file, "--threshold", "9"});
  EXPECT_THAT(none.output, ContainsRegex("threshold = 9 +# flag --threshold\n"));
  EXPECT_EQ(run_daemon({"explain-settings"}).exit_code, 2);
}

TEST(command_line, a_wrong_entry_of_streams_is_refused_with_its_place_and_what_would_be_right) {
  const scratch_folder folder;
  const auto checked = [&](const std::string& lines) {
    return run_daemon({"--check-config", "--config", folder.write("wrong.toml", "[[stream]]\n" + lines)});
  };
  expect_bad_config(checked("match = \"a\"\nseverty = 4\n"), {"wrong.toml:3", "did you mean severity"});
  expect_bad_config(checked("match = \"a\"\nseverity = 101\n"), {"wrong.toml:3", "severity", "101", "1 to 100"});
  expect_bad_config(checked("match = \"a\"\nkinds = [\"spkie\"]\n"), {"wrong.toml:3", "did you mean spike"});
  expect_bad_config(checked("match = \"a\"\ndirection = \"sideways\"\n"), {"wrong.toml:3", "up, down, both"});
  expect_bad_config(checked("match = \"a\"\nmin_deviation = -1\n"), {"wrong.toml:3", "min_deviation"});
  expect_bad_config(checked("severity = 4\n"), {"wrong.toml:2", "match: missing"});
  expect_bad_config(checked("match = \"a\"\nalert = \"nobody\"\n"), {"wrong.toml:3", "nobody"});
}

TEST(command_line, a_printed_configuration_read_again_prints_the_same) {
  const scratch_folder folder;
  const child_result first = run_daemon({"--print-config", "--listen", "[::1]:7", "--listen", "127.0.0.1:8", "--http",
                                         "off", "--threshold", "3.25", "--log-file", folder.file("a \"b\".log"),
                                         "--detectors", "zscore,iforest", "--state-dir", folder.file("state")});
  ASSERT_EQ(first.exit_code, 0) << first.errors;
  const std::string file = folder.write("printed.toml", first.output);
  const child_result second = run_daemon({"--print-config", "--config", file});
  ASSERT_EQ(second.exit_code, 0) << second.errors;
  EXPECT_EQ(without_comments(second.output), without_comments(first.output));
  const child_result checked = run_daemon({"--check-config", "--config", file});
  EXPECT_EQ(checked.exit_code, 0) << checked.errors;
}

TEST(command_line, output_that_is_lost_is_no_success) {
  for (const char* command : {"spindriftd --help", "spindriftd --print-config", "spindriftd --check-config",
                              "spindrift-sim --version", "spindrift-viz --help", "spindrift-detect --help"}) {
    const child_result result = run_to_end({"/bin/sh", "-c", program("") + command + " >/dev/full"});
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_THAT(result.errors, HasSubstr("the output cannot be written")) << command;
  }
}

TEST(command_line, a_configuration_is_not_good_that_the_start_would_refuse) {
  const scratch_folder folder;
  const std::string wrong = folder.write("tokens", "plant notadigest publish=*\n");
  expect_bad_config(run_daemon({"--check-config", "--tokens", wrong}), {"--tokens"});
  expect_bad_config(run_daemon({"--check-config", "--tls-cert", wrong, "--tls-key", wrong}), {"--tls-cert"});
  expect_bad_config(run_to_end({"/bin/sh", "-c",
                                "ulimit -n 512; " + program("spindriftd") + " --check-config --max-connections 5000"}),
                    {"--max-connections"});
}

TEST(command_line, a_bad_configuration_file_is_refused_with_its_line) {
  const scratch_folder folder;
  const std::string misspelt = folder.write("misspelt.toml", "window = 30\ntreads = 3\n");
  expect_bad_config(run_daemon({"--check-config", "--config", misspelt}), {"misspelt.toml:2", "threads"});
  const std::string broken = folder.write("broken.toml", "window = \n");
  EXPECT_EQ(run_daemon({"--check-config", "--config", broken}).exit_code, 78);
  EXPECT_EQ(run_daemon({"--check-config", "--config", folder.file("none.toml")}).exit_code, 78);
  expect_bad_config(run_daemon({"--check-config"}, {.environment = {"SPINDRIFT_WINDOW=wide"}}), {"SPINDRIFT_WINDOW"});
}

TEST(command_line, a_number_out_of_its_range_is_refused_with_its_place) {
  const scratch_folder folder;
  const std::string file = folder.write("odd.toml", "threads = 1\nadwin-delta = 2\n");
  expect_bad_config(run_daemon({"--check-config", "--config", file}, {.environment = {"SPINDRIFT_WINDOW=0"}}),
                    {"odd.toml:2: --adwin-delta: 2 is not allowed",
                     "environment variable SPINDRIFT_WINDOW: --window: 0 is not allowed"});
  expect_bad_config(run_daemon({"--check-config", "--window", "0"}), {"spindriftd: --window: 0 is not allowed"});
}

TEST(command_line, detectors_may_be_a_list_in_the_file) {
  const scratch_folder folder;
  const std::string file = folder.write("list.toml", "detectors = [\"zscore\", \"iforest\"]\n");
  const child_result result = run_daemon({"--config", file, "--print-config"});
  EXPECT_THAT(result.output, HasSubstr("detectors = \"zscore,iforest\"\n")) << result.errors;
}

TEST(command_line, the_token_command_explains_itself) {
  const child_result help = run_daemon({"token", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, HasSubstr("--publish"));
  // What means "not given" within is nothing to be read: no line of its own, no default that is a line end.
  for (const std::string& line : split_lines(help.output)) EXPECT_NE(line, ")") << help.output;
  EXPECT_THAT(help.output, HasSubstr("(default: none)"));
  for (const char* right : {"reset: ", "mark: ", "admin: "}) EXPECT_THAT(help.output, HasSubstr(right));
  EXPECT_EQ(run_daemon({"token"}).exit_code, 2);
}

}  // namespace
}  // namespace spindrift
