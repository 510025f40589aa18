// Chooses streams, cuts their histories, takes keys.
#include "visualizer/series/screen_view.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace spindrift {
namespace {

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max();

const std::vector<std::string> keys_help = {
    "space  pause, and on again",
    "+ -    zoom",
    "[ ]    back in time, and forward (arrows too)",
    "n p    the next stream, and the one before; Esc: all again",
    "/      search: a part of a name, or a pattern with * and ?; Enter keeps it, Esc drops it",
    "w      why: what the newest event of this stream was told for",
    "s      save a picture",
    "q      quit",
};

std::size_t panels_of(const board_stream& shown) {
  return static_cast<std::size_t>(
      std::ranges::count_if(shown.features, [](const series& one) { return !one.samples().empty(); }));
}

list_row row_of(const board_stream& from, std::int64_t now_ms) {
  list_row row;
  row.name = from.name;
  row.title = from.title;
  row.unit = from.unit;
  const bool is_recent = from.recent_severity > 0 && now_ms - from.recent_ms < stream_board::recent_span_ms;
  row.is_open = from.open_severity > 0;
  row.severity = row.is_open ? from.open_severity : is_recent ? from.recent_severity : 0;
  row.kind = row.is_open ? from.open_kind : is_recent ? from.recent_kind : "";
  row.has_value = !from.features.empty() && !from.features.front().samples().empty();
  if (row.has_value) row.value = from.features.front().samples().back().value;
  row.age_ms = from.heard_ms == 0 ? 0 : now_ms - from.heard_ms;
  row.is_stale = from.is_stale(now_ms);
  return row;
}

}  // namespace

std::string keys_of(std::string_view bytes) {
  std::string keys;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool is_sequence =
        bytes[i] == key_escape && i + 1 < bytes.size() && (bytes[i + 1] == '[' || bytes[i + 1] == 'O');
    if (!is_sequence) {
      keys += bytes[i] == '\n' ? key_enter : bytes[i] == '\b' ? key_erase : bytes[i];
      continue;
    }
    i += 2;
    while (i < bytes.size() && static_cast<unsigned char>(bytes[i]) < 0x40) ++i;
    if (i == bytes.size()) break;
    constexpr std::string_view arrows = "ABCD";  // up, down, right, left
    const std::size_t arrow = arrows.find(bytes[i]);
    if (arrow != std::string_view::npos) keys += std::string_view("pn][")[arrow];
  }
  return keys;
}

void screen_view::type(char key) {
  if (key == key_enter) {
    is_typing_ = false;
  } else if (key == key_escape) {
    is_typing_ = false;
    search_.clear();
  } else if (key == key_erase) {
    // A whole character.
    while (!search_.empty() && (static_cast<unsigned char>(search_.back()) & 0xc0U) == 0x80) search_.pop_back();
    if (!search_.empty()) search_.pop_back();
  } else if (static_cast<unsigned char>(key) >= 0x20 && search_.size() < search_bytes_max) {
    search_ += key;
  }
}

screen_wish screen_view::press(char key, const stream_board& board, std::int64_t now_ms) {
  remark_.clear();
  held_scene_.reset();
  if (is_typing_) {
    type(key);
    return screen_wish::none;
  }
  const bool was_told = !lines_.empty();
  lines_.clear();
  switch (key) {
    case 'q':
      return screen_wish::quit;
    case 's':
      return screen_wish::save;
    case 'w':
      return was_told ? screen_wish::none : screen_wish::why;
    case '?':
      if (!was_told) lines_ = keys_help;
      break;
    case ' ':
      turn_pause(board);
      break;
    case '+':
    case '=':
      zoom_ = std::min(zoom_ + 1, zoom_max);
      break;
    case '-':
      zoom_ -= zoom_ > 0 ? 1U : 0U;
      break;
    case '[':
      move(-1);
      break;
    case ']':
      move(1);
      break;
    case 'n':
      step(1, board, now_ms);
      break;
    case 'p':
      step(-1, board, now_ms);
      break;
    case '/':
      is_typing_ = true;
      search_.clear();
      chosen_.clear();
      break;
    case key_escape:
      if (was_told) break;
      if (chosen_.empty()) search_.clear();
      chosen_.clear();
      end_.reset();
      zoom_ = 0;
      break;
    default:
      break;
  }
  return screen_wish::none;
}

void screen_view::turn_pause(const stream_board& board) {
  is_paused_ = !is_paused_;
  held_.clear();
  held_events_.clear();
  if (is_paused_) held_events_ = board.events();
}

