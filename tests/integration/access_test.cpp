// Tokens and TLS at the door.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

// Of the token "test", then of "secret": SHA-256.
constexpr const char* tokens =
    "plant 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 publish=plant.* subscribe=plant.*\n"
    "panel 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b subscribe=*\n";

class access : public testing::Test {
protected:
  void SetUp() override {
    if (!support::knows_flag(program("spindriftd"), "--tokens")) GTEST_SKIP() << "the daemon knows no tokens";
  }
  daemon_process guarded(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--tokens", folder_.write("tokens", tokens)});
    return start_daemon(more);
  }

  scratch_folder folder_;
};

TEST_F(access, without_a_token_ends_with_one_error) {
  const daemon_process daemon = guarded();
  for (const char* first :
       {R"({"value":1})", R"({"op":"ping"})", "nonsense", R"({"op":"hello"})", R"({"op":"hello","token":"tost"})"}) {
    SCOPED_TRACE(first);
    tcp_client client = daemon.connect();
    client.send(std::string(first) + "\n{\"value\":1}\n");
    const auto lines = client.read_to_end();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_TRUE(is_error(parsed(lines[0]), "unauthorized"));
  }
  tcp_client client = daemon.connect();
  ask(client, R"({"op":"hello","token":"test"})");
  EXPECT_EQ(ask(client, R"({"op":"stats"})").at("points"), 0);
}

TEST_F(access, allows_what_the_token_names_and_nothing_else) {
  const daemon_process daemon = guarded();
  tcp_client plant = daemon.connect();
  EXPECT_EQ(ask(plant, R"({"op":"hello","token":"test","producer":"p"})").at("type"), "welcome");
  EXPECT_TRUE(is_verdict(ask(plant, R"({"stream":"plant.1","value":1,"seq":1})")));
  EXPECT_TRUE(is_error(ask(plant, R"({"stream":"mine","value":1,"seq":2})"), "forbidden"));
  EXPECT_TRUE(is_error(ask(plant, R"({"op":"subscribe","streams":["*"]})"), "forbidden"));
  EXPECT_EQ(ask(plant, R"({"op":"subscribe","streams":["plant.1"]})").at("type"), "subscribed");
  tcp_client panel = daemon.connect();
  ask(panel, R"({"op":"hello","token":"secret"})");
  EXPECT_TRUE(is_error(ask(panel, R"({"stream":"plant.1","value":1})"), "forbidden"));
  EXPECT_EQ(ask(panel, R"({"op":"subscribe"})").at("type"), "subscribed");
}

TEST_F(access, is_looked_up_anew_at_sighup) {
  daemon_process daemon = guarded();
  folder_.write("tokens", "other 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b publish=*\n");
  daemon.process().send_signal(SIGHUP);
  EXPECT_TRUE(daemon.process().wait_output(
      [](const std::string&, const std::string& errors) { return errors.find("reloaded") != std::string::npos; }));
  tcp_client gone = daemon.connect();
  EXPECT_TRUE(is_error(ask(gone, R"({"op":"hello","token":"test"})"), "unauthorized"));
  tcp_client there = daemon.connect();
  EXPECT_EQ(ask(there, R"({"op":"hello","token":"secret"})").at("type"), "welcome");
}

TEST_F(access, by_a_bad_token_file_is_no_access_at_all) {
  const std::string file = folder_.write("tokens", "plant notadigest publish=*\n");
  const child_result result = run_to_end(support::daemon_command(program("spindriftd"), {"--tokens", file}));
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.errors, testing::HasSubstr(file + ":1"));
}

TEST_F(access, may_be_over_tls) {
  if (!support::is_in_path("openssl")) GTEST_SKIP() << "there is no openssl program";
  const std::string key = folder_.file("key.pem");
  const std::string certificate = folder_.file("cert.pem");
  const child_result made =
      run_to_end({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                  "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const daemon_process daemon = start_daemon({"--tls-cert", certificate, "--tls-key", key});
  constexpr std::size_t count = 2'000;
  child_process client(
      {"openssl", "s_client", "-connect", daemon.address(), "-CAfile", certificate, "-quiet", "-verify_return_error"},
      {.input = points({.count = count})});
  EXPECT_TRUE(client.wait_output([](const std::string& output, const std::string&) {
    return split_lines(output).size() == count && output.back() == '\n';
  })) << client.errors();
  EXPECT_EQ(parsed(split_lines(client.output()).back()).at("n"), count);
  tcp_client plain = daemon.connect();
  plain.send("{\"value\":1}\n");
  for (const std::string& line : plain.read_to_end()) EXPECT_EQ(line.find("verdict"), std::string::npos);
}

TEST(token_new, gives_all_rights_only_when_no_flag_limits_them) {
  const auto made = [](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {program("spindriftd"), "token", "new", "x"});
    return run_to_end(flags);
  };
  EXPECT_THAT(made({}).output, testing::HasSubstr("publish=* subscribe=*"));
  EXPECT_THAT(made({"--publish", "a.*"}).output, testing::Not(testing::HasSubstr("subscribe=*")));
  // Of a shell variable that is not set, for one.
  for (const char* globs : {"", ",", "a,,b", "a,"}) {
    EXPECT_EQ(made({"--publish", globs}).exit_code, 78) << globs;
    EXPECT_EQ(made({"--publish", "a", "--subscribe", globs}).exit_code, 78) << globs;
  }
}

}  // namespace
}  // namespace spindrift
