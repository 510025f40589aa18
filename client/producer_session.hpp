// One connection's side of the conversation, without the connection: bytes to send come out, lines that were received
// go in. It says hello, keeps the window, makes points when they are due, settles replies, and resumes after a loss:
// what had no verdict is sent again under its old seq, in its old order, before anything new.
//
// No sockets and no clock: the owner passes the time (nanoseconds since the start of the run). Source, counters and
// names are borrowed and outlive the producer; several producers on one thread may share them. About 150 ns a point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/in_flight_window.hpp"
#include "client/load_schedule.hpp"
#include "client/run_counters.hpp"
#include "client/source.hpp"
#include "client/verdict_summary.hpp"
#include "common/protocol/frame.hpp"

namespace spindrift {

class reply_reader;
struct error_reply;
struct verdict;
struct welcome_reply;

struct producer_settings {
  std::string name;            // what hello says; unique to the run and the connection, so that resuming is exact
  std::string token;           // empty: none is shown
  std::size_t pipeline = 256;  // most points without an answer; the server's in_flight_max caps it
  // At a rate: latency counts from when a point was due, and its event time is the wall clock's at that moment, unless
  // the source has recorded times. Else: latency from sending, event time from the source, so that runs are
  // reproducible.
  bool is_paced = false;
  // Which verdicts are asked for; of the other points an acknowledgement says that they were taken. One that none came
  // for is no finding where marked ones come; with errors alone nothing is known of it.
  reply_choice replies = reply_choice::all;
};

class producer_session {
public:
  enum class advice {
    go_on,
    reconnect,  // the server closes; reason() says why
    give_up,    // trying again cannot help; reason() says why
  };

  producer_session(producer_settings settings, const load_schedule& share, const std::vector<std::string>& streams,
                   source& from, run_counters& counts);
  ~producer_session();

  // The run begins: time 0 is now, and the wall clock says so many milliseconds since the Unix epoch. No points before.
  void begin(std::int64_t wall_ms);
  // A connection stands: appends the hello. Points follow once it was answered and the run began.
  void connect(std::string& out);
  void disconnect();
  // A line of the server's, without its end; inbox::padding_bytes more are readable.
  advice hear(std::string_view line, std::int64_t now_ns);
  // Appends points: those to be sent again, then those that are due, as far as the window and `bytes_max` allow.
  void fill(std::int64_t now_ns, std::size_t bytes_max, std::string& out);
  // When fill() will have something to do that it has not now, for want of time alone.
  std::optional<std::int64_t> next_due_ns() const;

  // No new points; those without a verdict are still waited for.
  void stop() { is_stopped_ = true; }
  // The rest will not be waited for: they count as lost. Stops.
  void abandon();

  bool is_welcome() const { return is_welcome_; }
  bool is_waiting() const { return in_flight_.waiting() > 0; }  // for an answer on this connection
  bool has_unanswered() const { return !in_flight_.is_empty(); }
  bool is_done() const { return in_flight_.is_empty() && !has_new(); }
  const std::string& reason() const { return reason_; }
  const std::string& name() const { return settings_.name; }

private:
  bool has_new() const { return !is_stopped_ && share_.next().has_value(); }
  void make_point(const load_schedule::turn& turn, std::int64_t now_ns);
  void send_one(std::int64_t now_ns, std::string& out);
  advice settle_verdict(const verdict_summary& verdict_seen, std::int64_t now_ns);
  advice hear_verdict(const verdict& judged, std::int64_t now_ns);
  void settle_before(std::uint64_t seq, std::int64_t now_ns);
  void settle_acknowledged(const in_flight_point& point, std::int64_t now_ns);
  advice hear_error(const error_reply& error, std::int64_t now_ns);
  advice hear_welcome(const welcome_reply& welcome);

  producer_settings settings_;
  load_schedule share_;
  const std::vector<std::string>& streams_;
  source& source_;
  run_counters& counters_;
  in_flight_window in_flight_;
  std::unique_ptr<reply_reader> reader_;
  sample sample_;
  std::size_t window_ = 0;
  std::uint64_t next_seq_ = 1;
  std::uint64_t applied_before_ = 0;  // the server's newest seq when this connection was welcome
  std::int64_t wall_start_ms_ = 0;
  bool has_begun_ = false;
  bool is_welcome_ = false;
  bool is_stopped_ = false;
  std::string reason_;
};

}  // namespace spindrift
