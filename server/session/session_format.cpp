// What a session does with frames of other formats than the contract's, and with those of none.
#include <algorithm>
#include <utility>
#include <variant>

#include "common/protocol/encode.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/engine/refusal.hpp"
#include "server/pipeline/refusal_error.hpp"
#include "server/session/permission.hpp"
#include "server/session/session.hpp"
#include "server/session/version.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t unknown_patience_ms = 700;
constexpr std::size_t unknown_max = 1'000;
constexpr std::size_t unknown_bytes_max = 256;
constexpr std::int64_t note_interval_ms = 60'000;

error_code code_of(formats::fault_cause cause) {
  switch (cause) {
    case formats::fault_cause::bad_value:
    case formats::fault_cause::not_finite:
    case formats::fault_cause::bad_time:
      return error_code::bad_value;
    case formats::fault_cause::bad_name:
      return error_code::bad_stream;
    default:
      return error_code::bad_frame;
  }
}

}  // namespace

bool session::admit(std::string_view token) {
  if (environment_.admission != nullptr) identity_ = environment_.admission->admit(token);
  return is_admitted();
}

void session::take(const frame_reader::taken& taken, std::size_t first_foreign, moment now, step& out) {
  switch (taken.is) {
    case frame_reader::kind::none:
    case frame_reader::kind::nothing:
      break;
    case frame_reader::kind::own:
      // Behind frames that were not understood a bad one of the contract waits as they do.
      if (has_unknown_ && !is_understood() && std::holds_alternative<protocol_error>(taken.content)) {
        take_unknown(taken, now, out);
        break;
      }
      if (!std::holds_alternative<protocol_error>(taken.content)) release_unknown(out);
      spoke_own_ = spoke_own_ || !std::holds_alternative<protocol_error>(taken.content);
      if (const auto* const measured = std::get_if<point>(&taken.content);
          measured != nullptr && (!workspace_.frames.is_foreign() || measured->stream == limits::stream_default)) {
        speak_contract();
      }
      take_frame(taken.content, now, out);
      break;
    case frame_reader::kind::foreign:
      if (is_no_point_yet(first_foreign)) {
        const formats::fault& newest = workspace_.foreign.faults().back();
        take_unknown({taken.is, protocol_error{code_of(newest.cause), newest.reason}, taken.bytes}, now, out);
        break;
      }
      release_unknown(out);
      take_foreign(first_foreign, now, out);
      break;
    case frame_reader::kind::unknown:
      take_unknown(taken, now, out);
      break;
    case frame_reader::kind::unreadable:
      flush(now, out);
      // A stranger learns nothing of what is read here, whatever it sends.
      if (!is_admitted()) return close({error_code::unauthorized, std::string(unauthorized_text)}, frames_, out);
      close(std::get<protocol_error>(taken.content), frames_, out);
      return;
  }
  note_faults(taken.bytes, now, out);
}

// The shape is that of a format, but no line of this client has given a point, and this one has none for a reason that
// the next ones may share. What is not finite is a number that a sensor has not got yet.
bool session::is_no_point_yet(std::size_t first) const {
  const formats::parsed& read = workspace_.foreign;
  if (is_understood() || read.points().size() > first || read.fault_count() == faults_seen_) return false;
  return !read.faults().empty() && read.faults().back().cause != formats::fault_cause::not_finite;
}

void session::take_foreign(std::size_t first, moment now, step& out) {
  if (!is_admitted()) return close({error_code::unauthorized, std::string(unauthorized_text)}, frames_, out);
  formats::parsed& read = workspace_.foreign;
  spoke_foreign_ = true;
  if (read.asks_version()) {
    flush(now, out);
    read.answer_version();
    // Its clients take any answer for a sign of life; ours is JSON, as all that is written here.
    out.replies.append(R"({"type":"version","server":)");
    append_json_string(server_name, out.replies);
    out.replies += "}\n";
  }
  is_silent_ = !wants_foreign_replies();
  const std::size_t end = read.points().size();
  for (std::size_t i = first; i < end && !out.closes; ++i) {
    // A copy: its number is the frame's, and it lives on in the intake.
    take_point(point(read.points()[i]), now, out);
  }
  is_silent_ = false;
  add(environment_.counts.points_foreign, end - first);
  if (!wants_foreign_replies() || read.fault_count() == faults_seen_ || read.faults().empty()) return;
  flush(now, out);
  if (out.closes) return;
  const formats::fault& newest = read.faults().back();
  complain({code_of(newest.cause), newest.reason}, frames_, out);
}

