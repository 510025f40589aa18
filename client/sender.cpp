// Sockets: one link a connection, on one thread.
#include "client/sender.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "client/backoff.hpp"
#include "common/protocol/inbox.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using io_error = boost::system::error_code;
using steady = std::chrono::steady_clock;

constexpr std::size_t batch_bytes_max = 256 * 1024;
constexpr std::chrono::milliseconds sweep_interval{100};
constexpr std::chrono::milliseconds attempt_patience{3'000};  // for one connect and its welcome

// What the connections of a run share.
struct run_state {
  const sender_settings& settings;
  run_counters& counts;
  progress& news;
  std::optional<steady::time_point> begun{};    // when all connections were welcome
  std::optional<steady::time_point> stopped{};  // when a signal came
  bool gave_up = false;
  std::function<void()> on_change{};  // a connection became welcome for the first time, or finished

  std::int64_t now_ns() const { return begun ? (steady::now() - *begun).count() : 0; }
};

// One producer's connection over its whole life, which may take several sockets. Handlers of a socket that was given up
// arrive late, with an epoch that is no longer ours, and do nothing.
class link {
public:
  link(asio::io_context& io, run_state& run, producer_session& speaker, std::uint64_t jitter_seed)
      : run_(run),
        producer_(speaker),
        resolver_(io),
        socket_(io),
        timer_(io),
        backoff_(jitter_seed),
        trouble_since_(steady::now()) {}

  void open();
  // Sends what is due; finishes when all is answered.
  void pump();
  void sweep(steady::time_point now);
  // No new points; finishes now or when the rest is answered.
  void stop();
  bool is_finished() const { return is_finished_; }
  // Ready for the run's beginning, or out of it.
  bool is_settled() const { return is_finished_ || producer_.is_welcome(); }

private:
  void on_resolved(const io_error& failure, const tcp::resolver::results_type& addresses);
  void on_connected(const io_error& failure);
  void read();
  void on_read(const io_error& failure, std::size_t bytes);
  bool hear_all(std::int64_t now_ns);
  void note_welcome();
  void note_recovery(std::uint64_t answered_before);
  void write();
  void on_written(const io_error& failure);
  void wait_until_due();
  void lose(std::string reason);
  void give_up(const std::string& reason);
  void close();
  void finish();
  std::uint64_t answered() const { return run_.counts.verdicts + run_.counts.acknowledged + run_.counts.errors; }

  run_state& run_;
  producer_session& producer_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;  // the back-off, or the next point's due time
  backoff backoff_;
  inbox inbox_;
  std::string outgoing_;
  std::string writing_;
  std::uint64_t epoch_ = 0;
  std::optional<std::int64_t> timer_due_ns_;
  steady::time_point attempt_since_{};
  steady::time_point heard_at_{};
  std::optional<steady::time_point> trouble_since_;  // no point was answered since the connection was lost
  std::string trouble_;
  bool is_trouble_told_ = false;
  bool is_open_ = false;     // an attempt is under way, or a connection stands
  bool is_greeted_ = false;  // this connection was welcome
  bool is_writing_ = false;
  bool was_welcome_ = false;  // one of ours was
  bool is_finished_ = false;
};

void link::open() {
  const std::uint64_t epoch = ++epoch_;
  is_open_ = true;
  attempt_since_ = steady::now();
  const endpoint& server = run_.settings.server;
  resolver_.async_resolve(server.host, std::to_string(server.port),
                          [this, epoch](const io_error& failure, const tcp::resolver::results_type& addresses) {
                            if (epoch == epoch_) on_resolved(failure, addresses);
                          });
}

void link::on_resolved(const io_error& failure, const tcp::resolver::results_type& addresses) {
  if (failure) return lose(failure.message());
  const std::uint64_t epoch = epoch_;
  asio::async_connect(socket_, addresses, [this, epoch](const io_error& refusal, const tcp::endpoint&) {
    if (epoch == epoch_) on_connected(refusal);
  });
}

void link::on_connected(const io_error& failure) {
  if (failure) return lose(failure.message());
  io_error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  heard_at_ = steady::now();
  inbox_ = inbox();
  producer_.connect(outgoing_);
  write();
  read();
}

void link::read() {
  const std::span<char> space = inbox_.space();
  const std::uint64_t epoch = epoch_;
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [this, epoch](const io_error& failure, std::size_t bytes) {
                            if (epoch == epoch_) on_read(failure, bytes);
                          });
}

