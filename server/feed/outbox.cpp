// A bounded queue of lines for one subscriber that says what it dropped.
#include "server/feed/outbox.hpp"

#include <utility>

#include "common/protocol/encode.hpp"

namespace spindrift {

std::size_t outbox::put(piece lines) {
  if (lines.lines == 0) return 0;
  bytes_ += lines.bytes.size();
  waiting_.push_back(std::move(lines));
  std::size_t dropped = 0;
  while (bytes_ > bytes_max_ && waiting_.size() > 1) {
    bytes_ -= waiting_.front().bytes.size();
    dropped += waiting_.front().lines;
    waiting_.pop_front();
  }
  missed_ += dropped;
  return dropped;
}

std::size_t outbox::put(const shared_published_batch& batch) {
  return put({batch->bytes, batch, batch->lines.size()});
}

bool outbox::add(std::string_view line) {
  const bool is_first = added_ == nullptr;
  if (is_first) added_ = std::make_shared<std::string>();
  added_->append(line);
  ++added_lines_;
  return is_first;
}

std::size_t outbox::end() {
  const std::shared_ptr<const std::string> lines = std::exchange(added_, nullptr);
  return put({*lines, lines, std::exchange(added_lines_, 0)});
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
