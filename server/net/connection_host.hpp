// What a connection knows of the shard it lives on, and asks of it. Implemented by the shard, on the shard's thread; it
// outlives its connections.
#pragma once

#include <cstdint>
#include <memory>

#include "server/feed/hub.hpp"
#include "server/net/settings.hpp"
#include "server/session/session.hpp"

namespace spindrift {

class connection;

class connection_host {
public:
  connection_host(const net_settings& chosen, const session_environment& shared, session_workspace& used)
      : settings(chosen), environment(shared), workspace(used) {}
  virtual ~connection_host() = default;
  connection_host(const connection_host&) = delete;
  connection_host& operator=(const connection_host&) = delete;

  // Its own, since they change while it runs: connections look at them each time, sessions when they begin.
  net_settings settings;
  session_environment environment;
  session_workspace& workspace;
  step scratch;             // of the connection that is advancing
  std::size_t holders = 0;  // connections that hold more unsent replies than unsent_bytes_max

  // In the next round: gather_points(), then answer_points() or advance(), then flush().
  virtual void advance_later(connection& who) = 0;
  // At the end of this round, or in the next one: flush().
  virtual void flush_later(connection& who) = 0;
  // resume() once the journal has been synced further.
  virtual void await_durable(const connection& who) = 0;
  // Wherever the connection of that number lives: supersede().
  virtual void supersede(std::uint64_t connection_number) = 0;
  // take_answer() once the answer is there.
  virtual void ask(const connection& who, const question& asked, std::shared_ptr<const identity> as) = 0;
  // Returns the subscription's number.
  virtual std::uint64_t subscribe(filter wanted, outbox& box, subscriber& bell) = 0;
  // What waits as aggregates goes into its outbox: another subscription takes its place.
  virtual void flush(std::uint64_t subscription) = 0;
  virtual void unsubscribe(std::uint64_t subscription) = 0;
  // Its handshake is over, well or not.
  virtual void handshake_ended(const connection& who) = 0;
  // It is not open any more.
  virtual void closed(connection& who) = 0;
};

}  // namespace spindrift
