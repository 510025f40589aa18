// Encodes the verdict lines of a batch, each at most once.
#include "server/pipeline/intake.hpp"

#include "common/protocol/encode.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {

line_class class_of(const verdict& judged) {
  return judged.is_event() ? line_class::marked : line_class::ordinary;
}

line_class class_of(const event& notice) {
  return notice.state == event_state::update ? line_class::update : line_class::event;
}

void intake::clear() {
  points.clear();
  holder = 0;
  is_superseded = false;
  newest_seq = 0;
  line_of_.clear();
  line_of_event_.clear();
  if (lines_ == nullptr) return;
  if (are_lines_shared_) {
    // Other threads may have read it a moment ago, and a count of one would not make that happen before a write.
    size_before_ = lines_->bytes.size();
    lines_.reset();
    are_lines_shared_ = false;
  } else {
    lines_->bytes.clear();
    lines_->lines.clear();
    lines_->classes = 0;
  }
}

shared_published_batch intake::share_lines() const {
  if (!has_lines()) return nullptr;
  are_lines_shared_ = true;
  return lines_;
}

// `i`: the point that the line speaks of.
published_line& intake::begin_line(std::size_t i, line_class kind) {
  if (lines_ == nullptr) {
    lines_ = std::make_shared<published_batch>();
    lines_->bytes.reserve(size_before_);
  }
  published_line& line = lines_->lines.emplace_back();
  line.begin = static_cast<std::uint32_t>(lines_->bytes.size());
  line.stream_hash = points.hashes[i];
  line.stream_length = static_cast<std::uint32_t>(points.points[i].stream.size());
  line.kind = kind;
  lines_->classes = lines_->classes | kind;
  return line;
}

// Returns what line_of_ says of it.
std::uint32_t intake::end_line(published_line& line) {
  line.length = static_cast<std::uint32_t>(lines_->bytes.size()) - line.begin;
  // The name stands behind the first key of that name: what comes before it is of our own words and numbers.
  constexpr std::string_view key = R"("stream":")";
  line.stream_begin = static_cast<std::uint32_t>(lines_->bytes.find(key, line.begin) + key.size());
  return static_cast<std::uint32_t>(lines_->lines.size());
}

void intake::encode_line(std::size_t i) {
  if (has_line(i)) return;
  const verdict& judged = points.outcomes[i].what;
  published_line& line = begin_line(i, class_of(judged));
  encode(judged, lines_->bytes);
  line_of_.resize(size());
  line_of_[i] = end_line(line);
}

void intake::encode_event(std::size_t k) {
  if (has_event_line(k)) return;
  const told_event& said = points.told[k];
  published_line& line = begin_line(said.point, class_of(said.notice));
  encode(said.notice, points.points[said.point].stream, said.feature, lines_->bytes);
  line_of_event_.resize(points.told.size());
  line_of_event_[k] = end_line(line);
}

void intake::append_line(std::size_t i, std::string& out) const {
  if (has_line(i)) {
    out += line(i);
  } else {
    encode(points.outcomes[i].what, out);
  }
}

}  // namespace spindrift
