// Encodes the verdict lines of a batch, each at most once.
#include "server/pipeline/intake.hpp"

#include "common/protocol/encode.hpp"

namespace spindrift {

void intake::clear() {
  points.clear();
  holder = 0;
  is_superseded = false;
  newest_seq = 0;
  line_of_.clear();
  if (lines_ == nullptr) return;
  if (lines_.use_count() > 1) {
    lines_.reset();  // a subscriber still reads it
  } else {
    lines_->bytes.clear();
    lines_->lines.clear();
  }
}

void intake::encode_line(std::size_t i) {
  if (has_line(i)) return;
  constexpr std::size_t stream_offset = std::string_view(R"({"type":"verdict","stream":")").size();
  if (lines_ == nullptr) lines_ = std::make_shared<published_batch>();
  line_of_.resize(size());
  const verdict& judged = points.outcomes[i].what;
  published_line line;
  line.begin = static_cast<std::uint32_t>(lines_->bytes.size());
  line.stream_begin = line.begin + static_cast<std::uint32_t>(stream_offset);
  line.stream_length = static_cast<std::uint32_t>(judged.subject.stream.size());
  line.stream_hash = points.hashes[i];
  line.is_event = judged.is_event();
  encode(judged, lines_->bytes);
  line.length = static_cast<std::uint32_t>(lines_->bytes.size()) - line.begin;
  lines_->lines.push_back(line);
  line_of_[i] = static_cast<std::uint32_t>(lines_->lines.size());
}

void intake::append_line(std::size_t i, std::string& out) const {
  if (has_line(i)) {
    out += line(i);
  } else {
    encode(points.outcomes[i].what, out);
  }
}

}  // namespace spindrift
