// Decides what comes next on the sending side of a connection.
#include "server/net/writer.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {
namespace {

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::uint64_t writer::put(std::string& replies, journal_position durable_at) {
  if (is_muted_) return lines_in(replies);
  if (replies.empty()) return 0;
  if (replies_.empty()) {
    std::swap(replies_, replies);
  } else {
    replies_ += replies;
  }
  durable_at_ = durable_at;
  return 0;
}

writer::action writer::next(bool waits, bool is_last) {
  if (is_writing_) return action::nothing;
  if (is_idle()) {
    sent_ = 0;
    const bool feed_first = is_last && has_feed_waiting();
    if (!feed_first && !waits) std::swap(sending_, replies_);
    while (sending_.empty() && feed_ && pieces_.size() < pieces_max) {
      outbox::piece following = feed_->take();
      if (following.bytes.empty()) break;
      pieces_.push_back(std::move(following));
    }
  }
  if (is_idle()) return action::nothing;
  return pieces_.empty() && sent_ == 0 ? action::try_at_once : action::write;
}

const std::vector<std::string_view>& writer::buffers() {
  buffers_.clear();
  std::size_t skip = sent_;
  const auto put = [&](std::string_view bytes) {
    const std::size_t gone = std::min(skip, bytes.size());
    skip -= gone;
    if (gone < bytes.size()) buffers_.push_back(bytes.substr(gone));
  };
  put(sending_);
  for (const outbox::piece& piece : pieces_) put(piece.bytes);
  return buffers_;
}

bool writer::sent_at_once(std::size_t bytes) {
  const bool is_all = bytes == sending_.size();
  if (is_all) sending_.clear();
  sent_ = is_all ? 0 : bytes;
  return is_all;
}

void writer::begin(std::int64_t now_ms) {
  is_writing_ = true;
  progress_ms_ = now_ms;
}

std::size_t writer::written(std::size_t bytes) {
  is_writing_ = false;
  sent_ += bytes;
  std::size_t total = sending_.size();
  std::size_t lines = 0;
  for (const outbox::piece& piece : pieces_) {
    total += piece.bytes.size();
    lines += piece.lines;
  }
  if (sent_ != total) return 0;
  sending_.clear();
  pieces_.clear();
  is_muted_ = false;
  return lines;
}

std::string writer::line_under_way(std::size_t bytes) {
  is_writing_ = false;
  sent_ += bytes;
  std::string line;
  for (const std::string_view part : buffers()) {
    const std::size_t line_end = part.find('\n');
    line += part.substr(0, line_end == std::string_view::npos ? line_end : line_end + 1);
    if (line_end != std::string_view::npos) break;
  }
  return line;
}

std::uint64_t writer::give_up() {
  const std::uint64_t lines = lines_in(std::string_view(sending_).substr(std::min(sent_, sending_.size()))) + mute();
  sending_.clear();
  pieces_.clear();
  sent_ = 0;
  is_writing_ = false;
  return lines;
}

std::uint64_t writer::mute() {
  is_muted_ = true;
  const std::uint64_t lines = lines_in(replies_);
  replies_.clear();
  return lines;
}

}  // namespace spindrift
