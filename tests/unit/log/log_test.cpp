// Goal: lines reach stderr and the file as the level and the settings say, and a file that fails costs nothing but its
// lines. Method: stderr captured by GoogleTest, files in a directory of the test's own, /dev/full for a full disk.
#include "common/log/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace spindrift {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class log_output : public ::testing::Test {
protected:
  log_output() {
    directory_ =
        std::filesystem::temp_directory_path() / ("spindrift_log_" + std::to_string(::getpid()) + "_" +
                                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory_);
    settings_.file = directory_ / "anomaly.log";
    ::testing::internal::CaptureStderr();
  }
  ~log_output() override {
    close_log();
    if (!is_stderr_taken_) (void)::testing::internal::GetCapturedStderr();
    std::filesystem::remove_all(directory_);
  }

  std::string take_stderr() {
    is_stderr_taken_ = true;
    return ::testing::internal::GetCapturedStderr();
  }
  static std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  log_settings settings_;
  std::filesystem::path directory_;
  bool is_stderr_taken_ = false;
};

TEST_F(log_output, puts_events_on_stderr_alone_and_findings_into_the_file_too) {
  open_log(settings_);
  log_event(log_level::info, "listening", {{"address", "127.0.0.1:7171"}});
  log_finding("anomaly", {{"stream", "cpu"}, {"z", 7.5}});
  close_log();
  const std::string seen = take_stderr();
  EXPECT_THAT(seen, HasSubstr("Z info listening address=127.0.0.1:7171\n"));
  EXPECT_THAT(seen, HasSubstr("Z info anomaly stream=cpu z=7.5\n"));
  const auto lines = lines_of(settings_.file);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr("Z info anomaly stream=cpu z=7.5"));
}

TEST_F(log_output, writes_both_places_in_the_chosen_format) {
  settings_.format = log_format::json;
  open_log(settings_);
  log_event(log_level::warning, "refused", {{"reason", "a \"quoted\"\nreason"}});
  log_finding("drift", {{"stream", "cpu"}});
  close_log();
  EXPECT_EQ(nlohmann::json::parse(lines_of(settings_.file).at(0))["event"], "drift");
  std::istringstream seen(take_stderr());
  std::string line;
  std::getline(seen, line);
  const auto refused = nlohmann::json::parse(line);
  EXPECT_EQ(refused["level"], "warning");
  EXPECT_EQ(refused["reason"], "a \"quoted\"\nreason");
}

TEST_F(log_output, leaves_out_what_is_below_the_level) {
  settings_.level = log_level::warning;
  open_log(settings_);
  log_event(log_level::info, "quiet_one");
  log_event(log_level::warning, "loud_one");
  log_finding("anomaly", {});
  close_log();
  const std::string seen = take_stderr();
  EXPECT_THAT(seen, Not(HasSubstr("quiet_one")));
  EXPECT_THAT(seen, HasSubstr("loud_one"));
  EXPECT_THAT(seen, Not(HasSubstr("anomaly")));
  EXPECT_EQ(lines_of(settings_.file).size(), 1u) << "the file is for findings whatever the level";
}

TEST_F(log_output, is_silent_when_off_and_when_it_is_not_open) {
  log_event(log_level::error, "before");
  settings_.level = log_level::off;
  settings_.file.clear();
  open_log(settings_);
  log_event(log_level::error, "failed");
  log_event(log_level::off, "nonsense");
  log_finding("anomaly", {});
  close_log();
  close_log();
  log_event(log_level::error, "after");
  log_finding("anomaly", {});
  EXPECT_EQ(take_stderr(), "");
}

TEST_F(log_output, counts_what_the_limit_left_out_and_says_so) {
  settings_.limited_lines_per_s = 0;
  settings_.limited_lines_burst = 2;
  open_log(settings_);
  for (int i = 0; i < 7; ++i) log_finding("anomaly", {{"i", std::int64_t{i}}});
  log_finding("drift", {});
  EXPECT_EQ(findings_left_out(), 5u);
  close_log();
  const auto lines = lines_of(settings_.file);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[1], HasSubstr("anomaly i=1"));
  EXPECT_THAT(lines[2], HasSubstr("drift"));
  EXPECT_THAT(lines[3], HasSubstr("findings_left_out of=anomaly count=5"));
}

