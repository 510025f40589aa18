#include "server/session/session.hpp"

#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/model/glob.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/limits.hpp"

namespace spindrift {
namespace {

protocol_error refusal_error(refusal why, const point& asked) {
  switch (why) {
    case refusal::too_many_streams:
      return {error_code::too_many_streams, "the server has as many streams as it may, and all were heard of lately",
              asked.seq};
    case refusal::other_features:
      return {error_code::bad_frame, "the features are not those of the stream's first point", asked.seq};
    case refusal::storage_full:
    case refusal::none:
      break;
  }
  return {error_code::storage_full, "the journal cannot be written; the point was not applied", asked.seq};
}

}  // namespace

session::session(const session_environment& environment, session_workspace& workspace, std::uint64_t number)
    : environment_(environment), workspace_(workspace), number_(number), bad_frames_(environment.bad_frames_per_s) {}

session::~session() {
  if (!named_) return;
  const std::lock_guard guard(named_->lock);
  named_->let_go(number_);
}

bool session::gather(inbox& from) {
  first_gathered_ = workspace_.points.points.size();
  if (named_ || !is_admitted() || bad_frames_.is_spent()) return false;
  const std::uint64_t frames_before = frames_;
  while (gathered_ < batch_points_max && !held_) {
    const inbox::cut cut = from.next();
    if (cut.kind == inbox::cut_kind::none) break;
    if (cut.kind == inbox::cut_kind::whole) {
      const frame what = workspace_.frames.decode(cut.bytes);
      const auto* const measured = std::get_if<point>(&what);
      if (measured != nullptr && may_publish(measured->stream)) {
        ++frames_;
        add_point(*measured);
        continue;
      }
    }
    held_ = cut;
  }
  add(environment_.counts.frames, frames_ - frames_before);
  return has_gathered() && gathered_ < batch_points_max && !held_;
}

void session::answer_gathered(step& out) {
  for (std::size_t i = first_gathered_; i < first_gathered_ + gathered_; ++i) {
    answer(workspace_.points.outcomes[i], workspace_.points.points[i], workspace_.frame_numbers[i], out);
  }
  gathered_ = 0;
}

// What else the batch held has been answered too: whoever advances does so alone.
void session::forget_gathered() {
  workspace_.clear_points();
  first_gathered_ = gathered_ = 0;
}

inbox::cut session::next_frame(inbox& from) {
  return held_ ? *std::exchange(held_, std::nullopt) : from.next();
}

void session::advance(inbox& from, moment now, step& out) {
  if (has_gathered()) {
    answer_gathered(out);
  } else {
    workspace_.frames.reset();
  }
  forget_gathered();
  const std::uint64_t frames_before = frames_;
  bad_frames_.refill(now.steady_ms);
  while (!out.closes && !out.has_more) {
    if (bad_frames_.is_spent()) {
      out.has_more = true;
      out.pause = bad_frames_.until_refilled();
      break;
    }
    const inbox::cut cut = next_frame(from);
    if (cut.kind == inbox::cut_kind::none) break;
    ++frames_;
    if (cut.kind == inbox::cut_kind::too_large) {
      take_frame(
          protocol_error{error_code::frame_too_large, "the frame is longer than the limit; its line was skipped"}, now,
          out);
    } else {
      take_frame(workspace_.frames.decode(cut.bytes), now, out);
    }
    if (out.replies.size() >= environment_.replies_bytes_max) out.has_more = true;
  }
  flush(now, out);
  add(environment_.counts.frames, frames_ - frames_before);
}

void session::take_frame(frame what, moment now, step& out) {
  if (!is_admitted()) {
    const auto* const asked = std::get_if<command_frame>(&what);
    if (asked == nullptr || !std::holds_alternative<hello_command>(asked->what)) {
      return close({error_code::unauthorized, std::string(unauthorized_text)}, frames_, out);
    }
  }
  if (const auto* const measured = std::get_if<point>(&what)) return take_point(*measured, now, out);
  flush(now, out);
  if (out.closes) return;
  if (const auto* const wrong = std::get_if<protocol_error>(&what)) return complain(*wrong, frames_, out);
  take_command(std::get<command_frame>(what), out);
}

bool session::may_publish(std::string_view stream) const {
  if (identity_ == nullptr) return true;
  for (const std::string& pattern : identity_->publish) {
    if (matches(pattern, stream)) return true;
  }
  return false;
}

void session::take_point(const point& what, moment now, step& out) {
  if (!may_publish(what.stream)) {
    flush(now, out);
    if (out.closes) return;
    return complain({error_code::forbidden, "the token does not allow points of this stream", what.seq}, frames_, out);
  }
  if (named_ && what.seq <= newest_seq_) {
    flush(now, out);
    if (out.closes || take_repeated(what, out)) return;
  }
  if (named_) newest_seq_ = what.seq;
  add_point(what);
  if (workspace_.points.points.size() >= batch_points_max) flush(now, out);
}

void session::add_point(const point& what) {
  numbers_points_ = numbers_points_ || what.seq != 0;
  workspace_.points.points.push_back(what);
  workspace_.frame_numbers.push_back(frames_);
  ++gathered_;
}

// A point of a named producer whose seq is not above all before it. False: it is to be applied after all.
bool session::take_repeated(const point& what, step& out) {
  if (what.seq == 0) {
    complain({error_code::bad_seq, "a producer with a name numbers its points: \"seq\" is missing"}, frames_, out);
    return true;
  }
  const std::lock_guard guard(named_->lock);
  newest_seq_ = named_->last_seq();
  if (what.seq > newest_seq_) return false;  // the newer ones of the batch were refused
  const std::string_view line = named_->kept(what.seq);
  if (line.empty()) {
    complain(
        {error_code::bad_seq,
         "\"seq\" is below the newest applied one and among the last 1024 verdicts there is none for it", what.seq},
        frames_, out);
    return true;
  }
  out.replies.append(line.substr(0, line.size() - 2));
  out.replies += ",\"dup\":true}\n";
  add(environment_.counts.duplicates, 1);
  return true;
}

void session::flush(moment now, step& out) {
  batch& points = workspace_.points;
  if (points.points.empty()) return;
  if (named_) {
    observe_named(now, out);
  } else {
    environment_.observer.observe(points, now);
    answer_gathered(out);
  }
  forget_gathered();
}

void session::observe_named(moment now, step& out) {
  batch& points = workspace_.points;
  const std::lock_guard guard(named_->lock);
  if (!named_->is_held_by(number_)) return superseded(out);
  newest_seq_ = named_->last_seq();
  // Behind a hole nothing is applied until the point that belongs there comes again. The seqs of a batch ascend, so its
  // first one tells.
  if (named_->is_blocked(points.points.front().seq)) {
    for (std::size_t i = 0; i < points.points.size(); ++i) {
      complain(refusal_error(refusal::storage_full, points.points[i]), workspace_.frame_numbers[i], out);
    }
    return;
  }
  points.sender = named_.get();
  environment_.observer.observe(points, now);
  for (std::size_t i = 0; i < points.points.size(); ++i) {
    const std::size_t begin = out.replies.size();
    const point& asked = points.points[i];
    answer(points.outcomes[i], asked, workspace_.frame_numbers[i], out);
    if (points.outcomes[i].why == refusal::none) {
      named_->unblock();
      named_->keep(asked.seq, std::string_view(out.replies).substr(begin));
    }
    if (points.outcomes[i].why == refusal::storage_full) named_->block_after(asked.seq);
  }
  newest_seq_ = named_->last_seq();
}

void session::answer(const outcome& what, const point& asked, std::uint64_t frame_number, step& out) {
  if (what.why != refusal::none) return complain(refusal_error(what.why, asked), frame_number, out);
  constexpr std::size_t stream_offset = std::string_view(R"({"type":"verdict","stream":")").size();
  published_line line;
  line.begin = static_cast<std::uint32_t>(out.replies.size());
  line.stream_begin = line.begin + static_cast<std::uint32_t>(stream_offset);
  line.stream_length = static_cast<std::uint32_t>(asked.stream.size());
  encode(what.what, out.replies);
  line.length = static_cast<std::uint32_t>(out.replies.size()) - line.begin;
  line.is_event = what.what.is_event();
  out.lines.push_back(line);
  if (line.is_event) out.events.push_back(what.what);
}

void session::complain(const protocol_error& what, std::uint64_t frame_number, step& out) {
  add(environment_.counts.errors[static_cast<std::size_t>(what.code)], 1);
  // A full disk is not the client's doing.
  if (what.code != error_code::storage_full) bad_frames_.spend();
  encode(what, frame_number, out.replies);
}

void session::close(const protocol_error& what, std::uint64_t frame_number, step& out) {
  complain(what, frame_number, out);
  out.closes = what.code;
}

void session::superseded(step& out) {
  refuse(error_code::superseded, "another connection said hello for this producer", out);
}

void session::refuse(error_code code, std::string message, step& out) {
  close({code, std::move(message)}, 0, out);
}

}  // namespace spindrift
