// How bytes become frames and frames replies, on a real socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::ElementsAre;

std::vector<std::string> verdicts(std::size_t count) {
  return std::vector<std::string>(count, "verdict");
}

TEST(framing, netcat_is_a_producer) {
  if (!support::is_in_path("nc") || run_to_end({"nc", "-h"}).errors.find("-N") == std::string::npos) {
    GTEST_SKIP() << "there is no nc that knows -N";
  }
  const daemon_process daemon = start_daemon();
  const auto [exit_code, output, errors] =
      run_to_end({"nc", "-N", "127.0.0.1", std::to_string(daemon.port())}, {.input = "{\"value\":1}\n{\"value\":2}\n"});
  EXPECT_EQ(exit_code, 0) << errors;
  EXPECT_EQ(kinds(split_lines(output)), verdicts(2));
}

TEST(framing, a_shell_is_a_producer) {
  if (!support::is_in_path("bash")) GTEST_SKIP() << "there is no bash";
  const daemon_process daemon = start_daemon();
  const std::string script = "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(daemon.port()) +
                             R"(; echo '{"stream":"shell","value":1}' >&3; read -r line <&3; echo "$line")";
  const auto [exit_code, output, errors] = run_to_end({"bash", "-c", script});
  ASSERT_EQ(exit_code, 0) << errors;
  const json reply = parsed(output);
  EXPECT_EQ(reply.at("stream"), "shell");
  EXPECT_EQ(reply.at("n"), 1);
}

TEST(framing, a_half_close_gets_every_reply_and_then_the_end) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  constexpr std::size_t count = 5'000;
  ASSERT_TRUE(client.send(points({.count = count, .first_seq = 1})));
  client.finish_sending();
  const auto lines = client.read_to_end();
  ASSERT_EQ(lines.size(), count);
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(parsed(lines[i]).at("seq"), i + 1);
  EXPECT_FALSE(client.was_reset());
}

TEST(framing, a_last_frame_without_a_line_end_counts) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send("{\"value\":1}\n{\"value\":2}");
  client.finish_sending();
  EXPECT_EQ(kinds(client.read_to_end()), verdicts(2));
}

TEST(framing, half_a_frame_at_the_end_is_an_error) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send("{\"value\":1}\n{\"val");
  client.finish_sending();
  EXPECT_THAT(kinds(client.read_to_end()), ElementsAre("verdict", "error bad_json"));
}

TEST(framing, objects_without_any_line_end_are_answered_while_the_connection_is_open) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send(R"({"value":1,"seq":1}{"value":2,"seq":2})");
  EXPECT_EQ(kinds(client.read_lines(2)), verdicts(2));
  client.send(R"({"value":3,"seq":3})");
  EXPECT_EQ(parsed(client.read_line()).at("seq"), 3);
}

TEST(framing, a_frame_in_two_pieces_is_one_frame) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send("{\"value\":");
  tcp_client other = daemon.connect();
  EXPECT_EQ(ask(other, R"({"op":"ping"})").at("type"), "pong");  // by now the first piece has been read
  client.send("7}\n");
  EXPECT_EQ(parsed(client.read_line()).at("value"), 7);
}

TEST(framing, line_ends_may_be_crlf_and_blank_lines_are_no_frames) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send("\r\n\n{\"value\":1}\r\n   \n{\"value\":2}\r\n\n{\"bad\n");
  EXPECT_EQ(kinds(client.read_lines(2)), verdicts(2));
  const json error = parsed(client.read_line());
  EXPECT_TRUE(is_error(error, "bad_json"));
  EXPECT_EQ(error.at("frame"), 3);
}

struct bad_frame {
  const char* name;
  const char* line;
  const char* code;

  friend std::ostream& operator<<(std::ostream& out, const bad_frame& what) { return out << what.line; }
};

class bad_frames : public testing::TestWithParam<bad_frame> {};

TEST_P(bad_frames, cost_one_error_among_good_ones) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send("{\"value\":1}\n" + std::string(GetParam().line) + "\n{\"value\":2}\n");
  EXPECT_EQ(parsed(client.read_line()).at("n"), 1);
  const json error = parsed(client.read_line());
  EXPECT_TRUE(is_error(error, GetParam().code)) << error;
  EXPECT_EQ(error.at("frame"), 2);
  EXPECT_FALSE(error.at("message").get<std::string>().empty());
  EXPECT_FALSE(error.contains("z"));
  EXPECT_FALSE(error.contains("anomaly"));
  const json after = parsed(client.read_line());
  EXPECT_TRUE(is_verdict(after));
  EXPECT_EQ(after.at("n"), 2) << "the bad frame was no point";
}

