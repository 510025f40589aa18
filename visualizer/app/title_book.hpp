// What people call the streams, and the units of their values: asked of the server, whose configuration says so
// (`title` and `unit` of [[stream]]), for the board.
//
// Streams in view come first, and again after view_ms, since the server may have taken another configuration; then all
// others, one after the other, and again after round_ms. A stream that the server does not know keeps what it had, as
// all do with a server that says no titles. Bounded: asked_max questions a tick, while none of the tick before waits;
// texts beyond text_bytes_max are left out. One thread at a time, the board's. The board, and what is asked, live
// longer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/protocol/frame.hpp"
#include "visualizer/series/stream_board.hpp"

namespace spindrift {

struct stream_words {
  std::string title;  // empty: nobody has said
  std::string unit;
};
// Of a reply to `recent`; nothing: it is none.
std::optional<stream_words> words_of(const std::string& reply);

class title_book {
public:
  static constexpr std::size_t asked_max = 32;
  static constexpr std::int64_t view_ms = 30'000;
  static constexpr std::int64_t round_ms = 300'000;
  // As long as the server's may be once a name stands in it.
  static constexpr std::size_t text_bytes_max = 512;

  // `ask` as inquiry::ask: the answer comes once, later.
  using asker = std::function<void(const command& asked, std::function<void(std::optional<std::string>)> done)>;

  title_book(stream_board& board, asker ask);

  // `changed` is called for each stream whose title or unit is another one now.
  void tick(const std::vector<std::string>& in_view, std::int64_t now_ms, const std::function<void()>& changed);
  // The server may be another one: all are asked for anew.
  void begin_anew();

private:
  void ask_for(const std::string& stream, const std::function<void()>& changed);

  stream_board& board_;
  asker ask_;
  std::size_t waiting_ = 0;  // questions without an answer
  std::size_t next_ = 0;     // of the board's streams, in the order in which they were first heard of
  std::int64_t round_began_ms_ = 0;
  std::unordered_map<std::string, std::int64_t> asked_ms_;  // of those in view
};

}  // namespace spindrift
