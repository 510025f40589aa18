#include "visualizer/web/page_server.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/unit/net/http_service.hpp"
#include "visualizer/web/page.hpp"

namespace spindrift {
namespace {

// A page server on a thread of its own, port 0.
class page_service : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(server_.start(), std::nullopt);
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    asio::post(io_, [this] { server_.stop(); });
    thread_.join();
  }

  asio::io_context io_;
  page_server server_{io_, {"127.0.0.1", 0}, 5};
  std::thread thread_;
};

TEST_F(page_service, serves_each_file_with_its_type_and_the_policy) {
  client reader(server_.address());
  for (const auto& [path, type] : {std::pair{"/", "text/html; charset=utf-8"},
                                   {"/main.js", "text/javascript; charset=utf-8"},
                                   {"/style.css", "text/css; charset=utf-8"}}) {
    const answer got = reader.get(path);
    EXPECT_EQ(got.result_int(), 200U) << path;
    EXPECT_EQ(std::string(got[http::field::content_type]), type);
    EXPECT_EQ(std::string(got["Content-Security-Policy"]), page_policy);
    EXPECT_EQ(got["X-Content-Type-Options"], "nosniff");
  }
  EXPECT_EQ(reader.get("/feed.cpp").result_int(), 404U);
}

TEST_F(page_service, refuses_a_page_that_points_its_own_name_at_us) {
  client stranger(server_.address());
  stranger.send("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
  EXPECT_GE(stranger.receive().result_int(), 400U);
}

TEST_F(page_service, has_room_for_so_many_clients_and_tells_the_next) {
  std::vector<std::unique_ptr<client>> listening;
  for (std::size_t i = 0; i < page_server::clients_max; ++i) {
    listening.push_back(std::make_unique<client>(server_.address()));
    listening.back()->send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    listening.back()->receive_header();
  }
  client late(server_.address());
  EXPECT_EQ(late.get("/").result_int(), 503U);
}

TEST_F(page_service, begins_the_events_with_a_snapshot) {
  client reader(server_.address());
  reader.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(reader.receive_header()[http::field::content_type], "text/event-stream");
  EXPECT_NE(reader.receive_until("\n\n").find("\"full\":true"), std::string::npos);
}

// With all streams behind it, and a server that answers what it is asked.
class board_service : public page_service {
protected:
  void SetUp() override {
    server_.serve(board_, [this](const command& asked, std::function<void(std::optional<std::string>)> done) {
      if (std::holds_alternative<explain_command>(asked)) return done(std::nullopt);
      asio::post(io_, [done = std::move(done)] { done(R"({"type":"marked","as":"real"})"); });
    });
    page_service::SetUp();
  }
  std::string post(const std::string& origin) const {
    return "POST /ask/mark?stream=a&event=1&as=real HTTP/1.1\r\nHost: localhost:" +
           std::to_string(server_.address().port) + "\r\nOrigin: " + origin + "\r\nContent-Length: 0\r\n\r\n";
  }

  stream_board board_{10};
};

TEST_F(board_service, lists_streams_as_json) {
  client reader(server_.address());
  const answer got = reader.get("/streams?count=5");
  EXPECT_EQ(got.result_int(), 200U);
  EXPECT_EQ(std::string(got[http::field::content_type]), "application/json");
  EXPECT_NE(got.body().find("\"rows\":[]"), std::string::npos);
}

TEST_F(board_service, hands_on_what_the_server_says_or_that_it_says_nothing) {
  client reader(server_.address());
  EXPECT_EQ(reader.get("/ask/recent?stream=a").body(), R"({"type":"marked","as":"real"})");
  EXPECT_EQ(reader.get("/ask/explain?stream=a&event=1").result_int(), 502U);
  EXPECT_EQ(reader.get("/ask/explain?stream=a").result_int(), 400U);
}

TEST_F(board_service, lets_its_own_page_alone_mark) {
  client own(server_.address());
  own.send(post("http://localhost:" + std::to_string(server_.address().port)));
  EXPECT_EQ(own.receive().result_int(), 200U);
  client other(server_.address());
  other.send(post("http://evil.example"));
  EXPECT_EQ(other.receive().result_int(), 403U);
  client reading(server_.address());
  EXPECT_EQ(reading.get("/ask/mark?stream=a&event=1&as=real").result_int(), 400U);
}

class guarded_service : public page_service {
protected:
  void SetUp() override {
    server_.demand("s3cret word");
    page_service::SetUp();
  }
};

TEST_F(guarded_service, asks_for_the_token_once_and_takes_a_cookie_for_it) {
  client stranger(server_.address());
  const answer sent_away = stranger.get("/");
  EXPECT_EQ(sent_away.result_int(), 303U);
  EXPECT_EQ(sent_away[http::field::location], "/login");
  EXPECT_EQ(stranger.get("/main.js").result_int(), 401U);
  EXPECT_EQ(stranger.get("/events").result_int(), 401U);
  EXPECT_NE(stranger.get("/login").body().find("<form"), std::string::npos);

  const auto log_in = [this](const std::string& token) {
    client guest(server_.address());
    guest.send("POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(token.size() + 6) +
               "\r\n\r\ntoken=" + token);
    return guest.receive();
  };
  EXPECT_EQ(log_in("wrong").result_int(), 403U);
  const answer welcome = log_in("s3cret+word");
  EXPECT_EQ(welcome.result_int(), 303U);
  const std::string cookie(welcome[http::field::set_cookie]);
  EXPECT_NE(cookie.find("HttpOnly; SameSite=Strict"), std::string::npos);
  client known(server_.address());
  known.send("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=b; " + cookie.substr(0, cookie.find(';')) + "\r\n\r\n");
  EXPECT_EQ(known.receive().result_int(), 200U);
  client guesser(server_.address());
  guesser.send("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: spindrift_token=\r\n\r\n");
  EXPECT_EQ(guesser.receive().result_int(), 303U);
}

}  // namespace
}  // namespace spindrift
