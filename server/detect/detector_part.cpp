// The table of tags, versions and settings that saved state goes by.
#include "server/detect/detector_part.hpp"

#include <initializer_list>

#include "server/detect/detector.hpp"

namespace spindrift {
namespace {

// FNV-1a over the bytes of the numbers. It stands in files: not to be changed.
std::uint32_t hash_of(std::initializer_list<std::uint64_t> numbers) {
  std::uint32_t hash = 2'166'136'261U;
  for (const std::uint64_t number : numbers) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ static_cast<std::uint32_t>((number >> shift) & 0xffU)) * 16'777'619U;
    }
  }
  return hash;
}

}  // namespace

std::vector<detector_part> parts_of(const detector_settings& settings) {
  std::vector<detector_part> parts;
  const zscore_settings& zscore = settings.zscore;
  const isolation_forest_settings& forest = settings.isolation_forest;
  if (settings.zscore_on && zscore.method == zscore_method::classic) {
    parts.push_back({detector_tag::classic_zscore, classic_zscore::state_version, hash_of({zscore.window})});
  }
  if (settings.zscore_on && zscore.method == zscore_method::robust) {
    parts.push_back({detector_tag::robust_zscore, timed_zscore::state_version, hash_of({zscore.seasonal ? 1U : 0U})});
  }
  if (settings.adwin_on) {
    parts.push_back({detector_tag::adwin, drift_detector::state_version,
                     hash_of({settings.adwin.clock, settings.adwin.max_buckets})});
  }
  if (settings.ensemble_on) parts.push_back({detector_tag::ensemble, ensemble::state_version, hash_of({})});
  if (settings.isolation_forest_on) {
    parts.push_back({detector_tag::isolation_forest, isolation_forest::state_version,
                     hash_of({forest.trees, forest.sample_size, forest.window, forest.rebuild_every})});
  }
  parts.push_back({detector_tag::clock, point_clock::state_version, hash_of({})});
  return parts;
}

std::string_view name_of(detector_tag tag) {
  switch (tag) {
    case detector_tag::classic_zscore:
      return "zscore (classic)";
    case detector_tag::robust_zscore:
      return "zscore (robust)";
    case detector_tag::adwin:
      return "adwin";
    case detector_tag::ensemble:
      return "ensemble";
    case detector_tag::isolation_forest:
      return "iforest";
    case detector_tag::clock:
      return "clock";
  }
  return {};
}

}  // namespace spindrift