INSTANTIATE_TEST_SUITE_P(
    framing, bad_frames,
    testing::Values(bad_frame{"text", "hello", "bad_json"}, bad_frame{"array", "[1,2]", "bad_json"},
                    bad_frame{"cut", R"({"value":1)", "bad_json"}, bad_frame{"nan", R"({"value":NaN})", "bad_json"},
                    bad_frame{"twice", R"({"value":1,"value":2})", "bad_json"},
                    bad_frame{"bytes", "{\"value\":1,\"x\":\"\xff\xfe\"}", "bad_json"},
                    bad_frame{"deep", R"({"value":1,"x":[[[[[[[[1]]]]]]]]})", "bad_json"},
                    bad_frame{"empty", "{}", "bad_frame"}, bad_frame{"null", R"({"value":null})", "bad_frame"},
                    bad_frame{"both", R"({"value":1,"values":{"a":1}})", "bad_frame"},
                    bad_frame{"huge", R"({"value":1e999})", "bad_value"},
                    bad_frame{"nan_text", R"({"value":"NaN"})", "bad_value"},
                    bad_frame{"stream", R"({"stream":"a*b","value":1})", "bad_stream"},
                    bad_frame{"no_stream", R"({"stream":"","value":1})", "bad_stream"},
                    bad_frame{"seq_zero", R"({"value":1,"seq":0})", "bad_seq"},
                    bad_frame{"seq_large", R"({"value":1,"seq":9007199254740992})", "bad_seq"},
                    bad_frame{"op", R"({"op":"launch"})", "unknown_op"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(framing, an_error_carries_the_seq_that_could_be_read) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  EXPECT_EQ(ask(client, R"({"seq":9,"value":"x"})").at("seq"), 9);
  EXPECT_FALSE(ask(client, R"({"value":"x"})").contains("seq"));
}

TEST(framing, other_features_than_the_first_point_had_are_refused) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(client, R"({"stream":"m","values":{"a":1,"b":2}})")));
  EXPECT_TRUE(is_error(ask(client, R"({"stream":"m","values":{"a":1,"c":2}})"), "bad_frame"));
  EXPECT_TRUE(is_error(ask(client, R"({"stream":"m","value":1})"), "bad_frame"));
  EXPECT_EQ(ask(client, R"({"stream":"m","values":{"b":2,"a":1}})").at("n"), 2);
}

TEST(framing, a_frame_of_the_greatest_length_is_taken) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  std::string frame = R"({"value":1,"x":")";
  frame.append(65'536 - frame.size() - 2, 'x').append("\"}");
  EXPECT_TRUE(is_verdict(ask(client, frame)));
  frame.insert(frame.size() - 2, "x");
  EXPECT_TRUE(is_error(ask(client, frame), "frame_too_large"));
}

TEST(framing, a_frame_without_end_costs_one_error_and_no_memory_and_the_connection_lives_on) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  const auto before = stats(daemon).at("resident_bytes").get<std::int64_t>();
  const std::string piece(std::size_t{1} << 20U, 'x');
  client.send("{\"value\":\"");
  for (int i = 0; i < 64; ++i) client.send(piece);
  EXPECT_LT(stats(daemon).at("resident_bytes").get<std::int64_t>() - before, std::int64_t{32} << 20U);
  client.send("\"}\n{\"value\":2}\n");
  EXPECT_THAT(kinds(client.read_lines(2)), ElementsAre("error frame_too_large", "verdict"));
}

TEST(framing, a_full_table_of_streams_refuses_new_ones_and_serves_the_old) {
  const daemon_process daemon = start_daemon({"--max-streams", "2"});
  tcp_client client = daemon.connect();
  client.send(point("a", 1) + point("b", 1) + point("c", 1, ",\"seq\":5") + point("a", 1));
  EXPECT_THAT(kinds(client.read_lines(4)), ElementsAre("verdict", "verdict", "error too_many_streams", "verdict"));
}

TEST(framing, commands_are_answered_in_turn_with_their_id) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  client.send("{\"op\":\"ping\",\"id\":7}\n" + point("cpu.1", 3) +
              "{\"op\":\"streams\",\"match\":\"cpu.*\",\"id\":\"b\"}\n" +
              "{\"op\":\"stats\"}\n{\"op\":\"history\",\"id\":8}\n");
  const json pong = parsed(client.read_line());
  EXPECT_EQ(pong.at("type"), "pong");
  EXPECT_EQ(pong.at("id"), 7);
  EXPECT_TRUE(is_verdict(parsed(client.read_line())));
  const json streams = parsed(client.read_line());
  EXPECT_EQ(streams.at("id"), "b");
  ASSERT_EQ(streams.at("streams").size(), 1U);
  EXPECT_EQ(streams.at("streams")[0].at("stream"), "cpu.1");
  EXPECT_EQ(streams.at("streams")[0].at("n"), 1);
  EXPECT_EQ(streams.at("streams")[0].at("last"), 3);
  EXPECT_EQ(parsed(client.read_line()).at("points"), 1);
  const json history = parsed(client.read_line());
  EXPECT_EQ(history.at("type"), "history");
  EXPECT_EQ(history.at("id"), 8);
  EXPECT_TRUE(history.at("events").is_array());
}

}  // namespace
}  // namespace spindrift
