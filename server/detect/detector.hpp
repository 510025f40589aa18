// The enabled detectors of one stream combined: values in, reading out.
//
// Every feature of a stream has its own baseline (Z-score), drift detector (ADWIN) and event detector (ensemble); those
// that judge whole points (the isolation forest) look at all features together. All come from registry.hpp. The reading
// names the feature whose |z| is largest relative to its threshold. A plain value of one stream; one thread at a time;
// settings are shared by all streams and outlive them. Values are finite (the protocol sees to it). Cost and bytes: the
// sum of the enabled parts, see their headers and docs/detection.md; by default about 0.33 us a point and 4 to 7
// KiB a stream for each value, 13 with a habit of the day.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/detect/point_clock.hpp"
#include "server/detect/reading.hpp"
#include "server/detect/registry.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

class classic_zscore;
class drift_detector;
class ensemble;
class shared_networks;
class timed_zscore;

// One feature's own detectors: those that are on, behind one another in one block, since a point needs all of them.
class feature_detector {
public:
  explicit feature_detector(const detector_settings& settings);
  feature_detector(feature_detector&&) noexcept;
  feature_detector& operator=(feature_detector&&) noexcept;
  ~feature_detector();

  // t_seconds: event time, seconds since the Unix epoch; interval: usual seconds between points, 0 while unknown. After
  // a hole the point is learned and not flagged. Into what is empty, where it is wanted: it is too much to be copied.
  void update(double x, double t_seconds, double interval, bool after_hole, feature_reading& seen);
  // Mean of ADWIN's window; 0 when that detector is off.
  double mean();
  // The detectors; and, once they are there, what they will look at.
  void prefetch() const;
  void prefetch_windows() const;

private:
  friend class detector;
  double update_baseline(double x, double t_seconds, double interval, bool after_hole, feature_reading& seen);
  void follow_drift(double width);

  enum class baseline : std::uint8_t { none, classic, robust };
  static constexpr std::uint16_t off = UINT16_MAX;

  feature_detector() = default;
  void swap(feature_detector& with) noexcept;
  // Null where they are off.
  classic_zscore* classic() const;
  timed_zscore* robust() const;
  drift_detector* adwin() const;
  ensemble* alarms() const;

  std::unique_ptr<std::byte[]> block_;
  std::uint16_t adwin_at_ = off;
  std::uint16_t alarms_at_ = off;
  baseline baseline_ = baseline::none;
};

class detector {
public:
  // `features`: how many values every point has, at least 1.
  // together: what it learns with other streams, where settings.shared_as says so; outlives it. Then update() is called
  // of one of these streams at a time.
  detector(const detector_settings& settings, std::size_t features, shared_networks* together = nullptr);

  reading update(std::span<const double> values, double t_seconds);
  double mean() { return first_.mean(); }
  // See prefetch.hpp. Of the first feature: further ones are seldom, and lie behind each other.
  void prefetch() const { first_.prefetch(); }
  void prefetch_windows() const { first_.prefetch_windows(); }
  std::size_t feature_count() const { return 1 + (further_ ? further_->features.size() : 0); }

  // A person has called an event expected: detectors of whole points learn what they flag, for a while.
  void expect();

  // Appends the state of one entry of the registry that runs here: that of each feature, in their order.
  void save(detector_tag part, std::string& out);
  // Takes it back. False when the bytes are not, to the last of them, such a state: that part then starts anew.
  bool restore(detector_tag part, std::string_view bytes, const detector_settings& settings);

private:
  template <class Visitor>
  void visit_part(detector_tag part, Visitor&& visit);
  point_judge* find_judge(detector_tag part) const;
  void share_alarms();
  void combine(std::span<const double> values, double t_seconds, reading& combined);

  struct judge {
    detector_tag tag{};
    std::uint8_t bit = 0;
    std::unique_ptr<point_judge> by;
  };
  // What streams of several features have beyond the first, and what judges whole points.
  struct further {
    std::vector<feature_detector> features;
    std::vector<feature_reading> seen;  // of the newest point, the first feature's included
    std::vector<judge> judges;
    shared_networks* together = nullptr;
  };
  std::unique_ptr<point_judge> made(const detector_entry& of, const detector_settings& settings) const;
  further& make_further();

  // Most streams have one feature: it is within, one block less for each, and of what others have there is a pointer.
  point_clock clock_;
  feature_detector first_;
  std::unique_ptr<further> further_;
};

}  // namespace spindrift
