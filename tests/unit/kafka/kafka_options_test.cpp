// What the worker's settings refuse, and how they say it.
#include "server/kafka/kafka_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/cli/options.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

struct parsed_worker {
  kafka_settings settings;
  parse_result result;
};

parsed_worker worker_of(std::vector<const char*> words) {
  parsed_worker made;
  take_defaults_of_host(made.settings);
  made.settings.worker_id = "w";
  option_set options("spindrift-worker", "");
  declare(made.settings, options);
  words.insert(words.begin(), "spindrift-worker");
  made.result = options.parse(static_cast<int>(words.size()), words.data());
  if (made.result.proceeds) made.result = options.judge(validate(made.settings));
  return made;
}

std::string file_of(const std::string& text, unsigned mode) {
  const auto path = std::filesystem::temp_directory_path() / ("kafka-file-" + std::to_string(::getpid()));
  std::ofstream(path) << text;
  ::chmod(path.c_str(), mode);
  return path.string();
}

TEST(kafka_options, brokers_alone_are_enough) {
  const auto made = worker_of({"--brokers", "localhost:9092,127.0.0.1:9093"});
  EXPECT_TRUE(made.result.proceeds) << made.result.text;
  EXPECT_EQ(made.settings.group, "spindrift");
  EXPECT_EQ(made.settings.transactional_id(2), "spindrift.w.2");
  EXPECT_EQ(made.settings.topics.snapshots, "spindrift-snapshots");
}

TEST(kafka_options, plaintext_to_another_machine_needs_insecure) {
  EXPECT_THAT(worker_of({"--brokers", "k1:9092"}).result.text,
              AllOf(HasSubstr("--brokers: k1:9092"), HasSubstr("TLS")));
  EXPECT_EQ(worker_of({"--brokers", "k1:9092"}).result.exit_code, exit_bad_config);
  EXPECT_TRUE(worker_of({"--brokers", "k1:9092", "--insecure"}).result.proceeds);
  EXPECT_TRUE(worker_of({"--brokers", "k1:9092", "--kafka", "security.protocol=SSL"}).result.proceeds);
  EXPECT_FALSE(worker_of({"--brokers", "k1:9092", "--kafka", "security.protocol=sasl_plaintext"}).result.proceeds);
}

TEST(kafka_options, a_broker_that_could_be_anybody_needs_insecure) {
  EXPECT_FALSE(worker_of({"--kafka", "ssl.endpoint.identification.algorithm=none"}).result.proceeds);
  EXPECT_FALSE(worker_of({"--kafka", "enable.ssl.certificate.verification=false"}).result.proceeds);
}

TEST(kafka_options, keys_that_promises_rest_on_are_refused_by_name) {
  for (const char* const key : {"enable.auto.commit", "isolation.level", "transactional.id", "group.id", "acks"}) {
    const auto made = worker_of({"--kafka", (std::string(key) + "=1").c_str()});
    EXPECT_EQ(made.result.exit_code, exit_bad_config);
    EXPECT_THAT(made.result.text, HasSubstr(key));
  }
  EXPECT_TRUE(worker_of({"--kafka", "client.id=x", "--kafka", "compression.type=zstd"}).result.proceeds);
}

TEST(kafka_options, a_key_or_value_that_librdkafka_does_not_know_is_refused) {
  EXPECT_THAT(worker_of({"--kafka", "no.such.key=1"}).result.text, HasSubstr("no.such.key"));
  EXPECT_THAT(worker_of({"--kafka", "linger.ms=soon"}).result.text, HasSubstr("linger.ms"));
}

TEST(kafka_options, a_secret_stands_in_a_file_that_nobody_else_reads) {
  EXPECT_THAT(worker_of({"--kafka", "sasl.password=x"}).result.text, HasSubstr("--kafka-file"));
  const std::string open = file_of("sasl.password=x\n", 0644);
  EXPECT_THAT(worker_of({"--kafka-file", open.c_str()}).result.text, HasSubstr("chmod 600"));
  const std::string closed = file_of("# who\n\nsasl.username = me\nsasl.password=a=b\n", 0600);
  const auto made = worker_of({"--kafka-file", closed.c_str()});
  EXPECT_TRUE(made.result.proceeds) << made.result.text;
  ASSERT_EQ(made.settings.client_of_file.size(), 2U);
  EXPECT_EQ(made.settings.client_of_file[1].value, "a=b");
  EXPECT_THAT(made.settings.client, IsEmpty());
  std::filesystem::remove(closed);
}

TEST(kafka_options, what_the_file_says_is_never_quoted) {
  const std::string file = file_of("hunter2\nlinger.ms=hunter2\n", 0600);
  const auto made = worker_of({"--kafka-file", file.c_str()});
  EXPECT_EQ(made.result.exit_code, exit_bad_config);
  EXPECT_THAT(made.result.text, testing::Not(HasSubstr("hunter2")));
  std::filesystem::remove(file);
}

TEST(kafka_options, topics_differ_and_something_is_told) {
  EXPECT_FALSE(worker_of({"--events", "points"}).result.proceeds);
  EXPECT_FALSE(worker_of({"--events", "off", "--verdicts", "off"}).result.proceeds);
  EXPECT_FALSE(worker_of({"--snapshots", "off"}).result.proceeds);
  EXPECT_TRUE(worker_of({"--verdicts", "off"}).result.proceeds);
}

// The manual page is made on one machine and read on others.
TEST(kafka_options, what_the_host_decides_is_said_in_words) {
  kafka_settings settings;
  settings.worker_id = "the-makers-host";
  settings.lanes = 77;
  option_set options("spindrift-worker", "");
  declare(settings, options);
  EXPECT_THAT(options.man_page(), testing::Not(testing::AnyOf(HasSubstr("makers"), HasSubstr("77"))));
}

TEST(kafka_options, detectors_are_those_of_the_daemon) {
  const auto made = worker_of({"--detectors", "zscore,adwin", "--zscore-method", "classic"});
  EXPECT_TRUE(made.result.proceeds) << made.result.text;
  EXPECT_EQ(worker_of({"--detectors", "none-such"}).result.exit_code, exit_bad_config);
}

}  // namespace
}  // namespace spindrift
