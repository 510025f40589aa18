// Whole lines in one file, also after a disk that was full and a file that was moved away.
#include "common/log/file_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace spindrift {
namespace {

using testing::HasSubstr;

// A full disk for whatever writes beyond so many bytes of a file: the kernel takes what still fits.
class full_disk {
public:
  explicit full_disk(rlim_t bytes) : signals_before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit less = before_;
    less.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signals_before_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

private:
  rlimit before_{};
  void (*signals_before_)(int);
};

class log_file : public testing::Test {
protected:
  log_file() { std::filesystem::create_directories(directory_); }
  ~log_file() override { std::filesystem::remove_all(directory_); }

  static void write(file_sink& to, const std::string& text) {
    to.set_pattern("%v");
    to.log(spdlog::details::log_msg("", spdlog::level::info, text));
  }
  static std::string all_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
  }
  // "abcdef" of which three bytes found room.
  static void tear_a_line(file_sink& in, std::size_t bytes_before) {
    const full_disk full(bytes_before + 3);
    EXPECT_THROW(write(in, "abcdef"), spdlog::spdlog_ex);
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("spindrift_file_sink_" + std::to_string(::getpid()));
  std::string path_ = directory_ / "log";
};

TEST_F(log_file, is_appended_to) {
  std::ofstream(path_) << "before\n";
  file_sink sink(path_);
  write(sink, "one");
  write(sink, "two");
  EXPECT_EQ(all_of(path_), "before\none\ntwo\n");
}

TEST_F(log_file, that_cannot_be_opened_is_named_with_the_reason) {
  const std::string nowhere = directory_ / "none" / "log";
  try {
    const file_sink sink(nowhere);
    FAIL() << "it was opened";
  } catch (const std::runtime_error& wrong) {
    EXPECT_THAT(wrong.what(), HasSubstr(nowhere + ": No such file or directory"));
  }
}

TEST_F(log_file, ends_a_line_that_the_disk_cut_short_before_the_next) {
  file_sink sink(path_);
  write(sink, "one");
  tear_a_line(sink, 4);
  write(sink, "two");
  write(sink, "three");
  EXPECT_EQ(all_of(path_), "one\nabc\ntwo\nthree\n");
}

TEST_F(log_file, says_so_each_time_while_the_disk_is_full) {
  file_sink sink(path_);
  {
    const full_disk full(0);
    EXPECT_THROW(write(sink, "one"), spdlog::spdlog_ex);
    EXPECT_THROW(write(sink, "two"), spdlog::spdlog_ex);
  }
  write(sink, "three");
  EXPECT_EQ(all_of(path_), "three\n") << "nothing of the first two was written, so no line is torn";
}

TEST_F(log_file, that_was_moved_away_is_begun_anew_when_it_is_reopened) {
  file_sink sink(path_);
  write(sink, "one");
  std::filesystem::rename(path_, path_ + ".1");
  write(sink, "still there");
  sink.reopen();
  write(sink, "two");
  EXPECT_EQ(all_of(path_ + ".1"), "one\nstill there\n");
  EXPECT_EQ(all_of(path_), "two\n");
}

TEST_F(log_file, has_its_torn_line_ended_also_after_it_was_reopened) {
  file_sink sink(path_);
  tear_a_line(sink, 0);
  sink.reopen();
  write(sink, "two");
  EXPECT_EQ(all_of(path_), "abc\ntwo\n");
}

TEST_F(log_file, leaves_a_torn_line_to_the_file_that_was_moved_away) {
  file_sink sink(path_);
  tear_a_line(sink, 0);
  std::filesystem::rename(path_, path_ + ".1");
  sink.reopen();
  write(sink, "two");
  EXPECT_EQ(all_of(path_), "two\n");
}

TEST_F(log_file, goes_on_in_the_old_one_where_a_new_one_cannot_be_opened) {
  file_sink sink(path_);
  write(sink, "one");
  std::filesystem::rename(path_, path_ + ".1");
  std::filesystem::create_directory(path_);
  EXPECT_THROW(sink.reopen(), std::runtime_error);
  write(sink, "two");
  EXPECT_EQ(all_of(path_ + ".1"), "one\ntwo\n");
}

}  // namespace
}  // namespace spindrift
