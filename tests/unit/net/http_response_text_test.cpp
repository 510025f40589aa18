#include "common/net/http_response_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

TEST(http_response_text, is_this_header_in_this_order) {
  http_response answer;
  answer.body = "hello";
  EXPECT_EQ(http_header_text(answer, {}),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Cache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
            "Referrer-Policy: same-origin\r\n"
            "Content-Length: 5\r\n\r\n");
}

bool has(const http_response& answer, const http_circumstance& circumstance, const std::string& line) {
  return http_header_text(answer, circumstance).find("\r\n" + line + "\r\n") != std::string::npos;
}

http_circumstance version_10(bool closes) {
  http_circumstance circumstance;
  circumstance.version = 10;
  circumstance.closes = closes;
  return circumstance;
}

TEST(http_response_text, says_of_the_connection_only_what_its_version_does_not_do_by_itself) {
  http_circumstance closes;
  closes.closes = true;
  EXPECT_FALSE(has({}, {}, "Connection: keep-alive"));
  EXPECT_TRUE(has({}, closes, "Connection: close"));
  EXPECT_TRUE(has({}, version_10(false), "Connection: keep-alive"));
  EXPECT_FALSE(has({}, version_10(true), "Connection: close"));
}

TEST(http_response_text, gives_a_refusal_the_field_that_goes_with_it) {
  EXPECT_TRUE(has(plain_response(405), {}, "Allow: GET, HEAD"));
  EXPECT_TRUE(has(plain_response(401), {}, "WWW-Authenticate: Bearer"));
  EXPECT_TRUE(has(plain_response(503), {}, "Retry-After: 1"));
  EXPECT_TRUE(has(plain_response(429), {}, "Retry-After: 1"));
  EXPECT_EQ(plain_response(404).body, "Not Found\n");
}

TEST(http_response_text, gives_no_length_to_a_stream_nor_to_nothing) {
  http_response stream;
  stream.is_event_stream = true;
  EXPECT_EQ(http_header_text(stream, {}).find("Content-Length"), std::string::npos);
  EXPECT_TRUE(has(stream, {}, "Connection: close"));
  EXPECT_TRUE(has(stream, {}, "Content-Type: text/event-stream"));
  http_response nothing;
  nothing.status = 204;
  EXPECT_EQ(http_header_text(nothing, {}).find("Content-Length"), std::string::npos);
}

}  // namespace
}  // namespace spindrift
