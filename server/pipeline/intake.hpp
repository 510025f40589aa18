// Points that go through the pipeline together, with what became of each and the verdict lines that somebody wants.
//
// A source fills `points` (and `sender`, `holder` where the producer has a name), the pipeline fills the rest, the
// source answers from it, all on one thread. One a shard, used again and again: it allocates nothing once it has
// reached its size, but for lines that were shared with subscribers: those are made anew for each batch. The points are
// views, so the bytes they were read from must live until clear(). At most points_max points by the source's own care.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/feed/published_batch.hpp"

namespace spindrift {

struct event;
struct verdict;

line_class class_of(const verdict& judged);
line_class class_of(const event& notice);

class intake {
public:
  static constexpr std::size_t points_max = 512;  // bounds how long stripes stay locked

  batch points;
  std::uint64_t holder = 0;      // of a named sender: who believes to hold its name
  bool is_superseded = false;    // the name was taken over: nothing was applied, `points` has no outcomes
  std::uint64_t newest_seq = 0;  // of a named sender, after the batch

  bool is_empty() const { return points.points.empty(); }
  std::size_t size() const { return points.points.size(); }
  void clear();

  // Encodes the line of an applied point, once; `line(i)` is it from then on.
  void encode_line(std::size_t i);
  bool has_line(std::size_t i) const { return i < line_of_.size() && line_of_[i] != 0; }
  std::string_view line(std::size_t i) const { return lines_->text_of(lines_->lines[line_of_[i] - 1]); }
  // The same of something that an event has to say: `k` counts in points.told.
  void encode_event(std::size_t k);
  bool has_event_line(std::size_t k) const { return k < line_of_event_.size() && line_of_event_[k] != 0; }
  std::string_view event_line(std::size_t k) const { return lines_->text_of(lines_->lines[line_of_event_[k] - 1]); }
  // Appends the line of an applied point: the one that is there, else a new one that nobody else needs.
  void append_line(std::size_t i, std::string& out) const;
  // The lines encoded so far, to be kept and read by any thread: clear() leaves them as they are. Null: none.
  shared_published_batch share_lines() const;
  bool has_lines() const { return lines_ != nullptr && !lines_->lines.empty(); }

private:
  published_line& begin_line(std::size_t i, line_class kind);
  std::uint32_t end_line(published_line& line);

  std::shared_ptr<published_batch> lines_;
  mutable bool are_lines_shared_ = false;
  std::size_t size_before_ = 0;  // bytes of the last lines that were shared
  // For each point, and each thing told, 1 + its place in lines_; 0, or missing: not encoded.
  std::vector<std::uint32_t> line_of_;
  std::vector<std::uint32_t> line_of_event_;
};

}  // namespace spindrift
