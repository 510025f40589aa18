// A conversation with the server that runs with these settings, for commands of the operator: a line is asked, a line
// is answered. Blocking; one thread. Errors of the network are thrown as std::exception (Boost's system_error); a
// server that cannot be spoken to in this way (TLS, datagrams alone) as std::runtime_error.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>

namespace spindrift {

struct config;

class server_link {
public:
  // Connects to the first address of --listen that takes connections.
  explicit server_link(const config& settings);

  void send(std::string_view lines);
  // Without its end.
  std::string next_line();
  // What the environment says to show where tokens are needed; empty: nothing.
  static std::string token();

private:
  boost::asio::io_context context_;
  boost::asio::generic::stream_protocol::socket socket_;
  std::string received_;
};

}  // namespace spindrift
