#include "visualizer/web/page_server.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
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

}  // namespace
}  // namespace spindrift
