// Events as bytes, and back.
#include "server/store/event_backlog.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

namespace spindrift {
namespace {

constexpr std::size_t numbers_bytes_max = 11 * varint_bytes_max;

auto texts_of(auto& event) {
  return std::array{&event.stream, &event.line, &event.evidence, &event.picture, &event.mark};
}

history_event unpacked(std::string_view packed) {
  byte_reader in(packed);
  history_event event;
  event.ts = unzigzag(in.varint());
  event.n = in.varint();
  event.number = in.varint();
  event.kinds = static_cast<std::uint16_t>(in.varint());
  event.severity = static_cast<int>(unzigzag(in.varint()));
  event.writes = static_cast<history_event::part>(in.byte());
  event.is_open = in.byte() != 0;
  event.is_held = in.byte() != 0;
  for (std::string* const text : texts_of(event)) {
    const std::size_t bytes = in.varint();
    *text = in.text(bytes);
  }
  assert(in.ok() && in.left() == 0);
  return event;
}

}  // namespace

byte_buffer event_backlog::packed(const history_event& event) {
  byte_buffer out;
  std::size_t text_bytes = 0;
  for (const std::string* const text : texts_of(event)) text_bytes += text->size();
  out.room(numbers_bytes_max + text_bytes);
  out.put_varint(zigzag(event.ts));
  out.put_varint(event.n);
  out.put_varint(event.number);
  out.put_varint(event.kinds);
  out.put_varint(zigzag(event.severity));
  out.put_byte(static_cast<std::uint8_t>(event.writes));
  out.put_byte(event.is_open ? 1 : 0);
  out.put_byte(event.is_held ? 1 : 0);
  for (const std::string* const text : texts_of(event)) {
    out.put_varint(text->size());
    out.put_text(*text);
  }
  return out;
}

void event_backlog::put(const byte_buffer& packed) {
  if (pages_.empty() || pages_.back().events.size() == page_events) {
    pages_.emplace_back().events.reserve(page_events);
  }
  page& last = pages_.back();
  last.events.push_back(last.bytes.keep(packed.view()));
  ++size_;
}

void event_backlog::take(std::size_t most, std::vector<history_event>& into) {
  for (std::size_t left = std::min(most, size_); left > 0; --left, --size_) {
    const page& first = pages_.front();
    into.push_back(unpacked(first.events[taken_]));
    if (++taken_ < first.events.size()) continue;
    pages_.pop_front();
    taken_ = 0;
  }
}

}  // namespace spindrift
