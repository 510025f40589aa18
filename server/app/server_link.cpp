// Connects to the running server, sends lines and takes lines.
#include "server/app/server_link.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "common/model/limit.hpp"
#include "server/app/config.hpp"
#include "server/net/listen_address.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;

// The first address where one can be heard.
std::optional<listen_address> address_of(const config& settings) {
  for (const std::string& text : settings.listen) {
    auto found = parse_listen_address(text);
    if (found && found->is != listen_address::kind::by_udp) return found;
  }
  return std::nullopt;
}

}  // namespace

server_link::server_link(const config& settings) : socket_(context_) {
  if (!settings.tls_cert.empty()) {
    throw std::runtime_error("the server runs and speaks TLS, which this command does not: stop it for the while");
  }
  const auto where = address_of(settings);
  if (!where) {
    throw std::runtime_error("the server listens for datagrams alone: give --listen where it takes connections");
  }
  if (where->is == listen_address::kind::by_unix) {
    socket_.connect(asio::local::stream_protocol::endpoint(where->path));
    return;
  }
  asio::ip::tcp::resolver resolver(socket_.get_executor());
  const auto found = resolver.resolve(where->where.host, std::to_string(where->where.port));
  socket_.connect(found.begin()->endpoint());
}

void server_link::send(std::string_view lines) {
  asio::write(socket_, asio::buffer(lines));
}

std::string server_link::next_line() {
  const std::size_t length =
      asio::read_until(socket_, asio::dynamic_buffer(received_, 2 * model::frame_bytes_max), '\n');
  std::string line = received_.substr(0, length - 1);
  received_.erase(0, length);
  return line;
}

std::string server_link::token() {
  const char* const shown = std::getenv("SPINDRIFT_TOKEN");
  return shown == nullptr ? "" : shown;
}

}  // namespace spindrift