// Through the list in the order of its ranks; where a stream has more features than fit, through these first.
void screen_view::step(int by, const stream_board& board, std::int64_t now_ms) {
  if (by > 0 && !chosen_.empty() && feature_next_ > 0) {
    feature_first_ = std::exchange(feature_next_, 0);
    return;
  }
  feature_first_ = 0;
  const auto ranked = board.find({.match = search_, .count = board.stream_count()}, now_ms).streams;
  if (ranked.empty()) return;
  const auto at = std::ranges::find_if(ranked, [&](const board_stream* one) { return one->name == chosen_; });
  const auto count = static_cast<std::ptrdiff_t>(ranked.size());
  std::ptrdiff_t next = by > 0 ? 0 : count - 1;
  if (at != ranked.end()) next = (at - ranked.begin() + by + count) % count;
  chosen_ = ranked[static_cast<std::size_t>(next)]->name;
}

void screen_view::move(int halves) {
  const std::int64_t span = std::max<std::int64_t>((newest_ - oldest_) >> zoom_, 1);
  const std::int64_t end = end_.value_or(newest_) + halves * std::max<std::int64_t>(span / 2, 1);
  end_ = end >= newest_ ? std::nullopt : std::optional(std::max(end, oldest_ + span / 2));
}

// As it was when the pause began, or when it was first looked at in the pause.
std::shared_ptr<const board_stream> screen_view::stream_of(const stream_board& board, const std::string& name) {
  const board_stream* const live = board.stream_named(name);
  // Not ours to keep.
  if (!is_paused_ || live == nullptr) return {std::shared_ptr<void>(), live};
  const auto at = std::ranges::find_if(held_, [&](const auto& one) { return one->name == name; });
  if (at != held_.end()) return *at;
  if (held_.size() == gallery::panels_max) held_.erase(held_.begin());
  return held_.emplace_back(std::make_shared<const board_stream>(*live));
}

// A panel keeps its place for as long as its stream is among those that fit; one that is not gives its place to one
// of which something was told, and to others only when the search leaves it out.
void screen_view::choose_streams(const stream_board::page& ranked, const stream_board& board, std::size_t panels) {
  std::vector<const board_stream*> wanted;
  std::size_t used = 0;
  for (const board_stream* const one : ranked.streams) {
    const std::size_t more = panels_of(*one);
    if (more == 0) continue;
    if (!wanted.empty() && used + more > panels) break;
    wanted.push_back(one);
    used += more;
  }
  const auto is_wanted = [&](const std::string& name) {
    return std::ranges::any_of(wanted, [&](const board_stream* one) { return one->name == name; });
  };
  std::vector<std::string> kept;
  for (std::string& name : shown_) {
    if (is_wanted(name)) kept.push_back(name);
  }
  std::vector<std::string> fresh;
  for (const board_stream* const one : wanted) {
    if (std::ranges::find(kept, one->name) == kept.end()) fresh.push_back(one->name);
  }
  std::vector<std::string> made;
  auto next = fresh.begin();
  for (std::string& name : shown_) {
    if (is_wanted(name)) {
      made.push_back(name);
      continue;
    }
    const board_stream* const waits = next == fresh.end() ? nullptr : board.stream_named(*next);
    const bool is_news = waits != nullptr && (waits->open_severity > 0 || waits->recent_severity > 0);
    if (search_.empty() && !is_news && made.size() < wanted.size()) {
      made.push_back(name);
      if (next != fresh.end()) ++next;
    } else if (next != fresh.end()) {
      made.push_back(*next++);
    }
  }
  while (next != fresh.end()) made.push_back(*next++);
  made.resize(std::min(made.size(), wanted.size()));
  shown_ = std::move(made);
}

void screen_view::fill(const stream_board& board, std::size_t panels, scene& made) {
  oldest_ = always;
  newest_ = std::numeric_limits<std::int64_t>::min();
  std::vector<std::shared_ptr<const board_stream>> streams;
  for (const std::string& name : shown_) {
    if (auto one = stream_of(board, name)) streams.push_back(std::move(one));
  }
  const auto is_within = [&](const sample& point) {
    return from_.value_or(point.ts) <= point.ts && point.ts <= to_.value_or(point.ts);
  };
  for (const auto& one : streams) {
    for (const series& feature : one->features) {
      for (const sample& point : feature.samples()) {
        if (!is_within(point)) continue;
        oldest_ = std::min(oldest_, point.ts);
        newest_ = std::max(newest_, point.ts);
      }
    }
  }
  if (newest_ < oldest_) oldest_ = newest_ = 0;
  const std::int64_t to = end_.value_or(newest_);
  const std::int64_t from = zoom_ == 0 && !end_ ? oldest_ : to - ((newest_ - oldest_) >> zoom_);
  std::size_t index = 0;
  feature_next_ = 0;
  for (const auto& one : streams) {
    for (const series& feature : one->features) {
      const bool is_passed = !chosen_.empty() && index++ < feature_first_;
      if (is_passed || feature.samples().empty()) continue;
      if (made.shown.panels().size() == panels) {
        feature_next_ = chosen_.empty() ? 0 : index - 1;
        break;
      }
      series cut = feature;
      cut.keep_if([&](const sample& point) { return is_within(point) && from <= point.ts && point.ts <= to; });
      if (!cut.samples().empty()) made.shown.put(std::move(cut));
    }
  }
  if (made.has_widths) add_widths(board, made, from, to);
}

