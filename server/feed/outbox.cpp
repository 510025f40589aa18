#include "server/feed/outbox.hpp"

#include <utility>

#include "common/protocol/encode.hpp"

namespace spindrift {

std::size_t outbox::put(const shared_published_batch& what) {
  piece wanted = select(what);
  if (wanted.lines == 0) return 0;
  bytes_ += wanted.bytes.size();
  waiting_.push_back(std::move(wanted));
  std::size_t dropped = 0;
  while (bytes_ > bytes_max_ && !waiting_.empty()) {
    bytes_ -= waiting_.front().bytes.size();
    dropped += waiting_.front().lines;
    waiting_.pop_front();
  }
  missed_ += dropped;
  return dropped;
}

outbox::piece outbox::select(const shared_published_batch& what) const {
  if (wanted_.takes_everything()) return {what->bytes, what, what->lines.size()};
  auto selected = std::make_shared<std::string>();
  std::size_t lines = 0;
  for (const published_line& line : what->lines) {
    if (!wanted_.takes(what->stream_of(line), line.is_event)) continue;
    selected->append(what->text_of(line));
    ++lines;
  }
  return {*selected, selected, lines};
}

outbox::piece outbox::take() {
  if (missed_ > 0) {
    auto notice = std::make_shared<std::string>(R"({"type":"gap","missed":)");
    append_number(missed_, *notice);
    *notice += "}\n";
    missed_ = 0;
    return {*notice, notice, 0};
  }
  if (waiting_.empty()) return {};
  piece next = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= next.bytes.size();
  return next;
}

}  // namespace spindrift
