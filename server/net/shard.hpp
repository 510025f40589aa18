// One thread, one io_context, the connections that live on it, and the subscribers among them.
//
// Everything in here happens on the shard's own thread, apart from the functions marked "any thread", which post. What
// connections may touch is declared before the io_context, so that it dies later.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "server/clock/clock.hpp"
#include "server/feed/hub.hpp"
#include "server/feed/subscription_list.hpp"
#include "server/net/connection_host.hpp"
#include "server/net/latency_histogram.hpp"
#include "server/net/settings.hpp"
#include "server/net/transport.hpp"
#include "server/net/turn_share.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/session/session.hpp"
#include "server/sinks/bounded_queue.hpp"
#include "server/sinks/feed_sink.hpp"

namespace spindrift {

class connection;
class shard;

// What is expected of clients that come by one listener. Plain data.
struct way_in {
  format_choice formats{};
  bool is_local = false;    // from this machine alone: no TLS
  bool is_proxied = false;  // a proxy's header comes first
};

// What every shard knows of the whole: shared, fixed once the threads run. Each begins with these settings.
struct shard_context {
  explicit shard_context(const session_environment& shared) : environment(shared) {}

  session_environment environment;
  net_settings settings;
  std::vector<shard*> shards;
  std::vector<feed_port*> feed_ports;  // the shards again, as the feed knows them
  subscription_list subscriptions;
  std::atomic<std::uint64_t> connections_begun{0};
  std::atomic<std::uint64_t> handshakes{0};  // open connections that have not ended their TLS handshake
  std::atomic<std::uint64_t> refused{0};     // open connections that were only told that the server is full
  // Besides the feed; safe to offer to from any thread.
  std::vector<sink*> sinks;
  // With durability fsync: where acknowledgements have to wait for the disk. Otherwise null.
  const durable_position* disk = nullptr;
  // Has a question answered in its own time; `done` is called once, from any thread.
  std::function<void(const question& asked, std::shared_ptr<const identity> who, std::function<void(desk_answer)> done)>
      ask;
  // Is called once by each shard, on its thread, when it has drained.
  std::function<void()> on_drained;
  // Makes the byte stream of an accepted socket: plain, TLS, behind a proxy.
  std::function<std::unique_ptr<transport>(stream_socket, const way_in&)> make_transport;
};

class shard final : public connection_host, public feed_port {
public:
  // `index`: its place among the context's shards.
  shard(shard_context& shared, std::size_t index);
  ~shard() override;
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  void start();
  void join();
  asio::io_context& context() { return context_; }
  // Any thread: how long the points of this shard's connections took.
  const latency_histogram& latency() const { return latency_; }

  // Any thread. Takes over an accepted socket that was opened on context(); `by`, which outlives the shard, is how it
  // came.
  void adopt(stream_socket socket, const way_in& by);
  // Any thread: closes the connection of that number, if it is here and still open.
  void post_supersede(std::uint64_t connection_number);
  // Any thread: begins the end; the thread returns once no connection is left.
  void post_drain();
  // Any thread: the tokens were read again; whoever came in with one that is gone is told so and closed.
  void post_check_tokens();

  // Any thread: other limits from now on. How many batches may be posted here holds at once.
  void post_settings(const net_settings& chosen);
  // Any thread: the journal has been synced further.
  void post_durable();
  // Any thread: verdict lines that another shard found. Bounded by posted_batches_max; what is too much is counted.
  void post_batch(const shared_published_batch& batch) override;

  // From connections of this shard. What has come for them is looked at in one round, behind the events that are known
  // by now, and what they have to send goes out at its end. Points of all that only have points make one batch, one
  // write of the journal. And a send to a client that sleeps has to wake another processor, which takes longer than the
  // rest of the call; of the clients of one process only the first in a round is found asleep. Once a round for each
  // connection.
  void advance_later(connection& who) override;
  void flush_later(connection& who) override;
  void await_durable(const connection& who) override;
  void supersede(std::uint64_t connection_number) override;
  void ask(const connection& who, const question& asked, std::shared_ptr<const identity> as) override;
  std::uint64_t subscribe(filter wanted, outbox& box, subscriber& bell) override;
  void flush(std::uint64_t subscription) override;
  void unsubscribe(std::uint64_t subscription) override;
  void handshake_ended(const connection& who) override;
  void closed(connection& who) override;

private:
  static feed_limits feed_limits_of(const net_settings& chosen);
  void begin_handshake(const connection& who);
  void receive();
  void post_round();
  void go_round();
  void answer_gathered();
  void flush();
  void arm_sweep();
  void sweep();
  void listen_for_silence();
  void await_aggregates();
  void drain();
  void end_if_drained();

  shard_context& shared_;
  hub hub_;
  feed_sink feed_sink_;
  pipeline pipeline_;
  session_workspace workspace_;
  bounded_queue<shared_published_batch> mailbox_;
  std::vector<shared_published_batch> received_;
  std::unordered_map<std::uint64_t, std::shared_ptr<connection>> connections_;
  std::set<std::uint64_t> handshakes_;  // of those, by number: the oldest first
  // For the next round, and in this one; vectors take turns, so that none is allocated anew.
  std::vector<std::shared_ptr<connection>> unadvanced_;
  std::vector<std::shared_ptr<connection>> advancing_;
  std::vector<connection*> gathered_;  // of those that advance: their points wait in the workspace's batch
  std::vector<std::shared_ptr<connection>> unflushed_;
  std::vector<std::shared_ptr<connection>> flushing_;
  bool round_is_posted_ = false;
  turn_share turns_;
  latency_histogram latency_;
  std::unordered_set<std::uint64_t> undurable_;  // connections whose replies wait for the disk, by number
  std::atomic<bool> is_durable_posted_{false};
  bool draining_ = false;
  bool drained_ = false;
  std::int64_t drain_deadline_ms_ = 0;

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer sweep_timer_;
  asio::steady_timer silence_timer_;
  asio::steady_timer aggregate_timer_;
  std::size_t silence_at_ = 0;  // the next slice of this shard's
  std::thread thread_;
};

}  // namespace spindrift
