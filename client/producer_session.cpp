// What one connection says and hears.
#include "client/producer_session.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "common/protocol/encode.hpp"
#include "common/protocol/frame.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/reply.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

// Errors that are about the connection, not about a point: the server closes, and another try may do better.
bool closes_for_now(std::string_view code) {
  return code == "idle" || code == "shutting_down" || code == "too_many_connections" || code == "slow_consumer";
}

// Nor will these be better the next time: a wrong token, or somebody else under our name.
bool closes_for_good(std::string_view code) {
  return code == "unauthorized" || code == "superseded";
}

}  // namespace

producer_session::producer_session(producer_settings settings, const load_schedule& share,
                                   const std::vector<std::string>& streams, source& from, run_counters& counts)
    : settings_(std::move(settings)),
      share_(share),
      streams_(streams),
      source_(from),
      counters_(counts),
      in_flight_(settings_.pipeline),
      reader_(std::make_unique<reply_reader>()) {}

producer_session::~producer_session() = default;

void producer_session::begin(std::int64_t wall_ms) {
  wall_start_ms_ = wall_ms;
  has_begun_ = true;
}

void producer_session::connect(std::string& out) {
  hello_command hello{settings_.name, settings_.token};
  if (settings_.replies != reply_choice::all) hello.replies = settings_.replies;
  encode(command_frame{"", std::move(hello)}, out);
}

void producer_session::disconnect() {
  is_welcome_ = false;
  window_ = 0;
  in_flight_.rewind();
}

producer_session::advice producer_session::hear(std::string_view line, std::int64_t now_ns) {
  if (const std::optional<verdict_summary> seen = read_verdict_summary(line)) return settle_verdict(*seen, now_ns);
  const reply heard = reader_->read(line);
  if (const auto* judged = std::get_if<verdict>(&heard)) return hear_verdict(*judged, now_ns);
  if (const auto* taken = std::get_if<ack_reply>(&heard)) {
    settle_before(taken->seq + 1, now_ns);
    return advice::go_on;
  }
  if (const auto* error = std::get_if<error_reply>(&heard)) return hear_error(*error, now_ns);
  if (const auto* welcome = std::get_if<welcome_reply>(&heard)) return hear_welcome(*welcome);
  if (std::holds_alternative<unreadable_reply>(heard)) {
    reason_ = "the peer does not speak this protocol; it says " + in_quotes(line);  // "HTTP/1.1 400 Bad Request"
    return advice::give_up;
  }
  ++counters_.strays;
  return advice::go_on;
}

producer_session::advice producer_session::hear_verdict(const verdict& judged, std::int64_t now_ns) {
  verdict_summary seen;
  seen.seq = judged.subject.seq;
  seen.flags = {judged.anomaly, judged.drift.has_value(), judged.alarm};
  seen.dup = judged.dup;
  seen.late = judged.late;
  seen.event = judged.event;
  if (judged.event != 0) seen.event_kind = name_of(judged.kind);
  return settle_verdict(seen, now_ns);
}

// Where points may go without a reply of their own, one that came says by its place that those before it were taken.
void producer_session::settle_before(std::uint64_t seq, std::int64_t now_ns) {
  if (settings_.replies == reply_choice::all || seq == 0) return;
  while (const in_flight_point* const point = in_flight_.settle_up_to(seq - 1)) settle_acknowledged(*point, now_ns);
}

void producer_session::settle_acknowledged(const in_flight_point& point, std::int64_t now_ns) {
  ++counters_.acknowledged;
  counters_.duplicates += point.seq <= applied_before_ ? 1 : 0;
  counters_.latency.record(static_cast<std::uint64_t>(std::max<std::int64_t>(now_ns - point.since_ns, 0)));
  counters_.last_reply_ns = now_ns;
  if (settings_.replies != reply_choice::marked) return;
  counters_.judged.judge({point.stream, point.number, point.kind}, {});
  counters_.events.judge(point.stream, point.number, point.kind != 0, 0, {});
}