void link::on_read(const io_error& failure, std::size_t bytes) {
  if (failure) return lose(failure == asio::error::eof ? "the server closed the connection" : failure.message());
  inbox_.received(bytes);
  heard_at_ = steady::now();
  const std::uint64_t answered_before = answered();
  if (!hear_all(run_.now_ns())) return;
  note_recovery(answered_before);
  pump();
  if (!is_finished_) read();
}

// False: the connection is gone.
bool link::hear_all(std::int64_t now_ns) {
  for (;;) {
    const inbox::cut cut = inbox_.next();
    if (cut.kind == inbox::cut_kind::none) return true;
    if (cut.kind == inbox::cut_kind::too_large) {
      give_up("the peer does not speak this protocol: a line of more than 64 KiB");
      return false;
    }
    switch (producer_.hear(cut.bytes, now_ns)) {
      case producer_session::advice::go_on:
        break;
      case producer_session::advice::reconnect:
        lose(producer_.reason());
        return false;
      case producer_session::advice::give_up:
        give_up(producer_.reason());
        return false;
    }
  }
}

void link::note_welcome() {
  is_greeted_ = true;
  if (was_welcome_) {
    ++run_.counts.reconnects;
  } else {
    was_welcome_ = true;
    run_.on_change();
  }
}

// To be welcome again is no recovery yet where points are without an answer: a server that greets and closes, for ever,
// would keep us busy for ever.
void link::note_recovery(std::uint64_t answered_before) {
  if (!producer_.is_welcome()) return;
  if (!is_greeted_) note_welcome();
  if (answered() == answered_before && producer_.has_unanswered()) return;
  trouble_since_.reset();
  is_trouble_told_ = false;
  backoff_.reset();
}

void link::pump() {
  if (is_finished_ || !run_.begun) return;
  if (!producer_.is_waiting()) heard_at_ = steady::now();
  producer_.fill(run_.now_ns(), batch_bytes_max, outgoing_);
  if (!outgoing_.empty() && !is_writing_) write();
  if (producer_.is_done()) return finish();
  wait_until_due();
}

void link::write() {
  is_writing_ = true;
  writing_.swap(outgoing_);
  outgoing_.clear();
  const std::uint64_t epoch = epoch_;
  asio::async_write(socket_, asio::buffer(writing_), [this, epoch](const io_error& failure, std::size_t) {
    if (epoch == epoch_) on_written(failure);
  });
}

void link::on_written(const io_error& failure) {
  is_writing_ = false;
  // The read that is under way will say the same, after the last words of the server's.
  if (failure) return;
  pump();
  if (!is_finished_ && !is_writing_ && !outgoing_.empty()) write();
}

void link::wait_until_due() {
  const std::optional<std::int64_t> due_ns = producer_.next_due_ns();
  if (!due_ns || due_ns == timer_due_ns_) return;
  timer_due_ns_ = due_ns;
  const std::uint64_t epoch = epoch_;
  timer_.expires_at(*run_.begun + std::chrono::nanoseconds(*due_ns));
  timer_.async_wait([this, epoch](const io_error& failure) {
    if (failure || epoch != epoch_) return;
    timer_due_ns_.reset();
    pump();
  });
}

void link::sweep(steady::time_point now) {
  if (is_finished_) return;
  const sender_settings& settings = run_.settings;
  const std::chrono::milliseconds patience = was_welcome_ ? settings.resume_patience : settings.connect_patience;
  if (run_.stopped && now - *run_.stopped > settings.drain_patience) return finish();
  if (trouble_since_ && now - *trouble_since_ > patience) return give_up(trouble_);
  if (!is_open_) return;
  if (!producer_.is_welcome() && now - attempt_since_ > attempt_patience) return lose("no answer to the hello");
  if (producer_.is_waiting() && now - heard_at_ > settings.silence_max) return lose("no answer to points");
}

void link::stop() {
  producer_.stop();
  if (producer_.is_done()) finish();
}

