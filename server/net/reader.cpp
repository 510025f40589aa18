// Decides what comes next on the receiving side of a connection.
#include "server/net/reader.hpp"

namespace spindrift {

bool reader::begin_read() {
  if (is_reading_ || has_ended_) return false;
  is_reading_ = true;
  return true;
}

void reader::came(std::size_t bytes) {
  is_reading_ = false;
  inbox_.received(bytes);
}

void reader::ended() {
  is_reading_ = false;
  has_ended_ = true;
  inbox_.finish();
}

// The clock of an unfinished frame runs from its first byte; finishing one and beginning the next starts it anew.
void reader::advanced(bool has_more, std::chrono::milliseconds pause, bool awaits_answer, std::int64_t now_ms) {
  has_more_ = has_more;
  awaits_answer_ = awaits_answer;
  if (pause.count() > 0) paused_until_ms_ = now_ms + pause.count();
  if (has_more_ || !inbox_.holds_partial()) {
    frame_begun_ms_ = 0;
  } else if (frame_begun_ms_ == 0 || inbox_.frames_cut() != frames_seen_) {
    frame_begun_ms_ = now_ms;
  }
  frames_seen_ = inbox_.frames_cut();
}

void reader::replies_sent(std::int64_t now_ms) {
  if (!is_reading_ && frame_begun_ms_ != 0) frame_begun_ms_ = now_ms;
}

reader::action reader::next(bool is_complete) const {
  if (awaits_answer_) return action::nothing;
  if (paused_until_ms_ != 0) return action::wait;
  if (has_more_) return action::advance;
  if (has_ended_) return action::end;
  return is_complete ? action::read_until_silence : action::read;
}

bool reader::silence(bool is_complete) {
  if (has_more_ || awaits_answer_ || !is_complete) return false;
  inbox_.finish();
  return true;
}

bool reader::is_frame_overdue(std::int64_t now_ms, std::chrono::milliseconds timeout) const {
  return is_reading_ && frame_begun_ms_ != 0 && now_ms - frame_begun_ms_ > timeout.count();
}

}  // namespace spindrift