producer_session::advice producer_session::settle_verdict(const verdict_summary& verdict_seen, std::int64_t now_ns) {
  settle_before(verdict_seen.seq, now_ns);
  const in_flight_window::answer answer = in_flight_.settle(verdict_seen.seq);
  counters_.lost += answer.skipped;
  if (answer.point == nullptr) {
    ++counters_.strays;
    return advice::go_on;
  }
  const in_flight_point& point = *answer.point;
  ++counters_.verdicts;
  counters_.duplicates += verdict_seen.dup ? 1 : 0;
  counters_.late += verdict_seen.late ? 1 : 0;
  counters_.latency.record(static_cast<std::uint64_t>(std::max<std::int64_t>(now_ns - point.since_ns, 0)));
  counters_.last_reply_ns = now_ns;
  counters_.judged.judge({point.stream, point.number, point.kind}, verdict_seen.flags);
  counters_.events.judge(point.stream, point.number, point.kind != 0, verdict_seen.event, verdict_seen.event_kind);
  return advice::go_on;
}

producer_session::advice producer_session::hear_error(const error_reply& error, std::int64_t now_ns) {
  const std::string text = error.code + (error.message.empty() ? "" : ": " + error.message);
  if (closes_for_good(error.code) || (!is_welcome_ && !closes_for_now(error.code))) {
    reason_ = text;
    return advice::give_up;
  }
  if (closes_for_now(error.code)) {
    reason_ = text;
    return advice::reconnect;
  }
  settle_before(error.seq, now_ns);
  // Without a number it is about the oldest, if each has its reply.
  if (error.seq == 0 && settings_.replies != reply_choice::all) {
    ++counters_.strays;
    return advice::go_on;
  }
  const in_flight_window::answer answer = in_flight_.settle(error.seq);
  counters_.lost += answer.skipped;
  if (answer.point == nullptr) {
    ++counters_.strays;
    return advice::go_on;
  }
  ++counters_.errors;
  ++counters_.error_codes[error.code];
  counters_.last_reply_ns = now_ns;
  return advice::go_on;
}

producer_session::advice producer_session::hear_welcome(const welcome_reply& welcome) {
  if (welcome.version != limits::protocol_version) {
    reason_ = "the server speaks version " + std::to_string(welcome.version) + " of the protocol, we speak " +
              std::to_string(limits::protocol_version);
    return advice::give_up;
  }
  is_welcome_ = true;
  window_ = settings_.pipeline;
  if (welcome.in_flight_max > 0) window_ = std::min<std::size_t>(window_, welcome.in_flight_max);
  // A name that was used before goes on where it stopped; else this changes nothing.
  applied_before_ = welcome.last_seq;
  next_seq_ = std::max(next_seq_, welcome.last_seq + 1);
  return advice::go_on;
}

void producer_session::fill(std::int64_t now_ns, std::size_t bytes_max, std::string& out) {
  while (has_begun_ && in_flight_.waiting() < window_ && out.size() < bytes_max) {
    if (!in_flight_.has_unsent()) {
      if (!has_new() || in_flight_.is_full()) return;
      const load_schedule::turn& turn = *share_.next();
      if (turn.due_ns > now_ns) return;
      make_point(turn, now_ns);
      share_.take();
    }
    send_one(now_ns, out);
  }
}

void producer_session::make_point(const load_schedule::turn& turn, std::int64_t now_ns) {
  source_.next(turn.stream, sample_);
  in_flight_point& made = in_flight_.add(next_seq_++);
  made.stream = turn.stream;
  made.number = turn.number;
  made.kind = sample_.kind;
  // A paced point is late from when it was due, not from when there was room for it.
  made.since_ns = settings_.is_paced ? turn.due_ns : now_ns;

  point wire;
  wire.stream = streams_[turn.stream];
  wire.value = sample_.value;
  wire.values = sample_.values;
  wire.ts = sample_.ts;
  if (settings_.is_paced && !source_.has_recorded_time()) wire.ts = wall_start_ms_ + turn.due_ns / 1'000'000;
  counters_.events.note_time(turn.stream, *wire.ts);
  wire.seq = made.seq;
  wire.label = sample_.label;
  encode(wire, made.line);
}

void producer_session::send_one(std::int64_t now_ns, std::string& out) {
  in_flight_point& sent = in_flight_.send();
  if (sent.was_sent) {
    ++counters_.resent;
  } else {
    if (counters_.points == 0) counters_.first_sent_ns = now_ns;
    ++counters_.points;
    sent.was_sent = true;
  }
  out += sent.line;
}

std::optional<std::int64_t> producer_session::next_due_ns() const {
  if (!has_begun_ || in_flight_.has_unsent() || !has_new() || in_flight_.waiting() >= window_) return std::nullopt;
  return share_.next()->due_ns;
}

void producer_session::abandon() {
  is_stopped_ = true;
  counters_.lost += in_flight_.size();
  in_flight_.clear();
}

}  // namespace spindrift