void link::lose(std::string reason) {
  close();
  producer_.disconnect();
  if (producer_.is_done()) return finish();
  trouble_ = std::move(reason);
  if (!trouble_since_) trouble_since_ = steady::now();
  if (!is_trouble_told_) run_.news.tell(producer_.name() + ": " + trouble_ + "; trying again");
  is_trouble_told_ = true;
  const std::uint64_t epoch = epoch_;
  timer_.expires_after(backoff_.next_delay());
  timer_.async_wait([this, epoch](const io_error& failure) {
    if (!failure && epoch == epoch_) open();
  });
}

void link::give_up(const std::string& reason) {
  run_.gave_up = true;
  run_.news.complain((was_welcome_ ? "gave up on " : "no connection to ") + to_text(run_.settings.server) + ": " +
                     reason);
  finish();
}

void link::close() {
  ++epoch_;
  is_open_ = false;
  is_greeted_ = false;
  is_writing_ = false;
  timer_due_ns_.reset();
  outgoing_.clear();
  io_error ignored;
  resolver_.cancel();
  timer_.cancel();
  socket_.close(ignored);
}

void link::finish() {
  if (is_finished_) return;
  is_finished_ = true;
  producer_.abandon();
  close();
  run_.on_change();
}

// The run as a whole: begins when all connections are welcome, sweeps, and ends when all are finished.
class run_control {
public:
  run_control(const sender_settings& settings, sender::producers& producers, run_counters& counts, progress& news)
      : run_{settings, counts, news}, producers_(producers), sweep_timer_(io_), signals_(io_, SIGINT, SIGTERM) {
    run_.on_change = [this] { asio::post(io_, [this] { check(); }); };
    std::random_device entropy;
    for (const std::unique_ptr<producer_session>& speaker : producers_) {
      links_.push_back(std::make_unique<link>(io_, run_, *speaker, entropy()));
    }
  }

  sender_outcome run() {
    wait_for_signal();
    sweep_later();
    for (const std::unique_ptr<link>& connection : links_) connection->open();
    io_.run();
    return {run_.stopped.has_value(), run_.gave_up};
  }

private:
  void check() {
    const auto is_finished = [](const std::unique_ptr<link>& connection) { return connection->is_finished(); };
    const auto is_settled = [](const std::unique_ptr<link>& connection) { return connection->is_settled(); };
    if (std::all_of(links_.begin(), links_.end(), is_finished)) {
      is_over_ = true;  // a handler that is already on its way cannot be cancelled any more
      sweep_timer_.cancel();
      signals_.cancel();
    } else if (!run_.begun && std::all_of(links_.begin(), links_.end(), is_settled)) {
      begin();
    }
  }

  void begin() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    run_.begun = steady::now();
    for (const std::unique_ptr<producer_session>& speaker : producers_) {
      speaker->begin(std::chrono::duration_cast<std::chrono::milliseconds>(wall).count());
    }
    for (const std::unique_ptr<link>& connection : links_) connection->pump();
  }

  void sweep_later() {
    sweep_timer_.expires_after(sweep_interval);
    sweep_timer_.async_wait([this](const io_error& failure) {
      if (failure || is_over_) return;
      const steady::time_point now = steady::now();
      for (const std::unique_ptr<link>& connection : links_) connection->sweep(now);
      run_.news.show(run_.counts, static_cast<double>(run_.now_ns()) * 1e-9);
      sweep_later();
    });
  }

  void wait_for_signal() {
    signals_.async_wait([this](const io_error& failure, int) {
      if (failure || is_over_) return;
      if (run_.stopped) std::_Exit(130);
      run_.stopped = steady::now();
      run_.news.tell("stopping; a second signal ends at once");
      for (const std::unique_ptr<link>& connection : links_) connection->stop();
      wait_for_signal();
    });
  }

  run_state run_;
  sender::producers& producers_;
  asio::io_context io_{1};
  asio::steady_timer sweep_timer_;
  asio::signal_set signals_;
  std::vector<std::unique_ptr<link>> links_;
  bool is_over_ = false;
};

}  // namespace

sender::sender(sender_settings settings, producers& all, run_counters& counts, progress& news)
    : settings_(std::move(settings)), producers_(all), counters_(counts), progress_(news) {}

sender_outcome sender::run() {
  return run_control(settings_, producers_, counters_, progress_).run();
}

}  // namespace spindrift
