#include "common/net/http_request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {
namespace {

using state = http_request_reader::state;

const endpoint loopback{"127.0.0.1", 7172};

// Puts all of it, `step_bytes` at a time, over the end of the header; returns what was left.
std::string put_all(http_request_reader& reader, std::string_view bytes, std::size_t step_bytes) {
  std::string waiting;
  while (reader.where() != state::is_whole && reader.where() != state::failed) {
    const std::size_t taken = reader.put(waiting);
    waiting.erase(0, taken);
    if (taken > 0 || reader.where() == state::is_whole) continue;
    if (bytes.empty()) break;
    waiting.append(bytes.substr(0, step_bytes));
    bytes.remove_prefix(std::min(step_bytes, bytes.size()));
  }
  return waiting + std::string(bytes);
}

TEST(http_request_reader, stops_after_the_header_and_leaves_the_next_request_alone) {
  const std::string_view bytes =
      "POST /ingest?a=b HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nabcGET /";
  http_request_reader whole(1'000, 1'000);
  std::size_t taken = whole.put(bytes);
  EXPECT_EQ(whole.where(), state::has_header);
  EXPECT_TRUE(whole.is_post());
  EXPECT_FALSE(whole.is_complete());
  EXPECT_EQ(whole.content_length(), 3U);
  EXPECT_EQ(whole.path(), "/ingest");
  taken += whole.put(bytes.substr(taken));
  EXPECT_EQ(whole.where(), state::is_whole);
  EXPECT_EQ(bytes.substr(taken), "GET /");
  for (const std::size_t step : {1U, 7U, 1'000U}) {
    http_request_reader reader(1'000, 1'000);
    EXPECT_EQ(put_all(reader, bytes, step), "GET /");
    ASSERT_EQ(reader.where(), state::is_whole) << step;
    const http_request asked = reader.request();
    EXPECT_EQ(asked.method, "POST");
    EXPECT_EQ(asked.query, "a=b");
    EXPECT_EQ(asked.body, "abc");
    EXPECT_EQ(asked.content_type, "text/x");
    EXPECT_EQ(reader.put("GET /"), 0U);
  }
}

TEST(http_request_reader, is_whole_with_its_header_where_no_body_follows) {
  http_request_reader reader(1'000, 1'000);
  EXPECT_FALSE(reader.has_begun());
  EXPECT_EQ(put_all(reader, "HEAD http://localhost/x HTTP/1.0\r\n\r\n", 1'000), "");
  EXPECT_TRUE(reader.has_begun());
  ASSERT_EQ(reader.where(), state::is_whole);
  EXPECT_EQ(reader.refusal(loopback, false), std::nullopt);
  EXPECT_TRUE(reader.is_head());
  EXPECT_EQ(reader.version(), 10U);
  EXPECT_FALSE(reader.keeps_alive());
  EXPECT_EQ(reader.path(), "/x");
}

struct refused_header {
  const char* bytes;
  unsigned status;
};

TEST(http_request_reader, says_which_header_is_refused) {
  for (const auto& [bytes, status] : {
           refused_header{"PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
           refused_header{"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
           refused_header{"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
           refused_header{"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: a miracle\r\n\r\n", 417},
           refused_header{"GET x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
           refused_header{"GET / HTTP/1.1\r\n\r\n", 400},
           refused_header{"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
           refused_header{"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
           refused_header{"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 421},
       }) {
    http_request_reader reader(1'000, 1'000);
    reader.put(bytes);
    ASSERT_EQ(reader.where(), state::has_header) << bytes;
    EXPECT_EQ(reader.refusal(loopback, false), status) << bytes;
  }
  http_request_reader post(1'000, 1'000);
  post.put("POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(post.refusal(loopback, true), std::nullopt);
  EXPECT_TRUE(post.has_origin());
  EXPECT_TRUE(post.expects_go_on());
}

TEST(http_request_reader, has_a_status_for_what_is_no_request_or_too_much) {
  http_request_reader foreign(1'000, 1'000);
  put_all(foreign, "{\"value\":1}\n", 1'000);
  ASSERT_EQ(foreign.where(), state::failed);
  EXPECT_EQ(foreign.fault(), 400U);
  http_request_reader long_header(100, 1'000);
  put_all(long_header, "GET / HTTP/1.1\r\nX: " + std::string(200, 'x') + "\r\n\r\n", 1'000);
  ASSERT_EQ(long_header.where(), state::failed);
  EXPECT_EQ(long_header.fault(), 431U);
  http_request_reader long_body(1'000, 1'000);
  long_body.put("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_EQ(long_body.where(), state::has_header);
  long_body.limit_body(4);
  put_all(long_body, "5\r\nabcde\r\n0\r\n\r\n", 1'000);
  ASSERT_EQ(long_body.where(), state::failed);
  EXPECT_EQ(long_body.fault(), 413U);
}

}  // namespace
}  // namespace spindrift
