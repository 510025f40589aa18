// A receiver of webhooks: the project's own HTTP server, on a thread.
#include "tests/kafka/hook.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "common/net/http_server.hpp"

namespace spindrift::kafka_test {

struct hook::receiver {
  receiver() {
    if (const auto wrong = server.start()) throw std::runtime_error("no receiver of webhooks: " + *wrong);
    url = "http://" + to_text(server.address()) + "/hook";
    thread = std::thread([this] { io.run(); });
  }
  ~receiver() {
    boost::asio::post(io, [this] { server.stop(); });
    thread.join();
  }
  receiver(const receiver&) = delete;
  receiver& operator=(const receiver&) = delete;

  http_response take(const http_request& asked) {
    const std::lock_guard guard(lock);
    std::istringstream text{std::string(asked.body)};
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return {};
  }

  boost::asio::io_context io{1};
  http_server server{io,
                     {"127.0.0.1", 0},
                     [this](const http_request& asked) { return std::optional(take(asked)); },
                     {},
                     [](std::string_view /*path*/) { return true; }};
  std::string url;
  std::mutex lock;
  std::vector<std::string> lines;
  std::thread thread;
};

hook::hook() : receiver_(std::make_unique<receiver>()) {}

hook::~hook() = default;

std::string hook::url() const {
  return receiver_->url;
}

std::vector<std::string> hook::lines() const {
  const std::lock_guard guard(receiver_->lock);
  return receiver_->lines;
}

}  // namespace spindrift::kafka_test
