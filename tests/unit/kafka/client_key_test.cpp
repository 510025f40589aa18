// Keys of librdkafka that a person may not give, and the file for those that are secret.
#include "server/kafka/client_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/kafka/settings.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

TEST(client_key, that_promises_rest_on_is_refused_with_what_to_give_instead) {
  for (const client_key_source from : {client_key_source::flag, client_key_source::file}) {
    EXPECT_THAT(refused_client_key("group.id", from),
                Optional(std::string("group.id is the worker's own: give --group")));
    EXPECT_THAT(refused_client_key("enable.auto.commit", from), Optional(HasSubstr("leave it out")));
    EXPECT_EQ(refused_client_key("linger.ms", from), std::nullopt);
  }
}

TEST(client_key, that_is_secret_stands_in_the_file) {
  EXPECT_THAT(refused_client_key("sasl.password", client_key_source::flag), Optional(HasSubstr("--kafka-file")));
  EXPECT_EQ(refused_client_key("sasl.password", client_key_source::file), std::nullopt);
}

class client_key_file : public testing::Test {
protected:
  ~client_key_file() override { std::filesystem::remove(settings_.client_file); }

  std::vector<std::string> read(const std::string& text, ::mode_t mode = 0600) {
    settings_.client_file = path_;
    settings_.client_of_file.clear();
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
    std::vector<std::string> complaints;
    read_client_file(settings_, complaints);
    return complaints;
  }

  std::string path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_client_key_" + std::to_string(::getpid()));
  kafka_settings settings_;
};

TEST_F(client_key_file, has_a_key_and_a_value_a_line) {
  EXPECT_THAT(read("# a comment\r\n\n  sasl.username = me \r\nsasl.password=a=b#c\nclient.id=\nlinger.ms=5"),
              IsEmpty());
  ASSERT_EQ(settings_.client_of_file.size(), 4U);
  EXPECT_EQ(settings_.client_of_file[0].key, "sasl.username");
  EXPECT_EQ(settings_.client_of_file[0].value, "me");
  EXPECT_EQ(settings_.client_of_file[1].value, "a=b#c");
  EXPECT_EQ(settings_.client_of_file[2].value, "");
  EXPECT_EQ(settings_.client_of_file[3].value, "5") << "the last line needs no end";
}

TEST_F(client_key_file, complains_of_a_line_without_quoting_it) {
  EXPECT_THAT(read("secret words\n=secret\ngroup.id=secret\nlinger.ms=5\n"),
              ElementsAre("--kafka-file: " + path_ + ":1: this is not KEY=VALUE",
                          "--kafka-file: " + path_ + ":2: this is not KEY=VALUE",
                          "--kafka-file: " + path_ + ":3: group.id is the worker's own: give --group"));
  EXPECT_EQ(settings_.client_of_file.size(), 1U);
}

TEST_F(client_key_file, is_one_that_nobody_else_reads) {
  for (const ::mode_t mode : {0640U, 0604U, 0601U}) {
    EXPECT_THAT(read("linger.ms=5\n", mode), ElementsAre(HasSubstr("chmod 600 " + path_))) << mode;
    EXPECT_THAT(settings_.client_of_file, IsEmpty());
  }
}

TEST_F(client_key_file, is_a_file_of_up_to_a_mebibyte) {
  EXPECT_THAT(read(std::string(1U << 20U, '\n')), IsEmpty());
  EXPECT_THAT(read(std::string((1U << 20U) + 1, '\n')), ElementsAre(HasSubstr("is larger than 1 MiB")));
  settings_.client_file = path_ + ".not_there";
  std::vector<std::string> complaints;
  read_client_file(settings_, complaints);
  EXPECT_THAT(complaints, ElementsAre(HasSubstr("No such file or directory")));
  std::filesystem::remove(path_);
}

TEST(client_key, no_file_is_read_where_none_was_given) {
  kafka_settings settings;
  std::vector<std::string> complaints;
  read_client_file(settings, complaints);
  EXPECT_THAT(complaints, IsEmpty());
}

}  // namespace
}  // namespace spindrift
