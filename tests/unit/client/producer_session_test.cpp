#include "client/producer_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "client/scenario.hpp"
#include "common/protocol/inbox.hpp"

namespace spindrift {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using seqs = std::vector<std::uint64_t>;
using advice = producer_session::advice;

constexpr std::size_t no_limit = 1'000'000;

// One producer and the far end of its wire, played by the test: lines in, lines out, time by hand.
class wire {
public:
  explicit wire(std::uint64_t count, std::size_t pipeline, double rate = 0, source* from = nullptr,
                reply_choice replies = reply_choice::all)
      : counts_(score(2, made_up_.kinds(), true, {})),
        producer_(settings_of(pipeline, rate, replies), load_schedule(schedule_of(count, rate), 0), streams_,
                  from ? *from : made_up_, counts_) {
    producer_.begin(1'700'000'000'000);
  }

  producer_session& end() { return producer_; }
  const run_counters& counts() const { return counts_; }
  const json& last_point() const { return last_point_; }

  // Connects, and answers the hello. Returns what was said before any point.
  std::string greet(std::uint64_t last_seq = 0, std::uint64_t in_flight_max = 1'024) {
    std::string said;
    producer_.connect(said);
    EXPECT_EQ(hear(R"({"type":"welcome","version":1,"server":"x","producer":"p","last_seq":)" +
                   std::to_string(last_seq) + R"(,"in_flight_max":)" + std::to_string(in_flight_max) + "}"),
              advice::go_on);
    return said;
  }
  // The seqs of the points it sends now.
  seqs sent(std::int64_t now_ns = 0, std::size_t bytes_max = no_limit) {
    std::string out;
    producer_.fill(now_ns, bytes_max, out);
    seqs found;
    std::size_t begin = 0;
    for (std::size_t end = out.find('\n'); end != std::string::npos; end = out.find('\n', begin)) {
      last_point_ = json::parse(out.substr(begin, end - begin));
      found.push_back(last_point_.at("seq"));
      begin = end + 1;
    }
    EXPECT_EQ(begin, out.size()) << "whole lines only";
    return found;
  }
  advice hear(std::string line, std::int64_t now_ns = 0) {
    const std::size_t length = line.size();
    line.append(inbox::padding_bytes, ' ');
    return producer_.hear(std::string_view(line.data(), length), now_ns);
  }
  advice verdict_on(std::uint64_t seq, const std::string& more = "", std::int64_t now_ns = 0) {
    return hear(R"({"type":"verdict","stream":"s","seq":)" + std::to_string(seq) +
                    R"(,"n":1,"anomaly":false,"drift":false)" + more + "}",
                now_ns);
  }

private:
  static producer_settings settings_of(std::size_t pipeline, double rate, reply_choice replies) {
    producer_settings settings;
    settings.name = "p";
    settings.pipeline = pipeline;
    settings.is_paced = rate > 0;
    settings.replies = replies;
    return settings;
  }
  static load_schedule_settings schedule_of(std::uint64_t count, double rate) {
    load_schedule_settings settings;
    settings.count = count;
    settings.streams = 2;
    settings.rate = rate;
    return settings;
  }

