// Which part of all streams a screen shows, and how keys change that: chosen stream, search, pause, zoom, the way back.
//
// Owns copies of what it shows while it is paused, at most gallery::panels_max streams. Keys are bytes: a letter is
// itself, the others are named below. Pure but for its own state: no clock, no terminal. One thread at a time. Cost of
// look(): one look at each stream, and a copy of the samples in view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "visualizer/series/scene.hpp"
#include "visualizer/series/stream_board.hpp"

namespace spindrift {

inline constexpr char key_escape = '\x1b';
inline constexpr char key_enter = '\r';
inline constexpr char key_erase = '\x7f';

// Bytes of a terminal as keys: arrows become the letters that do the same, other sequences nothing.
std::string keys_of(std::string_view bytes);

// What a key asks for that is not the view's own to do.
enum class screen_wish : std::uint8_t { none, quit, save, why };

class screen_view {
public:
  static constexpr std::size_t search_bytes_max = 128;
  static constexpr unsigned zoom_max = 12;  // halves of the history

  screen_wish press(char key, const stream_board& board, std::int64_t now_ms);
  scene look(const stream_board& board, const screen_room& room, std::int64_t now_ms);

  // Shown in place of the panels until the next key.
  void say(std::vector<std::string> lines) {
    lines_ = std::move(lines);
    held_scene_.reset();
  }
  // Shown above until the next key.
  void remark(std::string text) {
    remark_ = std::move(text);
    held_scene_.reset();
  }
  // The event that `w` is about: the newest of the stream that is chosen, else the worst open one, else the newest.
  const stream_event* event_in_question(const stream_board& board) const;
  // Points outside are not shown.
  void limit(std::optional<std::int64_t> from, std::optional<std::int64_t> to) { from_ = from, to_ = to; }
  bool is_paused() const { return is_paused_; }
  const std::string& chosen() const { return chosen_; }
  // Streams that had panels when it was looked last.
  const std::vector<std::string>& shown() const { return shown_; }

private:
  void type(char key);
  void step(int by, const stream_board& board, std::int64_t now_ms);
  void move(int halves);
  void turn_pause(const stream_board& board);
  scene look_anew(const stream_board& board, const screen_room& room, std::int64_t now_ms);
  std::shared_ptr<const board_stream> stream_of(const stream_board& board, const std::string& name);
  void choose_streams(const stream_board::page& ranked, const stream_board& board, std::size_t panels);
  void add_events(const stream_board& board, scene& made) const;
  void fill(const stream_board& board, std::size_t panels, scene& made);
  void add_widths(const stream_board& board, scene& made, std::int64_t from, std::int64_t to);
  std::string status() const;

  std::string chosen_;  // empty: none
  std::string search_;
  bool is_typing_ = false;
  bool is_paused_ = false;
  unsigned zoom_ = 0;
  std::optional<std::int64_t> end_{};  // of what is in view; empty: the newest
  std::size_t feature_first_ = 0;      // of the chosen stream, where they do not all fit
  std::vector<std::string> shown_;     // that have panels, in their order
  std::vector<std::string> lines_;
  std::string remark_;
  // While paused: the streams that were looked at, the events, and the frame until the next key.
  std::vector<std::shared_ptr<const board_stream>> held_;
  std::deque<stream_event> held_events_;
  std::optional<scene> held_scene_;
  screen_room held_room_{};
  std::optional<std::int64_t> from_{};
  std::optional<std::int64_t> to_{};
  // As the last look had them.
  std::int64_t oldest_ = 0;
  std::int64_t newest_ = 0;
  std::size_t feature_next_ = 0;  // 0: the last features are in view
};

}  // namespace spindrift