TEST_F(log_output, does_not_limit_events_of_the_program_itself) {
  settings_.limited_lines_per_s = settings_.limited_lines_burst = 0;
  open_log(settings_);
  log_event(log_level::info, "started");
  EXPECT_THAT(take_stderr(), HasSubstr("started"));
}

TEST_F(log_output, appends_and_keeps_the_file_from_others) {
  std::ofstream(settings_.file) << "old line\n";
  open_log(settings_);
  log_finding("anomaly", {});
  close_log();
  EXPECT_EQ(lines_of(settings_.file).size(), 2u);
  std::filesystem::remove(settings_.file);
  open_log(settings_);
  struct stat status {};
  ASSERT_EQ(::stat(settings_.file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07u, 0u);
}

TEST_F(log_output, goes_on_in_a_new_file_after_logrotate) {
  open_log(settings_);
  log_finding("anomaly", {{"n", std::int64_t{1}}});
  const std::string moved = settings_.file + ".1";
  std::filesystem::rename(settings_.file, moved);
  log_finding("anomaly", {{"n", std::int64_t{2}}});
  reopen_log();
  log_finding("anomaly", {{"n", std::int64_t{3}}});
  EXPECT_EQ(lines_of(moved).size(), 2u);
  EXPECT_EQ(lines_of(settings_.file).size(), 1u);
}

TEST_F(log_output, keeps_the_old_file_when_the_new_one_cannot_be_opened) {
  open_log(settings_);
  const std::string moved = settings_.file + ".1";
  std::filesystem::rename(settings_.file, moved);
  std::filesystem::create_directory(settings_.file);
  reopen_log();
  log_finding("anomaly", {});
  EXPECT_EQ(lines_of(moved).size(), 1u);
  EXPECT_THAT(take_stderr(), HasSubstr("error log_file_failed reason="));
}

TEST_F(log_output, survives_a_full_disk_and_says_so_once) {
  settings_.file = "/dev/full";
  open_log(settings_);
  for (int i = 0; i < 10; ++i) log_finding("anomaly", {});
  close_log();
  const std::string seen = take_stderr();
  EXPECT_THAT(seen, HasSubstr("error log_file_failed reason="));
  EXPECT_THAT(seen, HasSubstr("No space left on device"));
  EXPECT_EQ(seen.find("log_file_failed"), seen.rfind("log_file_failed"));
}

TEST_F(log_output, refuses_a_file_that_cannot_be_opened) {
  settings_.file = directory_ / "no" / "such" / "folder.log";
  try {
    open_log(settings_);
    FAIL() << "opened " << settings_.file;
  } catch (const std::runtime_error& failure) {
    EXPECT_THAT(failure.what(), HasSubstr(settings_.file));
    EXPECT_THAT(failure.what(), HasSubstr("No such file or directory"));
  }
  const std::string pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  settings_.file = pipe;
  EXPECT_THROW(open_log(settings_), std::runtime_error) << "a pipe nobody reads must not hang the start";
}

TEST_F(log_output, keeps_lines_whole_when_threads_log_while_the_file_is_rotated_and_closed) {
  settings_.limited_lines_burst = 1e9;
  settings_.level = log_level::warning;
  open_log(settings_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) log_finding("anomaly", {{"text", "some words here"}});
    });
  }
  for (int i = 0; i < 20; ++i) reopen_log();
  for (std::thread& each : threads) each.join();
  close_log();
  const auto lines = lines_of(settings_.file);
  EXPECT_EQ(lines.size(), 2'000u);
  for (const std::string& line : lines)
    EXPECT_THAT(line, ::testing::EndsWith(" info anomaly text=\"some words here\""));
}

}  // namespace
}  // namespace spindrift
