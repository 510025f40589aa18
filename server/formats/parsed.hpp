// What a reader of a format has made of its bytes: points, and what was wrong with the rest.
//
// Points look into the bytes that were read or, where a name had to be put together, into memory kept here; both must
// stay until the points have been used, and clear() ends them. Owned by whoever calls the readers (a session's shard, a
// request), one thread at a time. Limits: a point of at most model::features_max features; faults_max faults are kept
// with their text, more are only counted. Nothing in here throws but std::bad_alloc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/point.hpp"
#include "server/formats/field_mapping.hpp"
#include "server/formats/text_arena.hpp"

namespace spindrift::formats {

// Why something gave no point. Spelt by name_of() in logs, metrics and answers.
enum class fault_cause : std::uint8_t {
  unknown_shape,  // no format that we read looks like this
  bad_value,      // no number
  not_finite,     // NaN or infinite: nothing was measured, or divided by nothing
  bad_time,       // no time that we read
  bad_name,       // bad UTF-8 or nothing at all
  bad_syntax,     // begins like its format and goes on otherwise
  too_large,
};
inline constexpr std::size_t fault_causes = 7;
std::string_view name_of(fault_cause cause);

struct fault {
  fault_cause cause = fault_cause::unknown_shape;
  std::string_view line;     // what it stood in; dies with the bytes
  const char* reason = "";   // what was wrong and what would be right
  std::uint64_t number = 0;  // of the line or item, from 1; 0: not known
};

class parsed {
public:
  static constexpr std::size_t faults_max = 64;

  // A point of `stream`, a name as it came: one that is_name() would refuse is mended (what may not stand in it becomes
  // '_'), cut or refused. False: it became a fault.
  bool add(std::string_view stream, double value, std::optional<std::int64_t> ts_ms, std::string_view line);
  // The same for a name that lives no longer than this call.
  bool add_copy(std::string_view stream, double value, std::optional<std::int64_t> ts_ms, std::string_view line);
  // The same with a text that holds the number; the name is copied.
  bool add_text(std::string_view stream, std::string_view number, std::optional<std::int64_t> ts_ms,
                std::string_view line);
  bool add_values(std::string_view stream, std::span<const feature> values, std::optional<std::int64_t> ts_ms,
                  std::string_view line);
  // The points from that index on are counts that only grow.
  void mark_counters(std::size_t from) {
    for (std::size_t i = from; i < points_.size(); ++i) points_[i].is_counter = true;
  }
  void refuse(fault_cause cause, std::string_view line, const char* reason);
  // A field that is no number: text, a boolean. Neither a point nor a fault.
  void skip() { ++skipped_; }
  // OpenTSDB's `version`, by which a client finds out whether anybody is there.
  void ask_version() { asks_version_ = true; }
  bool asks_version() const { return asks_version_; }
  void answer_version() { asks_version_ = false; }
  // The line that is being read, for faults.
  void set_line(std::uint64_t number) { line_ = number; }

  std::span<const point> points() const { return points_; }
  // Forgets the points from that index on; their texts stay.
  void drop_points(std::size_t from) { points_.resize(from); }
  std::span<const fault> faults() const { return faults_; }
  std::uint64_t fault_count(fault_cause cause) const { return counts_[static_cast<std::size_t>(cause)]; }
  std::uint64_t fault_count() const { return faults_in_all_; }
  std::uint64_t skipped() const { return skipped_; }
  text_arena& texts() { return texts_; }
  // Which fields of JSON mean what; outlives this.
  void set_mapping(const field_mapping& mapping) { mapping_ = &mapping; }
  const field_mapping& mapping() const { return *mapping_; }
  void clear();

private:
  std::string_view usable_name(std::string_view text);
  bool add_kept(std::string_view name, double value, std::optional<std::int64_t> ts_ms, std::string_view line);

  std::vector<point> points_;
  std::vector<fault> faults_;
  std::array<std::uint64_t, fault_causes> counts_{};
  std::uint64_t faults_in_all_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t line_ = 0;
  bool asks_version_ = false;
  const field_mapping* mapping_ = &default_mapping();
  text_arena texts_;
  std::vector<std::unique_ptr<feature[]>> features_;
};

}  // namespace spindrift::formats