// The first frame of a client that is not understood gets its error, and so does one that the client waits for; of what
// comes in a stream the client is told once what would be read, and let go: it would only be refused, line by line, for
// ever.
void session::take_unknown(const frame_reader::taken& taken, moment now, step& out) {
  flush(now, out);
  if (out.closes) return;
  if (!is_admitted()) return close({error_code::unauthorized, std::string(unauthorized_text)}, frames_, out);
  if (spoke_foreign_ && !wants_foreign_replies()) {
    if (workspace_.foreign.fault_count() > faults_seen_) return;
    return workspace_.foreign.refuse(formats::fault_cause::unknown_shape, taken.bytes, "");
  }
  const auto& wrong = std::get<protocol_error>(taken.content);
  if (is_understood()) return complain(wrong, frames_, out);
  unknown_since_ms_ = now.steady_ms;
  if (!has_unknown_) first_unknown_ = taken.bytes.substr(0, unknown_bytes_max);
  // Who sends one frame and waits for its reply is a person, or a client of the contract that makes mistakes.
  const bool is_answered = !std::exchange(has_unknown_, true) || (is_waiting_client_ && unknown_.empty());
  if (is_answered) return complain(wrong, frames_, out);
  unknown_.emplace_back(frames_, wrong);
  if (unknown_.size() >= unknown_max) say_last_words(out);
}

// A frame that is understood came after all: every frame has its reply, in order.
void session::release_unknown(step& out) {
  for (const auto& [number, wrong] : std::exchange(unknown_, {})) complain(wrong, number, out);
}

void session::say_last_words(step& out) {
  if (unknown_.size() == 1) return release_unknown(out);
  unknown_.clear();
  close({error_code::bad_frame, reader_.last_words(first_unknown_)}, frames_, out);
}

void session::note_faults(std::string_view line, moment now, step& out) {
  const formats::parsed& read = workspace_.foreign;
  const std::uint64_t faults = read.fault_count();
  if (faults == faults_seen_) return;
  faults_seen_ = faults;
  if (noted_ms_ != 0 && now.steady_ms - noted_ms_ < note_interval_ms) return;
  noted_ms_ = now.steady_ms;
  out.unread_cause = read.faults().empty() ? "unknown_shape" : formats::name_of(read.faults().back().cause);
  out.unread_line = line.substr(0, 256);
}

void session::count_foreign() {
  const formats::parsed& read = workspace_.foreign;
  if (read.skipped() > 0) add(environment_.counts.fields_skipped, read.skipped());
  if (read.fault_count() == 0) return;
  for (std::size_t cause = 0; cause < formats::fault_causes; ++cause) {
    const std::uint64_t count = read.fault_count(static_cast<formats::fault_cause>(cause));
    add(environment_.counts.lines_unread[cause], count);
  }
}

void session::count_silent(refusal why) {
  if (why == refusal::none) return;
  add(environment_.counts.errors[static_cast<std::size_t>(code_of(why))], 1);
}

bool session::wait(inbox& from, moment now, step& out) {
  const std::size_t unread = from.unread().size();
  const bool is_new = std::exchange(frames_before_, frames_) != frames_;
  const bool stands_still = unread == std::exchange(unread_before_, unread) && !is_new;
  if (asked_ || named_) return false;
  if (reader_.is_joining() && stands_still) {
    workspace_.clear();
    workspace_.foreign.clear();
    faults_seen_ = 0;
    ++frames_;
    take(reader_.give_up_joining(workspace_.frames, workspace_.foreign), 0, now, out);
    flush(now, out);
    acknowledge(out);
    count_foreign();
    return true;
  }
  if (is_understood() || !is_admitted()) return false;
  bool acts = false;
  if (unread > 0 && stands_still && !from.unread().starts_with('{')) {
    from.finish();
    advance(from, now, out);
    acts = true;
  }
  const bool is_overdue = acts || now.steady_ms - unknown_since_ms_ >= unknown_patience_ms;
  if (!has_unknown_ || !is_overdue || out.closes || is_understood()) return acts;
  unknown_.clear();
  say_last_words(out);
  return true;
}

}  // namespace spindrift
