// Bodies of requests become points, and the answer says which lines were refused.
#include "server/sources/http_ingest.hpp"

#include <gtest/gtest.h>
#include <snappy.h>

#include <algorithm>
#include <string>

#include "server/engine/engine.hpp"
#include "tests/session/little_server.hpp"

namespace spindrift {
namespace {

class http_ingest_test : public testing::Test {
protected:
  ingest_answer post(std::string_view path, std::string_view body, std::string_view query = {},
                     std::string_view authorization = {}) {
    ingest_request asked{"POST", path, query, body};
    asked.authorization = authorization;
    return answer(asked);
  }
  ingest_answer answer(const ingest_request& asked) {
    const auto made = ingest_.answer(asked, home_.now);
    return made ? *made : ingest_answer{404, {}, {}};
  }
  std::string journal() const { return home_.journal.entries; }

  support::little_server home_{support::little_server::settings{}};
  session_environment environment_ = home_.environment();
  session_workspace workspace_{home_.way()};
  http_ingest ingest_{environment_, workspace_};
};

TEST_F(http_ingest_test, takes_json_lines_and_answers_each) {
  const ingest_answer made =
      post("/v1/points", "{\"stream\":\"a\",\"value\":1}\n{\"stream\":\"a\"}\n{\"stream\":\"a\",\"value\":2}");
  EXPECT_EQ(made.status, 200U);
  EXPECT_EQ(made.body.find("\"verdict\""), 8U);
  EXPECT_NE(made.body.find("\"bad_frame\""), std::string::npos);
  EXPECT_NE(made.body.find("\"n\":2"), std::string::npos);
  const ingest_answer quiet =
      post("/v1/points", "{\"stream\":\"a\",\"value\":1}\n{\"stream\":\"a\"}\n", "replies=errors");
  EXPECT_EQ(quiet.body.find("\"verdict\""), std::string::npos);
  EXPECT_NE(quiet.body.find("\"bad_frame\""), std::string::npos);
}

TEST_F(http_ingest_test, answers_with_the_verdicts_that_were_asked_for_and_refuses_another_word) {
  std::string body;
  for (int i = 0; i < 200; ++i) body += R"({"stream":"m","value":)" + std::to_string(10 + i % 7) + "}\n";
  body += "{\"stream\":\"m\",\"value\":5000,\"seq\":7}\n";
  const ingest_answer made = post("/v1/points", body, "replies=marked");
  EXPECT_EQ(std::count(made.body.begin(), made.body.end(), '\n'), 1) << made.body;
  EXPECT_NE(made.body.find("\"seq\":7"), std::string::npos);
  EXPECT_EQ(made.body.find("\"ack\""), std::string::npos) << "the answer is the acknowledgement";
  const ingest_answer wrong = post("/v1/points", body, "replies=some");
  EXPECT_EQ(wrong.status, 400U);
  EXPECT_NE(wrong.body.find("all, marked, errors"), std::string::npos);
}

TEST_F(http_ingest_test, takes_a_body_longer_than_a_read) {
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += "{\"stream\":\"a\",\"value\":" + std::to_string(i) + "}\n";
  const ingest_answer made = post("/v1/points", body, "replies=errors");
  EXPECT_EQ(made.status, 200U);
  EXPECT_EQ(made.body, "");
  EXPECT_NE(post("/v1/points", "{\"stream\":\"a\",\"value\":1}").body.find("\"n\":20001"), std::string::npos);
}

TEST_F(http_ingest_test, takes_influx_lines_and_says_which_were_refused) {
  EXPECT_EQ(post("/write", "m v=1 1795286073\nm v=2 1795286074\n", "db=x&precision=s").status, 204U);
  const ingest_answer made = post("/api/v2/write", "m v=3\nwhat\n");
  EXPECT_EQ(made.status, 400U);
  EXPECT_EQ(made.body.find("line 2: "), 0U);
  EXPECT_NE(post("/v1/points", "{\"stream\":\"m_v\",\"value\":1}").body.find("\"n\":4"), std::string::npos);
}

TEST_F(http_ingest_test, refuses_a_precision_that_is_none) {
  const ingest_answer made = post("/write", "m v=1 1795286073\n", "precision=century");
  EXPECT_EQ(made.status, 400U);
  EXPECT_EQ(made.body, "precision: \"century\"; allowed: ns, us, ms, s, m, h\n");
  EXPECT_EQ(post("/write", "m v=1 1795286073000000000\n", "precision=n").status, 204U);
  EXPECT_NE(post("/v1/points", "{\"stream\":\"m_v\",\"value\":1}").body.find("\"n\":2"), std::string::npos);
}

TEST_F(http_ingest_test, takes_remote_write) {
  const std::string message(
      "\x0a\x22\x0a\x0e\x0a\x08__name__"
      "\x12\x02up\x12\x10\x09\x00\x00\x00\x00\x00\x00\xf8\x3f\x10\xe8\xbc\x9d\xb2\xa0\x34",
      36);
  std::string packed;
  snappy::Compress(message.data(), message.size(), &packed);
  ingest_request asked{"POST", "/api/v1/write", {}, packed};
  asked.content_encoding = "snappy";
  const ingest_answer made = answer(asked);
  EXPECT_EQ(made.status, 204U) << made.body;
  EXPECT_EQ(post("/api/v1/write", "no snappy").status, 400U);
}

TEST_F(http_ingest_test, refuses_other_methods_and_other_encodings) {
  ingest_request asked{"POST", "/v1/points", {}, "{\"stream\":\"a\",\"value\":1}"};
  asked.content_encoding = "br";
  EXPECT_EQ(answer(asked).status, 415U);
  asked.content_encoding = "gzip";
  EXPECT_EQ(answer(asked).status, 400U);
  asked.content_encoding = {};
  asked.method = "GET";
  EXPECT_EQ(answer(asked).status, 405U);
  EXPECT_EQ(post("/other", "").status, 404U);
  EXPECT_EQ(post("/v1/points", "{\"op\":\"subscribe\"}").status, 400U);
}

TEST_F(http_ingest_test, says_that_nothing_can_be_written) {
  home_.journal.refuses = true;
  EXPECT_EQ(post("/write", "m v=1").status, 503U);
}

TEST_F(http_ingest_test, says_that_there_is_no_room_where_nothing_was_applied) {
  EXPECT_EQ(post("/write", "m v=1").status, 204U);
  environment_.observer.limit_growth(growth::of_known_streams);
  const ingest_answer made = post("/write", "other v=1");
  EXPECT_EQ(made.status, 429U);
  EXPECT_NE(made.body.find("too_many_streams: \"other_v\""), std::string::npos) << made.body;
  EXPECT_EQ(post("/write", "m v=2\nother v=1").status, 400U);
}

}  // namespace
}  // namespace spindrift
