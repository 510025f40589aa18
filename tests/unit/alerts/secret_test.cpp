// Where secrets are read from, and what keeps them from being read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "server/alerts/delivery.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class secret_file : public testing::Test {
protected:
  ~secret_file() override { std::filesystem::remove(path_); }

  secret_text read(const std::string& text, ::mode_t mode = 0600) {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
    return read_secret(path_, "");
  }

  std::string path_ = std::filesystem::path(testing::TempDir()) / ("spindrift_secret_" + std::to_string(::getpid()));
};

TEST_F(secret_file, is_one_line_without_the_blanks_at_its_end) {
  EXPECT_EQ(read(" a b \t\r\n\n").text, " a b");
  EXPECT_EQ(read("a b").wrong, "");
  EXPECT_EQ(read("a\nb\n").wrong, path_ + ": has more than one line");
  EXPECT_EQ(read("a\nb\n").text, "");
}

TEST_F(secret_file, has_1_to_4096_bytes) {
  EXPECT_EQ(read(std::string(4'096, 'x')).text.size(), 4'096U);
  for (const std::size_t size : {0U, 4'097U}) {
    EXPECT_EQ(read(std::string(size, 'x')).wrong, path_ + ": is empty, or longer than 4 KiB") << size;
  }
}

TEST_F(secret_file, may_be_read_by_nobody_else) {
  for (const ::mode_t open : {0640U, 0604U, 0620U, 0601U}) {
    const secret_text found = read("secret", open);
    EXPECT_EQ(found.wrong, path_ + ": others may read it; chmod 600 it") << open;
    EXPECT_EQ(found.text, "");
  }
  EXPECT_EQ(read("secret", 0400).text, "secret");
}

TEST_F(secret_file, is_a_file_that_there_is) {
  EXPECT_EQ(read_secret(path_, "").wrong, path_ + ": No such file or directory");
  EXPECT_THAT(read_secret("/dev/null", "").wrong, HasSubstr("is no file"));
  EXPECT_THAT(read_secret(testing::TempDir(), "").wrong, HasSubstr("is no file"));
}

TEST_F(secret_file, goes_before_the_variable_and_neither_is_no_secret) {
  ::setenv("SPINDRIFT_TEST_SECRET", "of the environment", 1);
  EXPECT_EQ(read_secret("", "SPINDRIFT_TEST_SECRET").text, "of the environment");
  std::ofstream(path_) << "of the file";
  ::chmod(path_.c_str(), 0600);
  EXPECT_EQ(read_secret(path_, "SPINDRIFT_TEST_SECRET").text, "of the file");
  ::setenv("SPINDRIFT_TEST_SECRET", "", 1);
  EXPECT_THAT(read_secret("", "SPINDRIFT_TEST_SECRET").wrong, HasSubstr("is not set"));
  ::unsetenv("SPINDRIFT_TEST_SECRET");
  EXPECT_EQ(read_secret("", "").wrong, "");
}

TEST_F(secret_file, that_stands_in_the_way_is_told_by_alert_and_key) {
  alert_settings by_file;
  by_file.name = "a";
  by_file.secret_file = path_;
  alert_settings by_variable;
  by_variable.name = "b";
  by_variable.secret_env = "SPINDRIFT_TEST_NO_SUCH_SECRET";
  alert_settings by_address;
  by_address.name = "c";
  by_address.url_file = path_;
  EXPECT_THAT(unreadable_secrets({by_file, by_variable, by_address, alert_settings{}}),
              ElementsAre("alert a: secret_file: " + path_ + ": No such file or directory",
                          HasSubstr("alert b: secret_env: the variable SPINDRIFT_TEST_NO_SUCH_SECRET"),
                          HasSubstr("alert c: url_file: ")));
}

}  // namespace
}  // namespace spindrift
