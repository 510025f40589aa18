// Goal: every open event stream receives what is published; one that is slow loses the oldest, one that is stuck its
// place.
#include <gmock/gmock.h>

#include "tests/unit/net/http_service.hpp"

namespace spindrift {
namespace {

using ::testing::StartsWith;

TEST_F(http_service, sends_published_events_to_every_open_stream) {
  start();
  client one(where_);
  client two(where_);
  for (client* each : {&one, &two}) {
    each->send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const answer header = each->receive_header();
    EXPECT_EQ(header["Content-Type"], "text/event-stream");
    EXPECT_EQ(header["Cache-Control"], "no-store");
    EXPECT_EQ(header.count("Content-Length"), 0u);
  }
  server_->publish("data: second\n\n");
  server_->publish("data: third\n\n");
  for (client* each : {&one, &two}) {
    EXPECT_EQ(each->receive_until("third\n\n"), "data: first\n\ndata: second\n\ndata: third\n\n");
  }
  one.close();
  server_->publish("data: fourth\n\n");
  EXPECT_EQ(two.receive_until("\n\n"), "data: fourth\n\n");
  EXPECT_EQ(server_->events_dropped(), 0u);
}

TEST_F(http_service, drops_the_oldest_events_of_a_slow_stream_and_counts_them) {
  http_limits limits;
  limits.events_queued_max = 2;
  start(limits);
  client slow(where_);
  slow.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  (void)slow.receive_header();
  constexpr unsigned published = 40;
  const std::string filler(500'000, 'x');
  for (unsigned i = 0; i < published; ++i) {
    server_->publish("data: " + std::to_string(i) + " " + filler + " end of " + std::to_string(i) + "\n\n");
  }
  catch_up();
  EXPECT_GT(server_->events_dropped(), 0u);
  const std::string seen = slow.receive_until("end of 39\n\n");
  EXPECT_THAT(seen, ::testing::EndsWith("end of 39\n\n")) << "the newest arrives";
  unsigned received = 0;
  for (std::size_t at = 0; at < seen.size(); ++received) {
    const std::size_t end = seen.find("\n\n", at);
    ASSERT_NE(end, std::string::npos);
    const std::string event = seen.substr(at, end - at);
    at = end + 2;
    if (event == "data: first") continue;
    const std::string number = event.substr(6, event.find(' ', 6) - 6);
    EXPECT_THAT(event.substr(0, 20), StartsWith("data: " + number + " xxx"));
    EXPECT_THAT(event.substr(event.size() - 20), ::testing::EndsWith("xxx end of " + number));
  }
  EXPECT_EQ(received + server_->events_dropped(), published + 1) << "with the one that the handler sent";
}

TEST_F(http_service, cuts_a_stream_that_takes_nothing_any_more) {
  http_limits limits;
  limits.connections_max = 1;
  limits.request_timeout = milliseconds{20};
  start(limits);
  client stalled(where_);
  stalled.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  (void)stalled.receive_header();
  const std::string filler = "data: " + std::string(1'000'000, 'x') + "\n\n";
  for (int i = 0; i < 15; ++i) server_->publish(filler);
  EXPECT_TRUE(gets_in_at_last()) << "its place is free again";
}

}  // namespace
}  // namespace spindrift
