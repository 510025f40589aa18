// One thread of connections: takes them in, goes its rounds, sweeps and drains.
#include "server/net/shard.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <chrono>
#include <utility>

#include "common/log/log.hpp"
#include "server/engine/stream_table.hpp"
#include "server/net/connection.hpp"

namespace spindrift {

shard::shard(shard_context& shared, std::size_t index)
    : connection_host(shared.settings, shared.environment, workspace_),
      shared_(shared),
      hub_(shared.subscriptions, index, feed_limits_of(shared.settings)),
      feed_sink_(hub_, shared.feed_ports),
      pipeline_(shared.environment.observer, shared.disk),
      workspace_(pipeline_),
      mailbox_(shared.settings.posted_batches_max),
      turns_(settings),
      work_(asio::make_work_guard(context_)),
      sweep_timer_(context_),
      silence_timer_(context_),
      aggregate_timer_(context_) {
  for (sink* const told : shared.sinks) pipeline_.add_sink(*told);
  pipeline_.add_sink(feed_sink_);
}

shard::~shard() {
  join();
}

void shard::start() {
  arm_sweep();
  listen_for_silence();
  thread_ = std::thread([this] {
    context_.run();
    assert(connections_.empty());
  });
}

void shard::join() {
  if (thread_.joinable()) thread_.join();
}

void shard::adopt(stream_socket socket, const way_in& by) {
  // A shared_ptr, since post wants a copyable handler and a socket is not.
  auto handed_over = std::make_shared<stream_socket>(std::move(socket));
  asio::post(context_, [this, handed_over, &by] {
    counters& counts = shared_.environment.counts;
    // Those that are only being told so do not count, nor do those that may never be served.
    const std::uint64_t refused = shared_.refused.load(std::memory_order_relaxed);
    const std::uint64_t apart = refused + shared_.handshakes.load(std::memory_order_relaxed);
    const bool is_full = read(counts.connections_open) >= settings.connections_max + apart;
    if (is_full && refused >= settings.refused_max) {
      return add(counts.errors[static_cast<std::size_t>(error_code::too_many_connections)], 1);
    }
    const std::uint64_t number = shared_.connections_begun.fetch_add(1, std::memory_order_relaxed) + 1;
    auto made =
        std::make_shared<connection>(*this, shared_.make_transport(std::move(*handed_over), by), number, by.formats);
    connections_.emplace(number, made);
    add(counts.connections_accepted, 1);
    add(counts.connections_open, 1);
    if (draining_) {
      made->start_refused(error_code::shutting_down, "the server is shutting down");
    } else if (is_full) {
      shared_.refused.fetch_add(1, std::memory_order_relaxed);
      made->start_refused(error_code::too_many_connections, "the server has as many connections as it may");
    } else {
      made->start();
    }
    if (made->shakes_hands()) begin_handshake(*made);
  });
}

void shard::begin_handshake(const connection& who) {
  handshakes_.insert(who.number());
  shared_.handshakes.fetch_add(1, std::memory_order_relaxed);
  const std::size_t mine = std::max<std::size_t>(1, settings.handshakes_max / shared_.shards.size());
  while (handshakes_.size() > mine) {
    const auto oldest = connections_.find(*handshakes_.begin());
    add(shared_.environment.counts.handshakes_shed, 1);
    const auto held = oldest->second;
    held->shed();
  }
}

void shard::handshake_ended(const connection& who) {
  if (handshakes_.erase(who.number()) == 1) shared_.handshakes.fetch_sub(1, std::memory_order_relaxed);
}

void shard::post_batch(const shared_published_batch& batch) {
  const put_result put = mailbox_.put(batch, batch->lines.size());
  if (put == put_result::first) asio::post(context_, [this] { receive(); });
  if (put == put_result::dropped) add(shared_.environment.counts.feed_lines_dropped, batch->lines.size());
}

void shard::receive() {
  mailbox_.take_all(received_);
  for (const shared_published_batch& batch : received_) hub_.deliver(batch);
  received_.clear();
}

void shard::advance_later(connection& who) {
  unadvanced_.push_back(who.shared_from_this());
  post_round();
}

void shard::flush_later(connection& who) {
  unflushed_.push_back(who.shared_from_this());
  post_round();
}

void shard::post_round() {
  if (!std::exchange(round_is_posted_, true)) asio::post(context_, [this] { go_round(); });
}

void shard::go_round() {
  std::swap(advancing_, unadvanced_);
  workspace_.clear();
  const auto began = std::chrono::steady_clock::now();
  const std::uint64_t frames_before = workspace_.frames_taken;
  workspace_.turn_frames_max = turns_.frames_max(advancing_.size());
  for (const auto& who : advancing_) {
    const bool is_whole = who->gather_points();
    if (is_whole) gathered_.push_back(who.get());
    if (is_whole && workspace_.taken.size() < pipeline_.points_max()) continue;
    answer_gathered();
    if (!is_whole) who->advance();
    workspace_.clear();
  }
  answer_gathered();
  for (const auto& who : advancing_) who->flush();
  advancing_.clear();
  flush();
  const std::uint64_t frames = workspace_.frames_taken - frames_before;
  const std::chrono::nanoseconds time = std::chrono::steady_clock::now() - began;
  turns_.took(frames, time);
  latency_.add(time, frames);
  round_is_posted_ = false;
  if (!unadvanced_.empty() || !unflushed_.empty()) post_round();
}

// In the order in which the batch holds the points, so that subscribers hear of a stream's points in that of their
// numbers. Of the points of one that has to advance by itself, only the outcomes are there then.
void shard::answer_gathered() {
  if (!workspace_.taken.is_empty()) {
    pipeline_.ingest(workspace_.taken, now());
    pipeline_.publish(workspace_.taken);
  }
  for (connection* who : gathered_) who->answer_points();
  gathered_.clear();
}

void shard::flush() {
  std::swap(flushing_, unflushed_);
  for (const auto& who : flushing_) who->flush();
  flushing_.clear();
}

void shard::supersede(std::uint64_t connection_number) {
  for (shard* const other : shared_.shards) other->post_supersede(connection_number);
}

void shard::post_supersede(std::uint64_t connection_number) {
  asio::post(context_, [this, connection_number] {
    const auto found = connections_.find(connection_number);
    if (found == connections_.end()) return;
    const auto held = found->second;
    held->supersede();
  });
}

void shard::await_durable(const connection& who) {
  undurable_.insert(who.number());
}

// One post at a time is under way: syncs may come faster than a busy shard takes them.
void shard::post_durable() {
  if (is_durable_posted_.exchange(true)) return;
  asio::post(context_, [this] {
    is_durable_posted_ = false;
    const auto waiting = std::exchange(undurable_, {});
    for (const std::uint64_t number : waiting) {
      const auto found = connections_.find(number);
      if (found == connections_.end()) continue;
      const auto held = found->second;
      held->resume();
    }
  });
}

std::uint64_t shard::subscribe(filter wanted, outbox& box, subscriber& bell) {
  add(shared_.environment.counts.subscribers, 1);
  const bool wants_aggregates = wanted.every_ms() > 0;
  const std::uint64_t number = hub_.subscribe(std::move(wanted), box, bell);
  if (wants_aggregates) await_aggregates();
  return number;
}

void shard::flush(std::uint64_t subscription) {
  hub_.flush(subscription);
}

void shard::unsubscribe(std::uint64_t subscription) {
  hub_.unsubscribe(subscription);
  shared_.environment.counts.subscribers.fetch_sub(1, std::memory_order_relaxed);
}

void shard::ask(const connection& who, const question& asked, std::shared_ptr<const identity> as) {
  shared_.ask(asked, std::move(as), [this, number = who.number()](desk_answer given) {
    asio::post(context_, [this, number, given = std::move(given)] {
      const auto found = connections_.find(number);
      if (found == connections_.end()) return;
      const auto held = found->second;
      held->take_answer(given);
    });
  });
}

void shard::closed(connection& who) {
  if (connections_.erase(who.number()) == 0) return;
  handshake_ended(who);
  shared_.environment.counts.connections_open.fetch_sub(1, std::memory_order_relaxed);
  if (who.refused_with() == error_code::too_many_connections) shared_.refused.fetch_sub(1, std::memory_order_relaxed);
  end_if_drained();
}

void shard::end_if_drained() {
  if (!draining_ || drained_ || !connections_.empty()) return;
  drained_ = true;
  sweep_timer_.cancel();
  silence_timer_.cancel();
  aggregate_timer_.cancel();
  work_.reset();
  shared_.on_drained();
}

void shard::arm_sweep() {
  sweep_timer_.expires_after(std::chrono::seconds(1));
  sweep_timer_.async_wait([this](socket_error cancelled) {
    if (!cancelled) sweep();
  });
}

void shard::sweep() {
  const std::int64_t at = steady_ms();
  std::vector<std::shared_ptr<connection>> all;
  all.reserve(connections_.size());
  for (const auto& [number, who] : connections_) all.push_back(who);
  const bool is_over = draining_ && at >= drain_deadline_ms_;
  for (const auto& who : all) {
    if (is_over) {
      who->abort();
    } else {
      who->sweep(at);
    }
  }
  if (!drained_) arm_sweep();
}

// Of its share of all streams a stripe or two at a time, so that no turn is long and no batch waits long for a stripe.
// Each is looked at once a second, by nobody else: not by a shard that has no connections.
void shard::listen_for_silence() {
  const auto self =
      static_cast<std::size_t>(std::find(shared_.shards.begin(), shared_.shards.end(), this) - shared_.shards.begin());
  if (self == shared_.shards.size()) return;
  const std::size_t mine = std::max<std::size_t>(1, stream_table::stripe_count / shared_.shards.size());
  silence_timer_.expires_after(std::chrono::milliseconds(1'000) / mine);
  silence_timer_.async_wait([this, self, mine](socket_error cancelled) {
    if (cancelled || drained_ || draining_) return;
    pipeline_.tell_of_silence(self * mine + silence_at_, shared_.shards.size() * mine, now());
    silence_at_ = (silence_at_ + 1) % mine;
    listen_for_silence();
  });
}

// Nothing is awaited while no viewer wants aggregates.
void shard::await_aggregates() {
  const std::int64_t due = hub_.aggregates_due();
  if (due == INT64_MAX || drained_) return;
  aggregate_timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(1, due - steady_ms())));
  aggregate_timer_.async_wait([this](socket_error cancelled) {
    if (cancelled) return;  // by the end, or by another that waits instead
    hub_.send_aggregates(steady_ms());
    await_aggregates();
  });
}

void shard::post_check_tokens() {
  asio::post(context_, [this] {
    std::vector<std::shared_ptr<connection>> all;
    for (const auto& [number, who] : connections_) all.push_back(who);
    for (const auto& who : all) who->check_token();
  });
}

feed_limits shard::feed_limits_of(const net_settings& chosen) {
  return {chosen.feed_bytes_max, chosen.all_feeds_bytes_max};
}

void shard::post_settings(const net_settings& chosen) {
  mailbox_.set_limit(chosen.posted_batches_max);
  asio::post(context_, [this, chosen] {
    settings = chosen;
    environment.take_limits(chosen.bad_frames_per_s, chosen.unsent_bytes_max);
    hub_.limit(feed_limits_of(chosen));
  });
}

void shard::post_drain() {
  asio::post(context_, [this] { drain(); });
}

void shard::drain() {
  draining_ = true;
  drain_deadline_ms_ = steady_ms() + settings.drain_timeout.count();
  std::vector<std::shared_ptr<connection>> all;
  for (const auto& [number, who] : connections_) all.push_back(who);
  // Subscribers last, so that they hear of what the others are answered now.
  std::stable_partition(all.begin(), all.end(), [](const auto& who) { return !who->is_subscriber(); });
  bool are_aggregates_sent = false;
  for (const auto& who : all) {
    if (who->is_subscriber() && !std::exchange(are_aggregates_sent, true)) hub_.send_aggregates(steady_ms(), true);
    who->drain();
  }
  end_if_drained();
}

}  // namespace spindrift