// A verdict tells the width where the window was cut. From there to the next cut it grows by a point each; before the
// first it is the number of the point, where the stream was heard from its beginning.
void screen_view::add_widths(const stream_board& board, scene& made, std::int64_t from, std::int64_t to) {
  const auto of = shown_.empty() ? nullptr : stream_of(board, shown_.front());
  if (of == nullptr || of->features.empty() || of->features.front().samples().empty()) return;
  const auto& samples = of->features.front().samples();
  auto cut = of->drifts.begin();
  std::optional<board_drift> last;
  for (const sample& point : samples) {
    while (cut != of->drifts.end() && cut->n <= point.n) last = *cut++;
    if (point.ts < from || point.ts > to || (!last && !of->is_from_start)) continue;
    const double width = last ? last->width + static_cast<double>(point.n - last->n) : static_cast<double>(point.n);
    made.widths.push_back({point.n, point.ts, width});
  }
}

std::string screen_view::status() const {
  std::string text;
  const auto append = [&text](const std::string& part) { text += (text.empty() ? "" : "   ") + part; };
  if (is_typing_) append("/" + search_ + "_");
  if (!is_typing_ && !search_.empty()) append("search " + search_);
  if (is_paused_) append("paused");
  if (end_) append("back in time");
  if (zoom_ > 0) append("zoom " + std::to_string(1U << zoom_) + "x");
  if (!remark_.empty()) append(remark_);
  return text;
}

void screen_view::add_events(const stream_board& board, scene& made) const {
  for (const stream_event& told : is_paused_ ? held_events_ : board.events()) {
    if (std::ranges::find(shown_, told.stream) != shown_.end()) made.shown.add(told);
  }
}

scene screen_view::look(const stream_board& board, const screen_room& room, std::int64_t now_ms) {
  if (is_paused_ && held_scene_ && held_room_ == room) return *held_scene_;
  scene made = look_anew(board, room, now_ms);
  if (is_paused_) {
    held_scene_ = made;
    held_room_ = room;
  }
  return made;
}

scene screen_view::look_anew(const stream_board& board, const screen_room& room, std::int64_t now_ms) {
  scene made;
  const std::size_t looked_at = std::max(gallery::panels_max, room.rows);
  const stream_board::page ranked = board.find({.match = search_, .count = looked_at}, now_ms);
  made.found = ranked.found;
  const bool is_alone = !chosen_.empty() || (ranked.found == 1 && board.stream_count() == 1);
  std::size_t panels = room.panels;
  if (is_alone) {
    const std::string only = chosen_.empty() ? ranked.streams.front()->name : chosen_;
    shown_ = {only};
    made.has_widths = true;
    panels = room.panels_above_widths;
  } else {
    std::size_t all = 0;
    for (const board_stream* const one : ranked.streams) all += panels_of(*one);
    const bool fit = ranked.found <= ranked.streams.size() && all <= room.panels;
    if (!fit) panels = room.panels_beside_list;
    choose_streams(ranked, board, panels);
    for (std::size_t i = 0; !fit && i < std::min(room.rows, ranked.streams.size()); ++i) {
      list_row& row = made.rows.emplace_back(row_of(*ranked.streams[i], now_ms));
      row.is_shown = std::ranges::find(shown_, row.name) != shown_.end();
    }
  }
  fill(board, panels, made);
  add_events(board, made);
  made.shown.add_missed(board.missed());
  made.status = status();
  made.lines = lines_;
  return made;
}

const stream_event* screen_view::event_in_question(const stream_board& board) const {
  const std::string stream = !chosen_.empty() ? chosen_ : shown_.size() == 1 ? shown_.front() : std::string();
  const stream_event* found = nullptr;
  for (const stream_event& told : board.events()) {
    if (!stream.empty()) {
      if (told.stream == stream) found = &told;
    } else if (found == nullptr ||
               (told.is_over() ? found->is_over() : found->is_over() || told.severity >= found->severity)) {
      found = &told;
    }
  }
  return found;
}

}  // namespace spindrift
