// Events that wait to be written, as bytes behind each other: first in, first out.
//
// A burst of tens of thousands of 2 to 3 KB would otherwise lie, a handful of strings each, between the blocks of the
// streams that it is about, and leave holes of which they make no use: a sixteenth of all memory with 100,000 streams.
// The bytes go back, by some hundred events, as these are taken. One thread at a time; moved, not copied. Costs two
// copies of an event.
#pragma once

#include <cstddef>
#include <deque>
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

  void put(const byte_buffer& packed);
  // The oldest, `most` of them at most, in their order behind what is there.
  void take(std::size_t most, std::vector<history_event>& into);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

private:
  struct page {
    text_store bytes{};
    std::vector<std::string_view> events{};
  };
  static constexpr std::size_t page_events = 256;

  std::deque<page> pages_;
  std::size_t size_ = 0;
  std::size_t taken_ = 0;  // of the first page's
};

}  // namespace spindrift
