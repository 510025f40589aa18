// The conversation: frames are taken in turn, points gathered, ingested and answered.
#include "server/session/session.hpp"

#include <algorithm>
#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/protocol/encode.hpp"
#include "common/protocol/frame_limits.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/stream_listing.hpp"
#include "server/pipeline/kept_verdict.hpp"
#include "server/pipeline/refusal_error.hpp"
#include "server/session/permission.hpp"

namespace spindrift {

session::session(const session_environment& environment, session_workspace& workspace, std::uint64_t number)
    : environment_(environment),
      workspace_(workspace),
      number_(number),
      bad_frames_(environment.bad_frames_per_s),
      reader_(environment.formats) {}

session::~session() {
  if (!named_) return;
  const std::lock_guard guard(named_->lock);
  named_->let_go(number_);
}

bool session::gather(inbox& from) {
  first_gathered_ = workspace_.taken.size();
  if (named_ || !may_take_points() || bad_frames_.is_spent() || asked_) return false;
  const std::uint64_t frames_before = frames_;
  const std::size_t points_max = workspace_.way.points_max();
  const std::size_t turn_max = std::min(points_max, workspace_.turn_frames_max);
  take_points(from, turn_max);
  count_frames(frames_ - frames_before);
  has_more_gathered_ = gathered_ == turn_max && turn_max < points_max;
  return has_gathered() && gathered_ < points_max && !held_;
}

// Nearly all frames are points in the contract's own words, or lines of the one format that the client sends, of which
// nothing needs to be asked but whether they are allowed. The first other one is held.
void session::take_points(inbox& from, std::size_t gathered_max) {
  const bool takes_lines = spoke_foreign_ && !named_ && !wants_foreign_replies();
  std::uint64_t lines = 0;
  while (gathered_ < gathered_max) {
    if (take_usual_point(from)) continue;
    const inbox::cut cut = from.next();
    if (cut.kind == inbox::cut_kind::none) break;
    if (cut.kind == inbox::cut_kind::whole && cut.bytes.starts_with('{')) {
      if (take_usual_object(cut.bytes)) continue;
    } else if (cut.kind == inbox::cut_kind::whole && takes_lines && take_usual_line(cut.bytes)) {
      ++lines;
      continue;
    }
    held_ = cut;
    break;
  }
  if (lines > 0) add(environment_.counts.points_foreign, lines);
}

bool session::is_next(std::uint64_t seq) const {
  return seq > newest_seq_ && seq - newest_seq_ <= limits::seq_step_max;
}

// Read in one pass with the end of its line.
bool session::take_usual_point(inbox& from) {
  if (!from.unread().starts_with('{')) return false;
  std::size_t bytes = 0;
  const point* const measured = workspace_.frames.decode_line(from.unread(), bytes);
  if (measured == nullptr || !may_take(*measured) || !from.pass_line(bytes)) return false;
  take_next(*measured);
  return true;
}

// The same where the line is not all that there is, or of an unusual form.
bool session::take_usual_object(std::string_view bytes) {
  const frame decoded = workspace_.frames.decode(bytes);
  const auto* const measured = std::get_if<point>(&decoded);
  if (measured == nullptr || workspace_.frames.is_foreign() || !may_take(*measured)) return false;
  take_next(*measured);
  return true;
}

bool session::may_take(const point& measured) const {
  return may_publish(identity_.get(), measured.stream) && (!named_ || is_next(measured.seq));
}

void session::take_next(const point& measured) {
  ++frames_;
  speak_contract();
  if (named_) newest_seq_ = measured.seq;
  add_point(measured, frames_);
}

bool session::take_usual_line(std::string_view bytes) {
  point measured;
  if (!reader_.read_usual(bytes, measured) || !may_publish(identity_.get(), measured.stream)) return false;
  ++frames_;
  add_point(measured, no_reply);
  return true;
}

void session::count_frames(std::uint64_t more) {
  workspace_.frames_taken += more;
  add(environment_.counts.frames, more);
  if (identity_) add(identity_->use->frames, more);
}

void session::answer_gathered(step& out) {
  answer_points(out);
  acknowledge(out);
}

void session::answer_points(step& out) {
  for (std::size_t i = first_gathered_; i < first_gathered_ + gathered_; ++i) answer(i, out);
  gathered_ = 0;
  if (std::exchange(has_more_gathered_, false)) out.has_more = true;
}

// What else the batch held has been answered too: whoever advances does so alone.
void session::forget_gathered() {
  workspace_.clear_points();
  first_gathered_ = gathered_ = 0;
}

void session::advance(inbox& from, moment now, step& out) {
  now_ = now;
  if (has_gathered()) {
    answer_points(out);
  } else {
    workspace_.frames.reset();
  }
  forget_gathered();
  workspace_.foreign.clear();
  faults_seen_ = 0;
  if (awaits_answer()) return;
  if (listing_) go_on_listing(now, out);
  const std::uint64_t frames_before = frames_;
  bad_frames_.refill(now.steady_ms);
  while (!out.closes && !out.has_more && !awaits_answer()) {
    if (bad_frames_.is_spent()) {
      out.has_more = true;
      out.pause = bad_frames_.until_refilled();
      break;
    }
    const std::size_t turn_left =
        workspace_.turn_frames_max - std::min(frames_ - frames_before, workspace_.turn_frames_max);
    if (!held_ && may_take_points()) {
      take_points(from, std::min(workspace_.way.points_max(), gathered_ + turn_left));
      if (gathered_ >= workspace_.way.points_max()) flush_full(now, out);
    }
    const bool is_turn_over = frames_ - frames_before >= workspace_.turn_frames_max;
    if (is_turn_over || out.replies.size() >= environment_.replies_bytes_max) out.has_more = true;
    if (out.has_more || out.closes) break;
    const std::size_t first_foreign = workspace_.foreign.points().size();
    const frame_reader::taken taken =
        reader_.next(from, held_ ? &*held_ : nullptr, workspace_.frames, workspace_.foreign);
    held_.reset();
    if (taken.is == frame_reader::kind::none) break;
    ++frames_;
    is_waiting_client_ = from.unread().empty();
    take(taken, first_foreign, now, out);
    if (out.replies.size() >= environment_.replies_bytes_max) out.has_more = true;
  }
  flush(now, out);
  if (from.is_finished() && !unknown_.empty() && !out.closes && !out.has_more) say_last_words(out);
  // The client has nothing more under way, or is made to wait: it hears how far we are.
  if (!out.has_more || out.pause.count() > 0) acknowledge(out);
  count_frames(frames_ - frames_before);
  count_foreign();
}

void session::take_frame(frame taken, moment now, step& out) {
  const auto* const ordered = std::get_if<command_frame>(&taken);
  if (!is_admitted() && (ordered == nullptr || !std::holds_alternative<hello_command>(ordered->order))) {
    return close({error_code::unauthorized, std::string(unauthorized_text)}, frames_, out);
  }
  if (const auto* const measured = std::get_if<point>(&taken)) return take_point(*measured, now, out);
  flush(now, out);
  if (out.closes) return;
  if (const auto* const wrong = std::get_if<protocol_error>(&taken)) return complain(*wrong, frames_, out);
  take_command(*ordered, out);
}

void session::take_point(const point& taken, moment now, step& out) {
  if (!may_publish(identity_.get(), taken.stream)) {
    flush(now, out);
    if (out.closes) return;
    return complain({error_code::forbidden, "the token does not allow points of this stream", taken.seq}, frames_, out);
  }
  if (named_ && taken.seq <= newest_seq_) {
    flush(now, out);
    if (out.closes || take_repeated(taken, out)) return;
  }
  if (named_ && taken.seq - newest_seq_ > limits::seq_step_max) {
    flush(now, out);
    if (out.closes) return;
    return complain({error_code::bad_seq, "\"seq\" is more than 2^40 above the one before", taken.seq}, frames_, out);
  }
  if (named_) newest_seq_ = taken.seq;
  add_point(taken, is_silent_ ? no_reply : frames_);
  if (workspace_.taken.size() >= workspace_.way.points_max()) flush_full(now, out);
}

// Batches are small where new streams cost much: others have their turns in between.
void session::flush_full(moment now, step& out) {
  flush(now, out);
  if (workspace_.way.points_max() < intake::points_max) out.has_more = true;
}

void session::add_point(const point& added, std::uint64_t frame_number) {
  numbers_points_ = numbers_points_ || added.seq != 0;
  workspace_.taken.points.points.push_back(added);
  workspace_.taken.points.points.back().is_learned = learns_;
  workspace_.frame_numbers.push_back(frame_number);
  ++gathered_;
}

// A point of a named producer whose seq is not above all before it. False: it is to be applied after all.
bool session::take_repeated(const point& taken, step& out) {
  if (taken.seq == 0) {
    complain({error_code::bad_seq, "a producer with a name numbers its points: \"seq\" is missing"}, frames_, out);
    return true;
  }
  const std::lock_guard guard(named_->lock);
  newest_seq_ = named_->last_seq();
  if (taken.seq > newest_seq_) return false;  // the newer ones of the batch were refused
  const std::string_view kept = named_->kept(taken.seq);
  if (kept.empty()) {
    complain({error_code::bad_seq, "\"seq\" is below the newest applied one, and no verdict is kept for it (any more)",
              taken.seq},
             frames_, out);
    return true;
  }
  // Who sends it again has not heard of it: also where the verdict says nothing special.
  if (replies_ != reply_choice::errors) append_kept_line(kept, true, out.replies);
  add(environment_.counts.duplicates, 1);
  if (identity_) add(identity_->use->duplicates, 1);
  note_taken(taken.seq, frames_, out);
  return true;
}

void session::flush(moment now, step& out) {
  intake& taken = workspace_.taken;
  if (taken.is_empty()) return;
  taken.points.sender = named_.get();
  taken.holder = number_;
  workspace_.way.ingest(taken, now);
  if (taken.is_superseded) {
    superseded(out);
  } else {
    if (named_) newest_seq_ = taken.newest_seq;
    answer_points(out);
    workspace_.way.publish(taken);
  }
  forget_gathered();
}

void session::answer(std::size_t i, step& out) {
  const batch& points = workspace_.taken.points;
  const refusal why = points.outcomes[i].why;
  if (why == refusal::none && identity_) add(identity_->use->points, 1);
  if (workspace_.frame_numbers[i] == no_reply) return count_silent(why);
  if (why != refusal::none) {
    return complain(refusal_error(why, points.points[i]), workspace_.frame_numbers[i], out);
  }
  const bool is_told =
      replies_ == reply_choice::all || (replies_ == reply_choice::marked && points.outcomes[i].what.is_worth_a_reply());
  if (is_told) workspace_.taken.append_line(i, out.replies);
  note_taken(points.points[i].seq, workspace_.frame_numbers[i], out);
}

// An acknowledgement goes once there are many, and whenever the connection has nothing more to be looked at.
void session::note_taken(std::uint64_t seq, std::uint64_t frame_number, step& out) {
  if (!acknowledges_) return;
  taken_.add(seq, frame_number, named_ != nullptr);
  if (taken_.is_due()) acknowledge(out);
}

void session::complain(const protocol_error& fault, std::uint64_t frame_number, step& out) {
  add(environment_.counts.errors[static_cast<std::size_t>(fault.code)], 1);
  if (identity_) add(identity_->use->errors[static_cast<std::size_t>(fault.code)], 1);
  if (!is_servers_want(fault.code)) bad_frames_.spend();
  if (!fault.stream.empty() && may_publish(identity_.get(), fault.stream)) {
    workspace_.way.hear_refused(fault.stream, now_);
  }
  encode(fault, frame_number, out.replies);
}

void session::close(const protocol_error& fault, std::uint64_t frame_number, step& out) {
  acknowledge(out);
  complain(fault, frame_number, out);
  out.closes = fault.code;
}

bool session::is_still_admitted() const {
  return identity_ == nullptr || environment_.admission == nullptr || environment_.admission->still_admits(*identity_);
}

void session::superseded(step& out) {
  refuse(error_code::superseded, "another connection said hello for this producer", out);
}

void session::refuse(error_code code, std::string message, step& out) {
  close({code, std::move(message)}, 0, out);
}

}  // namespace spindrift
