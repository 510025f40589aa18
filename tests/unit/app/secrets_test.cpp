// Tokens and certificate: what cannot be read leaves the old ones in force.
#include "server/app/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "server/app/config.hpp"

namespace spindrift {
namespace {

using testing::StartsWith;

class secrets_of_files : public testing::Test {
protected:
  ~secrets_of_files() override { std::filesystem::remove(path_); }

  std::string path_ = std::filesystem::path(testing::TempDir()) / ("spindrift_secrets_" + std::to_string(::getpid()));
  config settings_;
};

TEST_F(secrets_of_files, need_none_where_none_are_named) {
  secrets held(settings_);
  EXPECT_EQ(held.load(), std::nullopt);
  EXPECT_EQ(held.admission(), nullptr);
  EXPECT_EQ(held.tls(), nullptr);
}

TEST_F(secrets_of_files, keep_the_tokens_that_were_read_when_the_file_has_become_bad) {
  const new_token made = make_token("plant", "*", "*");
  settings_.tokens = path_;
  secrets held(settings_);
  std::ofstream(path_) << made.line << '\n';
  ASSERT_EQ(held.load(), std::nullopt);
  ASSERT_NE(held.admission(), nullptr);
  EXPECT_NE(held.admission()->admit(made.token), nullptr);
  std::ofstream(path_) << "no line of tokens\n";
  EXPECT_THAT(held.load().value_or(""), StartsWith("--tokens: " + path_ + ":1: "));
  ASSERT_NE(held.admission(), nullptr);
  EXPECT_NE(held.admission()->admit(made.token), nullptr);
}

TEST_F(secrets_of_files, name_the_flag_of_tokens_that_are_not_there) {
  settings_.tokens = path_ + ".not_there";
  secrets held(settings_);
  EXPECT_THAT(held.load().value_or(""), StartsWith("--tokens: "));
  ASSERT_NE(held.admission(), nullptr) << "nobody comes in, rather than everybody";
  EXPECT_EQ(held.admission()->admit("any"), nullptr);
}

TEST_F(secrets_of_files, name_the_flags_of_a_certificate_that_cannot_be_read) {
  settings_.tls_cert = path_ + ".not_there";
  settings_.tls_key = path_ + ".not_there";
  secrets held(settings_);
  EXPECT_THAT(held.load().value_or(""), StartsWith("--tls-cert, --tls-key: "));
  EXPECT_EQ(held.tls(), nullptr);
}

}  // namespace
}  // namespace spindrift
