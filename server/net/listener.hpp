// One listening address. Accepts on the first shard's thread and deals the sockets to the shards in turn.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "common/net/endpoint.hpp"
#include "server/net/shard.hpp"

namespace spindrift {

class listener {
public:
  explicit listener(shard_context& shared);

  // Binds and listens; returns the reason when that fails. Before the shards run.
  std::optional<std::string> open(const endpoint& where);
  endpoint address() const;
  void start();
  // On the first shard's thread, or when nothing runs.
  void stop();

private:
  void accept();
  void accept_later();

  shard_context& shared_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t next_shard_ = 0;
  bool is_failing_ = false;  // accept() failed the last time: said once, not ten times a second
};

}  // namespace spindrift