  std::vector<std::string> streams_{"s-1", "s-2"};
  scenario made_up_{{scenario_name::sine, 1, 2}};
  run_counters counts_;
  producer_session producer_;
  json last_point_;
};

TEST(producer_session, says_hello_and_sends_nothing_before_it_is_welcome) {
  wire server(10, 4);
  std::string said;
  server.end().connect(said);
  EXPECT_EQ(json::parse(said), (json{{"op", "hello"}, {"producer", "p"}}));
  EXPECT_THAT(server.sent(), IsEmpty());
  server.greet();
  EXPECT_THAT(server.sent(), ElementsAre(1, 2, 3, 4));
}

TEST(producer_session, never_has_more_unanswered_than_pipeline_and_server_allow) {
  wire server(100, 8);
  server.greet(0, 3);
  EXPECT_THAT(server.sent(), ElementsAre(1, 2, 3));
  EXPECT_THAT(server.sent(), IsEmpty());
  server.verdict_on(1);
  server.verdict_on(2);
  EXPECT_THAT(server.sent(), ElementsAre(4, 5));
}

TEST(producer_session, sends_points_with_stream_time_value_and_label) {
  wire server(3, 8);
  server.greet();
  server.sent();
  const json& point = server.last_point();
  EXPECT_EQ(point["stream"], "s-1") << "dealt in turn: 1, 2, 1";
  EXPECT_EQ(point["seq"], 3);
  EXPECT_EQ(point["ts"], synthetic_start_ms + 1'000);
  EXPECT_TRUE(point["value"].is_number());
  EXPECT_TRUE(point["label"].is_boolean());
}

TEST(producer_session, sends_again_all_without_a_verdict_and_then_goes_on) {
  wire server(10, 4);
  server.greet();
  server.sent();
  server.verdict_on(1);
  server.verdict_on(2);
  server.sent();
  server.end().disconnect();
  EXPECT_THAT(server.sent(), IsEmpty());
  EXPECT_FALSE(server.end().is_waiting());
  EXPECT_TRUE(server.end().has_unanswered());

  server.greet(4);
  EXPECT_THAT(server.sent(), ElementsAre(3, 4, 5, 6));
  server.verdict_on(3, R"(,"dup":true)");
  server.verdict_on(4, R"(,"dup":true)");
  server.verdict_on(5, R"(,"late":true)");
  EXPECT_THAT(server.sent(), ElementsAre(7, 8, 9));
  for (std::uint64_t seq = 6; seq <= 9; ++seq) server.verdict_on(seq);
  EXPECT_THAT(server.sent(), ElementsAre(10));
  server.verdict_on(10);
  EXPECT_TRUE(server.end().is_done());
  EXPECT_EQ(server.counts().points, 10U);
  EXPECT_EQ(server.counts().verdicts, 10U);
  EXPECT_EQ(server.counts().resent, 4U);
  EXPECT_EQ(server.counts().duplicates, 2U);
  EXPECT_EQ(server.counts().late, 1U);
  EXPECT_EQ(server.counts().lost, 0U);
}

TEST(producer_session, sends_the_same_line_again_to_the_byte) {
  wire server(2, 4);
  server.greet();
  server.sent();
  const json before = server.last_point();
  server.end().disconnect();
  server.greet();
  EXPECT_THAT(server.sent(), ElementsAre(1, 2));
  EXPECT_EQ(server.last_point(), before);
}

TEST(producer_session, keeps_to_a_smaller_window_after_coming_back) {
  wire server(10, 4);
  server.greet();
  server.sent();
  server.end().disconnect();
  server.greet(0, 2);
  EXPECT_THAT(server.sent(), ElementsAre(1, 2));
  server.verdict_on(1);
  EXPECT_THAT(server.sent(), ElementsAre(3));
}

TEST(producer_session, survives_being_cut_off_while_it_sends_again) {
  wire server(4, 4);
  server.greet();
  server.sent();
  for (int i = 0; i < 3; ++i) {
    server.end().disconnect();
    server.greet(4);
    EXPECT_THAT(server.sent(), ElementsAre(1, 2, 3, 4));
  }
  for (std::uint64_t seq = 1; seq <= 4; ++seq) server.verdict_on(seq);
  EXPECT_TRUE(server.end().is_done());
  EXPECT_EQ(server.counts().resent, 12U);
  EXPECT_EQ(server.counts().points, 4U);
}

// Goal: exactly once under any sequence of losses. Method: a server that applies in order, answers some, and is cut off
// at random places; every seq must be applied once and answered once.
TEST(producer_session, has_every_point_applied_once_whatever_is_lost) {
  noise_source chance(5);
  for (int round = 0; round < 50; ++round) {
    wire server(200, 16);
    std::uint64_t last_seq = 0;
    std::set<std::uint64_t> applied;
    server.greet();
    while (!server.end().is_done()) {
      const bool is_cut = chance.chance(0.3);
      bool is_answering = true;
      for (const std::uint64_t seq : server.sent()) {
        if (is_cut && chance.chance(0.1)) break;  // the rest never reached the server
        const bool is_dup = seq <= last_seq;
        if (!is_dup) {
          ASSERT_EQ(seq, last_seq + 1) << "nothing is skipped";
          ASSERT_TRUE(applied.insert(seq).second);
          last_seq = seq;
        }
        if (is_cut && chance.chance(0.2)) is_answering = false;
        if (is_answering) server.verdict_on(seq, is_dup ? R"(,"dup":true)" : "");
      }
      if (!is_cut) continue;
      server.end().disconnect();
      server.greet(last_seq);
    }
    EXPECT_EQ(applied.size(), 200U);
    EXPECT_EQ(server.counts().verdicts, 200U);
    EXPECT_EQ(server.counts().lost, 0U);
    EXPECT_EQ(server.counts().strays, 0U);
  }
}

TEST(producer_session, numbers_on_where_its_name_was_used_before) {
  wire server(3, 4);
  server.greet(41);
  EXPECT_THAT(server.sent(), ElementsAre(42, 43, 44));
}

TEST(producer_session, counts_a_refused_point_and_goes_on) {
  wire server(3, 2);
  server.greet();
  server.sent();
  EXPECT_EQ(server.hear(R"({"type":"error","code":"storage_full","message":"disk","frame":2,"seq":1})"), advice::go_on);
  EXPECT_EQ(server.hear(R"({"type":"error","code":"bad_json","message":"?","frame":3})"), advice::go_on);
  EXPECT_THAT(server.sent(), ElementsAre(3));
  server.verdict_on(3);
  EXPECT_TRUE(server.end().is_done());
  EXPECT_EQ(server.counts().errors, 2U);
  EXPECT_EQ(server.counts().error_codes.at("storage_full"), 1U);
  EXPECT_EQ(server.counts().error_codes.at("bad_json"), 1U);
  EXPECT_EQ(server.counts().verdicts, 1U);
}

TEST(producer_session, tells_closings_that_pass_from_those_that_do_not) {
  wire server(3, 2);
  server.greet();
  server.sent();
  for (const char* code : {"shutting_down", "idle", "too_many_connections"}) {
    EXPECT_EQ(server.hear(R"({"type":"error","code":")" + std::string(code) + R"(","message":"m"})"),
              advice::reconnect);
    EXPECT_THAT(server.end().reason(), HasSubstr(code));
  }
  for (const char* code : {"unauthorized", "superseded"}) {
    EXPECT_EQ(server.hear(R"({"type":"error","code":")" + std::string(code) + R"(","message":"m"})"), advice::give_up);
    EXPECT_THAT(server.end().reason(), HasSubstr(code));
  }
  EXPECT_EQ(server.counts().errors, 0U) << "no point was refused";
}

TEST(producer_session, gives_up_where_its_hello_is_refused_or_not_understood) {
  const auto advice_on = [](const std::string& line) {
    wire server(3, 2);
    std::string said;
    server.end().connect(said);
    return server.hear(line);
  };
  EXPECT_EQ(advice_on(R"({"type":"error","code":"unauthorized","message":"no token","frame":1})"), advice::give_up);
  EXPECT_EQ(advice_on(R"({"type":"error","code":"bad_frame","message":"producer","frame":1})"), advice::give_up);
  EXPECT_EQ(advice_on(R"({"type":"welcome","version":2,"last_seq":0,"in_flight_max":9})"), advice::give_up);
  wire other(3, 2);
  EXPECT_EQ(other.hear("HTTP/1.1 400 Bad Request"), advice::give_up);
  EXPECT_THAT(other.end().reason(), HasSubstr("it says \"HTTP/1.1 400 Bad Request\""));
  EXPECT_EQ(advice_on(R"({"type":"error","code":"too_many_connections","message":"full"})"), advice::reconnect);
}

TEST(producer_session, measures_latency_from_when_a_point_was_due) {
  wire server(3, 1, 1'000);
  server.greet();
  EXPECT_THAT(server.sent(0), ElementsAre(1));
  EXPECT_EQ(server.end().next_due_ns(), std::nullopt) << "the window is full: time alone changes nothing";
  server.verdict_on(1, "", 5'000'000);
  EXPECT_EQ(server.end().next_due_ns(), 1'000'000);
  EXPECT_THAT(server.sent(5'000'000), ElementsAre(2));
  server.verdict_on(2, "", 6'000'000);
  // Point 2 was due at 1 ms and answered at 6 ms: 5 ms, though it was sent only 1 ms before.
  EXPECT_NEAR(server.counts().latency.percentile(0).value(), 5e6, 5e6 * 0.004);
}

TEST(producer_session, waits_until_a_point_is_due_and_stamps_it_with_that_time) {
  wire server(5, 8, 1'000);
  server.greet();
  EXPECT_THAT(server.sent(999'999), ElementsAre(1));
  EXPECT_EQ(server.end().next_due_ns(), 1'000'000);
  EXPECT_THAT(server.sent(2'500'000), ElementsAre(2, 3));
  EXPECT_EQ(server.last_point()["ts"], 1'700'000'000'002);
}

TEST(producer_session, measures_latency_from_sending_where_there_is_no_rate) {
  wire server(2, 1);
  server.greet();
  server.sent(10'000'000);
  server.verdict_on(1, "", 12'000'000);
  EXPECT_NEAR(server.counts().latency.percentile(1).value(), 2e6, 2e6 * 0.004);
}

TEST(producer_session, stops_making_points_but_waits_for_those_under_way) {
  wire server(100, 4);
  server.greet();
  server.sent();
  server.end().stop();
  server.verdict_on(1);
  EXPECT_THAT(server.sent(), IsEmpty());
  EXPECT_FALSE(server.end().is_done());
  for (std::uint64_t seq = 2; seq <= 4; ++seq) server.verdict_on(seq);
  EXPECT_TRUE(server.end().is_done());
  EXPECT_EQ(server.counts().lost, 0U);
}

TEST(producer_session, counts_what_it_abandons_as_lost) {
  wire server(100, 4);
  server.greet();
  server.sent();
  server.verdict_on(1);
  server.end().abandon();
  EXPECT_TRUE(server.end().is_done());
  EXPECT_EQ(server.counts().lost, 3U);
  EXPECT_EQ(server.counts().points, 4U);
}

TEST(producer_session, ends_a_batch_at_its_size) {
  wire server(100, 50);
  server.greet();
  EXPECT_EQ(server.sent(0, 1).size(), 1U);
  EXPECT_EQ(server.sent(0, no_limit).size(), 49U);
}

TEST(producer_session, is_not_confused_by_replies_to_nobody) {
  wire server(2, 4);
  server.greet();
  server.sent();
  EXPECT_EQ(server.verdict_on(77), advice::go_on);
  EXPECT_EQ(server.hear(R"({"type":"pong"})"), advice::go_on);
  EXPECT_EQ(server.counts().strays, 2U);
  EXPECT_EQ(server.counts().verdicts, 0U);
}

TEST(producer_session, judges_a_verdict_whatever_its_layout) {
  wire server(300, 300);
  server.greet();
  server.sent();
  server.hear(R"({ "type": "verdict", "seq": 1, "n": 1, "anomaly": true, "drift": true, "alarm": true })");
  EXPECT_EQ(server.counts().verdicts, 1U);
  EXPECT_EQ(server.counts().judged.flags(), 1U);
  EXPECT_EQ(server.counts().judged.alarms(), 1U);
  EXPECT_EQ(server.counts().judged.drifts().reported, 1U);
}

TEST(producer_session, asks_for_fewer_replies_and_takes_acknowledgements_for_the_rest) {
  wire server(10, 8, 0, nullptr, reply_choice::marked);
  const std::string said = server.greet();
  EXPECT_EQ(json::parse(said).at("replies"), "marked");
  EXPECT_THAT(server.sent(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  server.verdict_on(3, R"(,"alarm":true)", 2'000);
  EXPECT_EQ(server.counts().verdicts, 1U);
  EXPECT_EQ(server.counts().acknowledged, 2U) << "what is said of 3 says that 1 and 2 were taken";
  server.hear(R"({"type":"error","code":"bad_value","message":"","frame":6,"seq":5})");
  server.hear(R"({"type":"ack","seq":7})", 3'000);
  EXPECT_EQ(server.counts().acknowledged, 5U);
  EXPECT_EQ(server.counts().errors, 1U);
  EXPECT_EQ(server.counts().lost, 0U);
  EXPECT_EQ(server.counts().latency.count(), 6U);
  EXPECT_EQ(server.counts().judged.alarms(), 1U);
  server.hear(R"({"type":"ack","seq":7})");
  server.hear(R"({"type":"ack","frames":9})");
  EXPECT_EQ(server.counts().acknowledged, 5U) << "said twice counts once";
  EXPECT_THAT(server.sent(), ElementsAre(9, 10));
  server.hear(R"({"type":"ack","seq":10})");
  EXPECT_TRUE(server.end().is_done());
  EXPECT_EQ(server.counts().strays, 0U);
}

TEST(producer_session, knows_by_the_welcome_what_was_applied_before_where_no_verdict_says_so) {
  wire server(4, 4, 0, nullptr, reply_choice::errors);
  server.greet();
  server.sent();
  server.end().disconnect();
  server.greet(2);
  EXPECT_THAT(server.sent(), ElementsAre(1, 2, 3, 4));
  server.hear(R"({"type":"ack","seq":4})");
  EXPECT_EQ(server.counts().acknowledged, 4U);
  EXPECT_EQ(server.counts().duplicates, 2U);
  EXPECT_EQ(server.counts().judged.scored(), 0U) << "without verdicts nothing is known of what was found";
  EXPECT_TRUE(server.end().is_done());
}

}  // namespace
}  // namespace spindrift
