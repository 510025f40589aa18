// Events that wait to be written, as bytes behind each other: first in, first out.
//
// A burst of tens of thousands of 2 to 3 KB would otherwise lie, a handful of strings each, between the blocks of the
// streams that it is about, and leave holes of which they make no use: a sixteenth of all memory with 100,000 streams.
// The bytes go back when the last is taken. One thread at a time; moved, not copied. Costs two copies of an event.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "server/store/bytes.hpp"
#include "server/store/event_table.hpp"
#include "server/store/text_store.hpp"

namespace spindrift {

class event_backlog {
public:
  // An event as put() takes it: made before whatever lock the backlog is behind.
  static byte_buffer packed(const history_event& event);

  void put(const byte_buffer& packed) { events_.push_back(bytes_.keep(packed.view())); }
  // The oldest, `most` of them at most, in their order behind what is there.
  void take(std::size_t most, std::vector<history_event>& into);

  std::size_t size() const { return events_.size() - taken_; }
  bool empty() const { return size() == 0; }

private:
  text_store bytes_;
  std::vector<std::string_view> events_;
  std::size_t taken_ = 0;  // of these, from the first on
};

}  // namespace spindrift
