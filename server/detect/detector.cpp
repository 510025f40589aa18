// Feeds a point to the detectors that are on and puts what they say together.
#include "server/detect/detector.hpp"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "server/detect/archive.hpp"
#include "server/detect/classic_zscore.hpp"
#include "server/detect/drift_detector.hpp"
#include "server/detect/ensemble/ensemble.hpp"
#include "server/detect/prefetch.hpp"
#include "server/detect/shared_networks.hpp"
#include "server/detect/timed_zscore.hpp"

namespace spindrift {
namespace {

constexpr double sure_gap = 2;  // in sigma of what is left after the clock

void begin_anew(classic_zscore& one, const detector_settings& settings) {
  one = classic_zscore(settings.zscore);
}
void begin_anew(timed_zscore& one, const detector_settings& settings) {
  one = timed_zscore(settings.zscore);
}
void begin_anew(drift_detector& one, const detector_settings& settings) {
  one = drift_detector(settings.adwin);
}
void begin_anew(ensemble& one, const detector_settings& settings) {
  one = ensemble(settings.ensemble);
}
void begin_anew(point_clock& one, const detector_settings& /*settings*/) {
  one = {};
}

// Where one begins behind what ends there; then it ends behind that one.
template <class Part>
std::uint16_t place_behind(std::size_t& end) {
  static_assert(alignof(Part) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);  // what the block has
  const std::size_t at = (end + alignof(Part) - 1) / alignof(Part) * alignof(Part);
  end = at + sizeof(Part);
  return static_cast<std::uint16_t>(at);
}

template <class Part>
Part* part(std::byte* block, std::uint16_t at) {
  return std::launder(reinterpret_cast<Part*>(block + at));
}

const std::uint8_t zscore_bit = judge_bit("zscore");

baseline_reading unjudged(double x) {
  return {.expected = x, .sigma = 0, .z = 0, .anomaly = false, .warmup = false};
}

}  // namespace

inline classic_zscore* feature_detector::classic() const {
  return baseline_ == baseline::classic ? part<classic_zscore>(block_.get(), 0) : nullptr;
}
inline timed_zscore* feature_detector::robust() const {
  return baseline_ == baseline::robust ? part<timed_zscore>(block_.get(), 0) : nullptr;
}
inline drift_detector* feature_detector::adwin() const {
  return adwin_at_ == off ? nullptr : part<drift_detector>(block_.get(), adwin_at_);
}
inline ensemble* feature_detector::alarms() const {
  return alarms_at_ == off ? nullptr : part<ensemble>(block_.get(), alarms_at_);
}

// Each is said to be there once it is, so that what follows may fail.
feature_detector::feature_detector(const detector_settings& settings) : feature_detector() {
  static_assert(sizeof(timed_zscore) + sizeof(drift_detector) + sizeof(ensemble) + 64 < off);
  const bool is_classic = settings.zscore_on && settings.zscore.method == zscore_method::classic;
  const bool is_robust = settings.zscore_on && settings.zscore.method == zscore_method::robust;
  std::size_t bytes = is_classic ? sizeof(classic_zscore) : is_robust ? sizeof(timed_zscore) : 0;
  const std::uint16_t adwin_at = settings.adwin_on ? place_behind<drift_detector>(bytes) : off;
  const std::uint16_t alarms_at = settings.ensemble_on ? place_behind<ensemble>(bytes) : off;
  if (bytes > 0) block_.reset(new std::byte[bytes]);
  if (is_classic) new (block_.get()) classic_zscore(settings.zscore);
  if (is_classic) baseline_ = baseline::classic;
  if (is_robust) new (block_.get()) timed_zscore(settings.zscore);
  if (is_robust) baseline_ = baseline::robust;
  if (settings.adwin_on) new (block_.get() + adwin_at) drift_detector(settings.adwin);
  adwin_at_ = adwin_at;
  if (settings.ensemble_on) new (block_.get() + alarms_at) ensemble(settings.ensemble);
  alarms_at_ = alarms_at;
}

feature_detector::feature_detector(feature_detector&& from) noexcept : feature_detector() {
  swap(from);
}
feature_detector& feature_detector::operator=(feature_detector&& from) noexcept {
  swap(from);
  return *this;
}
feature_detector::~feature_detector() {
  if (alarms()) std::destroy_at(alarms());
  if (adwin()) std::destroy_at(adwin());
  if (robust()) std::destroy_at(robust());
  if (classic()) std::destroy_at(classic());
}

void feature_detector::swap(feature_detector& with) noexcept {
  std::swap(block_, with.block_);
  std::swap(adwin_at_, with.adwin_at_);
  std::swap(alarms_at_, with.alarms_at_);
  std::swap(baseline_, with.baseline_);
}

double feature_detector::mean() {
  return adwin() ? adwin()->mean() : 0.0;
}

void feature_detector::update(double x, double t_seconds, double interval, bool after_hole, feature_reading& seen) {
  const double season = update_baseline(x, t_seconds, interval, after_hole, seen);
  const bool is_odd = seen.baseline.anomaly;
  if (seen.beat || seen.lasts) seen.baseline.anomaly = false;
  seen.zscore_flagged = seen.baseline.anomaly;
  if (drift_detector* const drift = adwin()) {
    // A spike is no drift. The robust baseline adopts a new level after a few flagged points, so ADWIN soon sees it;
    // the classic one may flag window / 4 points in a row, which would hide a shift for as long. And what returns with
    // the clock is none.
    const timed_zscore* const robust_one = robust();
    if (robust_one && robust_one->has_adopted()) drift->expect_step();
    seen.drift = drift->update((robust_one && is_odd ? seen.baseline.expected : x) - season);
    if (seen.drift) follow_drift(seen.drift->width);
  }
  if (ensemble* const whole = alarms()) {
    const event_reading event = whole->update(x, t_seconds);
    seen.score = event.score;
    seen.alarm = event.alarm;
  }
}

void feature_detector::prefetch() const {
  prefetch_object(classic());
  prefetch_object(robust());
  prefetch_object(adwin());
  prefetch_object(alarms());
}

void feature_detector::prefetch_windows() const {
  if (classic()) classic()->prefetch();
  if (robust()) robust()->prefetch();
  if (adwin()) adwin()->prefetch();
  if (alarms()) alarms()->prefetch();
}

// What the clock adds to the level now.
double feature_detector::update_baseline(double x, double t_seconds, double interval, bool after_hole,
                                         feature_reading& seen) {
  if (timed_zscore* const by_time = robust()) {
    const timed_zscore::season_now season = by_time->update(x, t_seconds, interval, after_hole, seen);
    drift_detector* const drift = adwin();
    if (season.is_other && drift) drift->restart();
    if (drift) drift->believe(seen.clock && season.counts ? sure_gap * seen.clock->sigma : 0);
    return season.value;
  }
  if (classic_zscore* const plain = classic()) {
    seen.baseline = plain->update(x);
    seen.baseline.anomaly = seen.baseline.anomaly && !after_hole;
    return 0;
  }
  // Without a baseline nothing is expected: the point is its own expectation.
  seen.baseline = unjudged(x);
  return 0;
}

void feature_detector::follow_drift(double width) {
  if (classic()) classic()->keep_last(width);
  if (robust()) robust()->relearn();
}

detector::detector(const detector_settings& settings, std::size_t features, shared_networks* together)
    : first_(settings) {
  assert(features > 0);
  if (features > 1) {
    further& others = make_further();
    others.features.reserve(features - 1);
    for (std::size_t i = 1; i < features; ++i) others.features.emplace_back(settings);
    others.seen.resize(features);
  }
  for (const detector_entry& entry : detectors()) {
    if (entry.make == nullptr || !entry.runs(settings)) continue;
    make_further().together = together;
    further_->judges.push_back({entry.tag, judge_bit(entry.name), made(entry, settings)});
  }
  share_alarms();
}

detector::further& detector::make_further() {
  if (!further_) further_ = std::make_unique<further>();
  return *further_;
}

std::unique_ptr<point_judge> detector::made(const detector_entry& of, const detector_settings& settings) const {
  const bool is_shared = !settings.shared_as.empty() && further_->together != nullptr && of.make_with != nullptr;
  if (!is_shared) return of.make(settings, feature_count());
  return of.make_with(settings, feature_count(), further_->together->of(of, feature_count()));
}

void detector::share_alarms() {
  if (feature_count() == 1 || first_.alarms() == nullptr) return;
  first_.alarms()->share_among(feature_count());
  for (const feature_detector& other : further_->features) other.alarms()->share_among(feature_count());
}

// One reading whatever comes, so that it is made where it is wanted.
reading detector::update(std::span<const double> values, double t_seconds) {
  assert(values.size() == feature_count());
  reading combined;
  const point_clock::place place = clock_.update(t_seconds);
  if (place == point_clock::place::late) {
    combined.baseline = unjudged(values.front());
    combined.late = true;
    return combined;
  }
  combined.after_hole = place == point_clock::place::after_hole;
  first_.update(values.front(), t_seconds, clock_.interval(), combined.after_hole, combined);
  if (feature_count() > 1) combine(values, t_seconds, combined);
  if (combined.zscore_flagged) combined.judged_by = zscore_bit;
  if (further_) {
    for (const judge& one : further_->judges) {
      if (one.by->observe(values, t_seconds) && !combined.after_hole) combined.judged_by |= one.bit;
    }
  }
  return combined;
}

void detector::combine(std::span<const double> values, double t_seconds, reading& combined) {
  further_->seen[0] = combined;
  for (std::size_t i = 1; i < values.size(); ++i) {
    feature_reading& next = further_->seen[i] = {};
    further_->features[i - 1].update(values[i], t_seconds, clock_.interval(), combined.after_hole, next);
    // All features share one threshold, so |z| alone says which is the strangest.
    if (std::abs(next.baseline.z) > std::abs(combined.baseline.z)) {
      combined.feature = i;
      combined.baseline = next.baseline;
      combined.clock = next.clock;
    }
    combined.zscore_flagged = combined.zscore_flagged || next.zscore_flagged;
    if (!combined.drift) combined.drift = next.drift;
    if (next.score && *next.score > *combined.score) combined.score = next.score;
    combined.alarm = combined.alarm || next.alarm;
  }
  combined.features = further_->seen;
}

// Shows `visit` each object of the part, which has to run here.
template <class Visitor>
void detector::visit_part(detector_tag part, Visitor&& visit) {
  const auto visit_features = [&](auto* (feature_detector::*part_of)() const) {
    visit(*(first_.*part_of)());
    if (!further_) return;
    for (const feature_detector& other : further_->features) visit(*(other.*part_of)());
  };
  switch (part) {
    case detector_tag::classic_zscore:
      return visit_features(&feature_detector::classic);
    case detector_tag::robust_zscore:
      return visit_features(&feature_detector::robust);
    case detector_tag::adwin:
      return visit_features(&feature_detector::adwin);
    case detector_tag::ensemble:
      return visit_features(&feature_detector::alarms);
    case detector_tag::clock:
      return visit(clock_);
    default:
      assert(false);
  }
}

void detector::expect() {
  if (!further_) return;
  for (const judge& one : further_->judges) one.by->expect();
}

point_judge* detector::find_judge(detector_tag part) const {
  if (!further_) return nullptr;
  for (const judge& one : further_->judges) {
    if (one.tag == part) return one.by.get();
  }
  return nullptr;
}

void detector::save(detector_tag part, std::string& out) {
  if (point_judge* const whole = find_judge(part)) return whole->save(out);
  state_writer archive(out);
  visit_part(part, [&](auto& one) { archive(one); });
}

bool detector::restore(detector_tag part, std::string_view bytes, const detector_settings& settings) {
  for (std::size_t i = 0; further_ && i < further_->judges.size(); ++i) {
    judge& one = further_->judges[i];
    if (one.tag != part) continue;
    if (one.by->restore(bytes)) return true;
    one.by = made(*find_detector(part), settings);
    return false;
  }
  state_reader archive(bytes);
  visit_part(part, [&](auto& one) { archive(one); });
  if (archive.ok() && archive.bytes_left() == 0) return true;
  visit_part(part, [&](auto& one) { begin_anew(one, settings); });
  if (part == detector_tag::ensemble) share_alarms();
  return false;
}

}  // namespace spindrift
