// Goal: the server answers what it should, refuses what it must, and no client can cost it more than its limits.
#include "common/net/http_server.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <vector>

#include "tests/unit/net/http_service.hpp"

namespace spindrift {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(http_service, answers_get_with_body_type_and_security_headers) {
  start();
  EXPECT_NE(where_.port, 0);
  const answer page = client(where_).get("/");
  EXPECT_EQ(page.result_int(), 200u);
  EXPECT_EQ(page.body(), "<p>hello");
  EXPECT_EQ(page[boost::beast::http::field::content_type], "text/html; charset=utf-8");
  EXPECT_EQ(page["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(page["Content-Security-Policy"], "default-src 'self'");
  EXPECT_EQ(page.count("Access-Control-Allow-Origin"), 0u);
  EXPECT_EQ(client(where_).get("/echo?a=1&b=2").body(), "GET a=1&b=2");
  EXPECT_EQ(client(where_).get("/echo")["Content-Security-Policy"], "default-src 'none'; frame-ancestors 'none'");
}

TEST_F(http_service, answers_head_without_a_body) {
  start();
  client one(where_);
  one.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const answer head = one.receive(true);
  EXPECT_EQ(head.result_int(), 200u);
  EXPECT_EQ(head["Content-Length"], "8");
  EXPECT_EQ(one.get("/echo").body(), "GET ") << "the connection is in step";
  one.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const answer events = one.receive(true);
  EXPECT_EQ(events["Content-Type"], "text/event-stream");
  EXPECT_EQ(one.receive_rest(), "");
}

TEST_F(http_service, keeps_a_connection_for_many_requests_also_pipelined) {
  start();
  client one(where_);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(one.get("/echo?" + std::to_string(i)).body(), "GET " + std::to_string(i));
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += "GET /echo?" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  one.send(requests);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(one.receive().body(), "GET " + std::to_string(i));
}

TEST_F(http_service, closes_when_the_client_asks_for_it) {
  start();
  client one(where_);
  one.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(one.receive_rest(), StartsWith("HTTP/1.1 200 OK\r\n"));
  client old(where_);
  old.send("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.receive_rest(), StartsWith("HTTP/1.0 200 OK\r\n"));
  client half(where_);
  half.send("GET /echo?half HTTP/1.1\r\nHost: localhost\r\n\r\n");
  half.finish_sending();
  EXPECT_THAT(half.receive_rest(), HasSubstr("GET half"));
}

TEST_F(http_service, closes_on_a_coding_it_does_not_know_instead_of_reading_the_body_as_a_request) {
  start();
  for (const std::string coding : {"gzip", "chunked, gzip", "gzip\r\nTransfer-Encoding: chunked"}) {
    client one(where_);
    one.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: " + coding +
             "\r\n\r\nGET /echo?smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string all = one.receive_rest();
    EXPECT_THAT(all, StartsWith("HTTP/1.1 ")) << coding;
    EXPECT_EQ(all.find("smuggled"), std::string::npos) << coding;
    EXPECT_EQ(all.find(" 200 "), std::string::npos) << coding;
  }
}

TEST_F(http_service, asks_for_a_body_that_waits_to_be_asked_for) {
  start();
  client one(where_);
  one.send("GET /echo?late HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(one.receive(true).result_int(), 100u);
  one.send("ab");
  EXPECT_EQ(one.receive().body(), "GET late");
  one.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n");
  EXPECT_EQ(one.receive().result_int(), 417u);
}

TEST_F(http_service, takes_a_target_with_a_host_in_it) {
  start();
  client one(where_);
  one.send("GET http://localhost/echo?whole HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(one.receive().body(), "GET whole") << "the target's host counts";
  one.send("GET HTTP://evil.example/echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(one.receive().result_int(), 421u);
  for (const std::string target : {"ftp://localhost/echo", "*", "echo"}) {
    client other(where_);
    other.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(other.receive().result_int(), 400u) << target;
  }
}

TEST_F(http_service, says_what_it_does_not_have_or_cannot_do) {
  start();
  EXPECT_EQ(client(where_).get("/nothing").result_int(), 404u);
  EXPECT_EQ(client(where_).get("/unready").result_int(), 503u);
  const answer broken = client(where_).get("/throws");
  EXPECT_EQ(broken.result_int(), 500u);
  EXPECT_EQ(broken.body().find("a bug"), std::string::npos) << "reasons are for the log";
}

TEST_F(http_service, refuses_other_methods_and_names_the_allowed_ones) {
  start();
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"}) {
    client one(where_);
    one.send(std::string(method) + " / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
    const answer refusal = one.receive();
    EXPECT_EQ(refusal.result_int(), 405u) << method;
    EXPECT_EQ(refusal["Allow"], "GET, HEAD");
    one.close();
  }
}

TEST_F(http_service, takes_posts_where_they_are_taken_with_a_length_and_in_chunks) {
  start();
  client one(where_);
  const std::string head = "POST /echo?a=1 HTTP/1.1\r\nHost: localhost\r\n";
  one.send(head + "Content-Length: 5\r\n\r\nhello");
  EXPECT_EQ(one.receive().body(), "POST hello");
  one.send(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  EXPECT_EQ(one.receive().body(), "POST hello") << "the connection is in step";
  const std::string large(300'000, 'x');
  one.send(head + "Content-Length: 300000\r\n\r\n" + large);
  EXPECT_EQ(one.receive().body(), "POST " + large);
}

TEST_F(http_service, refuses_posts_of_pages_and_those_that_are_too_long) {
  http_limits limits;
  limits.post_bytes_max = 100'000;
  start(limits);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
  EXPECT_EQ(status_of(head + "Origin: http://localhost\r\nContent-Length: 1\r\n\r\nx"), 403u);
  EXPECT_EQ(status_of(head + "Origin: null\r\nContent-Length: 1\r\n\r\nx"), 403u);
  EXPECT_EQ(status_of("POST /echo HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1\r\n\r\nx"), 421u);
  EXPECT_EQ(status_of(head + "Content-Length: 100001\r\n\r\n"), 413u);
  std::string chunks = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 120; ++i) chunks += "400\r\n" + std::string(1'024, 'x') + "\r\n";
  EXPECT_EQ(status_of(chunks + "0\r\n\r\n"), 413u);
  EXPECT_EQ(status_of("GET /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n"), 413u);
}

TEST_F(http_service, tells_a_post_too_many_when_to_come_again) {
  http_limits limits;
  limits.posts_max = 1;
  start(limits);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n";
  client first(where_);
  first.send(head + "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(first.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client second(where_);
  second.send(head + "\r\n");
  const answer refusal = second.receive();
  EXPECT_EQ(refusal.result_int(), 503u);
  EXPECT_EQ(refusal["Retry-After"], "1");
  first.send("hello");
  EXPECT_EQ(first.receive().body(), "POST hello");
  EXPECT_EQ(status_of(head + "\r\nhello"), 200u) << "there is room again";
}

TEST_F(http_service, holds_an_answer_until_it_may_go) {
  start();
  EXPECT_EQ(client(where_).get("/held").body(), "held\n");
  EXPECT_EQ(client(where_).get("/lost").result_int(), 503u);
}

TEST_F(http_service, refuses_hosts_that_are_not_this_machine) {
  start();
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"), 400u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(where_.port) + "\r\n\r\n"), 200u);
}

TEST_F(http_service, refuses_what_is_not_http) {
  start();
  EXPECT_EQ(status_of("{\"value\":1}\r\n\r\n"), 400u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nno colon here\r\n\r\n"), 400u);
  EXPECT_EQ(status_of(std::string("\0\x16\x03\x01\xff\xff\r\n\r\n", 10)), 400u);
}

TEST_F(http_service, refuses_headers_and_bodies_that_are_too_long) {
  start();
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(7'000, 'x') + "\r\n\r\n"), 200u);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n"), 431u);
  EXPECT_EQ(status_of("GET /" + std::string(500'000, 'x')), 431u);
  const std::string with_body = "GET /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";
  EXPECT_EQ(status_of(with_body + "60000\r\n\r\n" + std::string(60'000, 'x')), 200u);
  EXPECT_EQ(status_of(with_body + "70000\r\n\r\n" + std::string(70'000, 'x')), 413u);
  EXPECT_EQ(status_of(with_body + "99999999999999999999999\r\n\r\n"), 400u);
  std::string chunks = "GET /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 80; ++i) chunks += "400\r\n" + std::string(1'024, 'x') + "\r\n";
  EXPECT_EQ(status_of(chunks + "0\r\n\r\n"), 413u);
}

TEST_F(http_service, cuts_a_client_that_is_slow_with_its_request) {
  http_limits limits;
  limits.header_timeout = milliseconds{20};
  start(limits);
  client slow(where_);
  slow.send("GET / HT");
  EXPECT_EQ(slow.receive_rest(), "");
  client silent(where_);
  EXPECT_EQ(silent.receive_rest(), "");
}

TEST_F(http_service, cuts_a_connection_that_stays_idle) {
  http_limits limits;
  limits.idle_timeout = milliseconds{20};
  start(limits);
  client one(where_);
  EXPECT_EQ(one.get("/echo").result_int(), 200u);
  EXPECT_EQ(one.receive_rest(), "");
}

TEST_F(http_service, refuses_connections_beyond_the_limit_and_takes_new_ones_when_some_end) {
  http_limits limits;
  limits.connections_max = 3;
  start(limits);
  std::vector<std::unique_ptr<client>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<client>(where_));
    held.back()->send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_NE(held.back()->receive_until("first\n\n").find("200 OK"), std::string::npos);
  }
  EXPECT_EQ(client(where_).receive().result_int(), 503u);
  held.clear();
  EXPECT_TRUE(gets_in_at_last());
}

TEST_F(http_service, is_not_deafened_by_half_requests) {
  http_limits limits;
  limits.connections_max = 3;
  start(limits);
  std::vector<std::unique_ptr<client>> strangers;
  for (int i = 0; i < 3; ++i) {
    strangers.push_back(std::make_unique<client>(where_));
    strangers.back()->send("GET /metrics HTTP/1.1\r\nHost: loc");
  }
  client scraper(where_);
  EXPECT_EQ(scraper.get("/echo").result_int(), 200u);
  EXPECT_EQ(strangers.front()->receive_rest(), "");
  strangers.push_back(std::make_unique<client>(where_));
  strangers.back()->send("GET");
  EXPECT_EQ(strangers[1]->receive_rest(), "") << "strangers make room before one that has asked";
  EXPECT_EQ(scraper.get("/echo").result_int(), 200u);
}

TEST_F(http_service, lets_the_longest_idle_make_room_where_there_are_no_strangers) {
  http_limits limits;
  limits.connections_max = 2;
  start(limits);
  client first(where_);
  client second(where_);
  ASSERT_EQ(first.get("/echo").result_int(), 200u);
  ASSERT_EQ(second.get("/echo").result_int(), 200u);
  ASSERT_EQ(first.get("/echo").result_int(), 200u);
  EXPECT_EQ(client(where_).get("/echo").result_int(), 200u);
  EXPECT_EQ(second.receive_rest(), "");
  EXPECT_EQ(first.get("/echo").result_int(), 200u);
}

TEST_F(http_service, cuts_without_a_word_when_too_many_are_being_refused) {
  http_limits limits;
  limits.connections_max = limits.refusals_max = 0;
  start(limits);
  EXPECT_EQ(client(where_).receive_rest(), "");
}

TEST_F(http_service, ends_streams_and_idle_connections_when_it_stops) {
  start();
  client stream(where_);
  stream.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  (void)stream.receive_header();
  client idle(where_);
  EXPECT_EQ(idle.get("/echo").result_int(), 200u);
  client half(where_);
  half.send("GET / HT");
  stop();
  (void)stream.receive_rest();
  EXPECT_EQ(idle.receive_rest(), "");
  error failure;
  tcp::socket late(io_);
  late.connect({asio::ip::make_address(where_.host), where_.port}, failure);
  EXPECT_EQ(failure, asio::error::connection_refused);
  server_->publish("data: nobody\n\n");
}

// The source is over at the second look, which is the comment's.
TEST_F(http_service, streams_what_a_source_has_with_comments_in_between_until_it_is_over) {
  http_limits limits;
  limits.comment_interval = milliseconds(1);
  start(limits);
  client one(where_);
  one.send("GET /own HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 41\r\n\r\n");
  EXPECT_EQ(one.receive_header()["Content-Type"], "text/event-stream");
  server_->publish("data: of all others\n\n");
  const std::string all = one.receive_rest();
  EXPECT_THAT(all, StartsWith("data: after 41\n\ndata: 2\n\n"));
  EXPECT_EQ(all.find("of all others"), std::string::npos);
}

TEST_F(http_service, refuses_what_pages_of_others_ask) {
  start();
  const std::string head = "GET /echo HTTP/1.1\r\nHost: localhost\r\n";
  EXPECT_EQ(status_of(head + "Origin: http://evil.example\r\n\r\n"), 403u);
  EXPECT_EQ(status_of(head + "Origin: null\r\n\r\n"), 403u);
  EXPECT_EQ(status_of(head + "Origin: http://localhost\r\n\r\n"), 200u);
}

TEST_F(http_service, finishes_the_answer_that_is_being_written_when_it_stops) {
  start();
  client one(where_);
  one.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const answer header = one.receive_header();
  asio::post(io_, [this] { server_->stop(); });
  EXPECT_EQ(header["Content-Length"], "16000000");
  EXPECT_EQ(one.receive_until("never").size(), 16'000'000u);
}

TEST(http_server_start, returns_address_and_reason_when_it_cannot_bind) {
  asio::io_context io;
  http_server first(io, {"127.0.0.1", 0}, respond);
  ASSERT_EQ(first.start(), std::nullopt);
  http_server second(io, first.address(), respond);
  EXPECT_EQ(second.start(), to_text(first.address()) + ": Address already in use");
  http_server foreign(io, {"203.0.113.1", 0}, respond);  // TEST-NET-3: no machine has it
  EXPECT_EQ(foreign.start(), "203.0.113.1:0: Cannot assign requested address");
  first.stop();
  io.run();
}

TEST(http_server_start, may_be_destroyed_while_connections_live) {
  asio::io_context io;
  std::optional<http_server> server(std::in_place, io, endpoint{"127.0.0.1", 0}, respond);
  ASSERT_EQ(server->start(), std::nullopt);
  client one(server->address());
  one.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  io.run_one();
  server.reset();
  io.run();
}

}  // namespace
}  // namespace spindrift
