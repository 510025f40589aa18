// Questions to the server, beside the feed: a connection of its own, opened when there is something to ask, one reply a
// question, in order.
//
// On the thread that runs the io_context; the callbacks are called there, each once: with the reply's line, or with
// nothing when the connection failed, the reply is longer than reply_bytes_max, or waiting_max questions wait already.
// Lives as long as the io_context runs; stop() lets that end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/net/endpoint.hpp"
#include "common/protocol/frame.hpp"

namespace boost::asio {
class io_context;
}

namespace spindrift {

class inquiry {
public:
  static constexpr std::size_t waiting_max = 64;
  static constexpr std::size_t reply_bytes_max = std::size_t{4} * 1024 * 1024;
  using answer = std::function<void(std::optional<std::string>)>;

  inquiry(boost::asio::io_context& io, endpoint server, std::string token);
  ~inquiry();
  inquiry(const inquiry&) = delete;
  inquiry& operator=(const inquiry&) = delete;

  void ask(const command& asked, answer done);
  void stop();

private:
  class link;
  std::shared_ptr<link> link_;
};

}  // namespace spindrift
