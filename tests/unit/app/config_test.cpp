// What the daemon may not be started with, and what it is told then.
#include "server/app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Settings that keep nothing on a disk, as flags give them.
config config_of(std::vector<const char*> flags) {
  config chosen;
  option_set options("spindriftd", "");
  declare(chosen, options);
  flags.insert(flags.begin(), {"spindriftd", "--state-dir", "off"});
  const parse_result parsed = options.parse(static_cast<int>(flags.size()), flags.data());
  EXPECT_TRUE(parsed.proceeds) << parsed.text;
  return chosen;
}

std::string refused_flag(std::vector<const char*> flags) {
  config chosen;
  option_set options("spindriftd", "");
  declare(chosen, options);
  flags.insert(flags.begin(), "spindriftd");
  return options.parse(static_cast<int>(flags.size()), flags.data()).text;
}

TEST(config, of_the_defaults_is_good) {
  EXPECT_THAT(validate(config_of({})), IsEmpty());
}

TEST(config, keeps_listening_to_loopback_unless_there_are_tls_and_tokens) {
  EXPECT_THAT(validate(config_of({"--listen", "127.0.0.1:0", "--listen", "unix:/tmp/some.sock"})), IsEmpty());
  EXPECT_THAT(validate(config_of({"--listen", "0.0.0.0:7171"})),
              ElementsAre(HasSubstr("--listen: 0.0.0.0:7171 is not allowed without TLS and tokens")));
  EXPECT_THAT(validate(config_of({"--listen", "0.0.0.0:7171", "--tokens", "t"})), ElementsAre(HasSubstr("--listen")))
      << "tokens that everybody can read on their way guard nothing";
  EXPECT_THAT(validate(config_of({"--listen", "0.0.0.0:7171", "--tokens", "t", "--tls-cert", "c", "--tls-key", "k"})),
              IsEmpty());
  EXPECT_THAT(validate(config_of({"--listen", "0.0.0.0:7171", "--insecure"})), IsEmpty());
}

TEST(config, lets_nobody_guard_datagrams) {
  const std::vector<const char*> guarded = {"--tokens",  "t", "--tls-cert", "c",
                                            "--tls-key", "k", "--listen",   "udp://0.0.0.0:9"};
  EXPECT_THAT(validate(config_of(guarded)), ElementsAre(HasSubstr("datagrams are not encrypted")));
  EXPECT_THAT(validate(config_of({"--listen", "udp://127.0.0.1:9"})), IsEmpty());
}

TEST(config, holds_both_addresses_of_http_to_the_same_rule) {
  EXPECT_THAT(validate(config_of({"--http", "0.0.0.0:80", "--ingest", "[::]:81"})),
              ElementsAre(HasSubstr("--ingest: [::]:81 is not allowed"), HasSubstr("--http: 0.0.0.0:80 is not")));
  EXPECT_THAT(validate(config_of({"--http", "off", "--ingest", "off"})), IsEmpty());
}

TEST(config, knows_whether_the_address_of_http_was_chosen) {
  EXPECT_FALSE(config_of({}).is_http_chosen);
  EXPECT_TRUE(config_of({"--http", "127.0.0.1:7172"}).is_http_chosen);
}

TEST(config, takes_a_certificate_with_its_key_or_neither) {
  EXPECT_THAT(validate(config_of({"--tls-cert", "c"})), ElementsAre(HasSubstr("give both or neither")));
  EXPECT_THAT(validate(config_of({"--tls-key", "k"})), ElementsAre(HasSubstr("give both or neither")));
}

TEST(config, needs_a_place_for_what_is_to_last) {
  config chosen = config_of({});
  chosen.store.directory = "";
  EXPECT_THAT(validate(chosen), ElementsAre(HasSubstr("--state-dir: empty is not allowed")));
  chosen.store.durability_level = durability::off;
  EXPECT_THAT(validate(chosen), IsEmpty());
}

TEST(config, knows_every_alert_that_a_stream_names) {
  config chosen = config_of({});
  stream_settings own;
  own.match = {"a"};
  own.alert = "oncall";
  chosen.engine.streams = {own};
  EXPECT_THAT(validate(chosen), ElementsAre(HasSubstr("[[stream]] 1: alert")));
}

TEST(config, refuses_a_format_or_an_address_that_there_is_not) {
  EXPECT_THAT(refused_flag({"--listen", "127.0.0.1:1?format=morse"}), HasSubstr("--listen"));
  EXPECT_THAT(refused_flag({"--http", "no port"}), HasSubstr("off, or "));
  EXPECT_THAT(refused_flag({"--threads", "257"}), HasSubstr("--threads"));
}

}  // namespace
}  // namespace spindrift
