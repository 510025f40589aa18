// Points by UDP: each datagram is whole lines of whatever the TCP port takes. Nothing is ever answered.
//
// A datagram is a conversation of its own: what one says changes nothing for the next. With tokens its first line is a
// hello that shows one. What the kernel drops because nobody came in time, and datagrams of which nothing could be
// used, are counted. On one shard's thread, with its workspace, between its rounds: datagrams_a_turn of them or
// bytes_a_turn, then the others have their turn. Limits: a datagram is at most what UDP can carry (65,507 bytes); the
// kernel's buffer holds receive_buffer_bytes, as far as it lets us.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
#include "server/session/session.hpp"

namespace spindrift {

class udp_source {
public:
  static constexpr std::size_t datagram_bytes_max = 65'536;
  static constexpr std::size_t datagrams_a_turn = 64;
  static constexpr std::size_t bytes_a_turn = 65'536;  // as a connection reads at once
  static constexpr int receive_buffer_bytes = 4 * 1024 * 1024;

  // The workspace outlives it. `numbers` is the first number of its conversations, apart from all others'.
  udp_source(boost::asio::io_context& io, const session_environment& environment, session_workspace& workspace,
             std::uint64_t numbers);

  // Binds; returns the reason when that fails. Before the io_context runs.
  std::optional<std::string> open(const endpoint& where);
  endpoint address() const;
  void start();
  // What has come is still taken. On the io_context's thread, or when nothing runs.
  void stop();

private:
  void await();
  void take_turn();
  // False: none is there.
  bool take_one();
  void note_dropped(std::uint32_t dropped);

  session_environment environment_;
  session_workspace& workspace_;
  std::uint64_t numbers_;
  boost::asio::ip::udp::socket socket_;
  std::vector<char> bytes_;
  std::string replies_;  // that nobody hears
  std::size_t turn_bytes_ = 0;
  std::uint32_t dropped_ = 0;  // by the kernel, as it counts
  std::int64_t noted_ms_ = 0;  // when a line was last logged
};

}  // namespace spindrift
