// One listening address, by TCP or a Unix socket. Accepts on the first shard's thread and deals the sockets to the
// shards in turn.
//
// The file of a Unix socket is made with its mode before anybody can connect. One that a server left behind when it was
// killed is removed, one that somebody listens on is not, and what is no socket never is; at the end it goes, if it is
// still ours.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "server/net/listen_address.hpp"
#include "server/net/shard.hpp"

namespace spindrift {

class listener {
public:
  listener(shard_context& shared, const way_in& by);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  // Binds and listens; returns the reason when that fails. Before the shards run.
  std::optional<std::string> open(const listen_address& where);
  // Where it listens; the port that was picked when port 0 was asked for.
  std::string address() const;
  void start();
  // On the first shard's thread, or when nothing runs.
  void stop();

private:
  using protocol = asio::generic::stream_protocol;

  void bind_tcp(const endpoint& where, socket_error& failed);
  void bind_unix(const listen_address& where, socket_error& failed);
  void remove_file();
  void accept();
  void accept_later();

  shard_context& shared_;
  const way_in by_;
  asio::basic_socket_acceptor<protocol> acceptor_;
  asio::steady_timer pause_;
  std::string path_;          // of a Unix socket that is bound
  std::uint64_t device_ = 0;  // of its file, as is the next
  std::uint64_t inode_ = 0;
  std::size_t next_shard_ = 0;
  bool is_failing_ = false;  // accept() failed the last time: said once, not ten times a second
};

}  // namespace spindrift
