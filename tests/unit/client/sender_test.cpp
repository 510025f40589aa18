// The sender against a server of a few lines on 127.0.0.1, which can be told to break off.
#include "client/sender.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "client/scenario.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using nlohmann::json;

// Serves one connection after the other until `connections` were served; breaks each but the last off after
// `answers_before_break` answers, in the middle of a line.
class small_server {
public:
  small_server(int connections, int answers_before_break, std::string refusal = "")
      : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), refusal_(std::move(refusal)) {
    thread_ = std::thread([this, connections, answers_before_break] {
      for (int i = 1; i <= connections; ++i) serve(i < connections ? answers_before_break : -1);
    });
  }
  small_server(const small_server&) = delete;
  small_server& operator=(const small_server&) = delete;
  ~small_server() { thread_.join(); }

  endpoint where() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }
  void join() {
    thread_.join();
    thread_ = std::thread([] {});
  }
  std::multiset<std::uint64_t> applied;

private:
  void serve(int answers_left) {
    tcp::socket peer(io_);
    acceptor_.accept(peer);
    std::string bytes;
    boost::system::error_code failure;
    for (;;) {
      const std::size_t length = asio::read_until(peer, asio::dynamic_buffer(bytes), '\n', failure);
      if (failure) return;
      const json frame = json::parse(bytes.substr(0, length));
      bytes.erase(0, length);
      const std::string answer = answer_to(frame);
      if (!frame.contains("op") && answers_left-- == 0) {
        asio::write(peer, asio::buffer(answer.substr(0, answer.size() / 2)), failure);
        peer.shutdown(tcp::socket::shutdown_both, failure);
        return;
      }
      asio::write(peer, asio::buffer(answer), failure);
    }
  }

  std::string answer_to(const json& frame) {
    if (frame.contains("op")) {
      if (!refusal_.empty())
        return R"({"type":"error","code":")" + refusal_ +
               R"(","message":"no","frame":1})"
               "\n";
      return R"({"type":"welcome","version":1,"last_seq":)" + std::to_string(last_seq_) + ",\"in_flight_max\":1024}\n";
    }
    const std::uint64_t seq = frame.at("seq");
    const bool is_dup = seq <= last_seq_;
    if (!is_dup) applied.insert(seq);
    last_seq_ = std::max(last_seq_, seq);
    return R"({"type":"verdict","seq":)" + std::to_string(seq) + R"(,"anomaly":false,"drift":false)" +
           (is_dup ? R"(,"dup":true)" : "") + "}\n";
  }

  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::string refusal_;
  std::uint64_t last_seq_ = 0;
  std::thread thread_;
};

struct run_result {
  sender_outcome outcome;
  run_counters counts;
};

run_result run(const sender_settings& settings, std::uint64_t count, double rate = 0) {
  scenario from({scenario_name::sine, 1, 1});
  run_result result{{}, run_counters(score(1, from.kinds(), true, {}))};
  const std::vector<std::string> streams{"s"};
  load_schedule_settings share;
  share.count = count;
  share.rate = rate;
  producer_settings made;
  made.name = "p";
  made.pipeline = 16;
  made.is_paced = rate > 0;
  sender::producers producers;
  producers.push_back(std::make_unique<producer_session>(made, load_schedule(share, 0), streams, from, result.counts));
  progress quiet(true, count);
  result.outcome = sender(settings, producers, result.counts, quiet).run();
  return result;
}

TEST(sender, has_every_point_answered) {
  small_server server(1, 0);
  sender_settings settings;
  settings.server = server.where();
  const run_result result = run(settings, 2'000);
  EXPECT_EQ(result.counts.verdicts, 2'000U);
  EXPECT_EQ(result.counts.lost, 0U);
  EXPECT_FALSE(result.outcome.gave_up);
  EXPECT_FALSE(result.outcome.was_stopped);
}

TEST(sender, keeps_to_its_rate_and_ends) {
  small_server server(1, 0);
  sender_settings settings;
  settings.server = server.where();
  const run_result result = run(settings, 50, 1'000);
  EXPECT_EQ(result.counts.verdicts, 50U);
  EXPECT_GE(result.counts.seconds(), 0.048) << "the last of 50 points is due 49 ms after the first";
}

TEST(sender, resumes_after_every_break_and_has_each_point_applied_once) {
  small_server server(4, 100);
  sender_settings settings;
  settings.server = server.where();
  const run_result result = run(settings, 1'000);
  server.join();
  EXPECT_EQ(result.counts.verdicts, 1'000U);
  EXPECT_EQ(result.counts.reconnects, 3U);
  EXPECT_EQ(result.counts.lost, 0U);
  EXPECT_GE(result.counts.duplicates, 3U) << "the point whose answer was torn had been applied";
  EXPECT_EQ(server.applied.size(), 1'000U);
  EXPECT_EQ(std::set<std::uint64_t>(server.applied.begin(), server.applied.end()).size(), 1'000U);
}

TEST(sender, gives_up_at_once_where_it_is_not_allowed_in) {
  small_server server(1, 0, "unauthorized");
  sender_settings settings;
  settings.server = server.where();
  const run_result result = run(settings, 10);
  EXPECT_TRUE(result.outcome.gave_up);
  EXPECT_EQ(result.counts.points, 0U);
}

TEST(sender, gives_up_after_its_patience_where_nobody_listens) {
  asio::io_context io;
  tcp::acceptor nobody(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  sender_settings settings;
  settings.server = {"127.0.0.1", nobody.local_endpoint().port()};
  nobody.close();
  settings.connect_patience = std::chrono::milliseconds(150);
  const run_result result = run(settings, 10);
  EXPECT_TRUE(result.outcome.gave_up);
  EXPECT_EQ(result.counts.points, 0U);
  EXPECT_EQ(result.counts.lost, 0U);
}

}  // namespace
}  // namespace spindrift
