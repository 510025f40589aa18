// A threshold behind the last number of its part.
#include "server/engine/threshold_evidence.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include "common/model/explanation.hpp"

namespace spindrift {
namespace {

// Of |z|, where the settings leave it to the method; sigma is such that these are right for any tail.
constexpr double own_of_robust = 5;
constexpr double own_of_classic = 3;

void add(std::string_view part, std::string_view name, double value, std::vector<evidence_number>& numbers) {
  const auto last =
      std::find_if(numbers.rbegin(), numbers.rend(), [part](const evidence_number& one) { return one.part == part; });
  if (last != numbers.rend()) numbers.insert(last.base(), {part, name, value, {}});
}

}  // namespace

void complete_evidence(std::vector<event>& notices, const detector_settings& settings,
                       std::span<const std::string> features) {
  const double own = settings.zscore.method == zscore_method::robust ? own_of_robust : own_of_classic;
  for (event& notice : notices) {
    if (notice.why == nullptr || notice.why->evidence.empty()) continue;
    explanation full = *notice.why;
    add("zscore", "threshold", settings.zscore.threshold > 0 ? settings.zscore.threshold : own, full.evidence);
    add("adwin", "delta", settings.adwin.delta, full.evidence);
    add("ensemble", "threshold", settings.ensemble.threshold, full.evidence);
    for (evidence_number& one : full.evidence) {
      if (one.part != "relation" || one.name != "partner") continue;
      const auto feature = static_cast<std::size_t>(one.value);  // an index that was one before
      if (feature < features.size()) one.word = features[feature];
    }
    notice.why = std::make_shared<const explanation>(std::move(full));
  }
}

}  // namespace spindrift
