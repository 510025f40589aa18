// Says what is wrong with the baselines' settings.
#include "server/detect/zscore.hpp"

#include <algorithm>

#include "server/detect/complaint.hpp"

namespace spindrift {

std::vector<std::string> validate(const zscore_settings& settings) {
  std::vector<std::string> complaints;
  complain_unless_in(complaints, "--window", settings.window, 2U, zscore_window_max);
  complain_unless_in(complaints, "--threshold", settings.threshold, 0.0, 999'999.0);
  // A classic baseline never holds more than its window; beyond that it would stay in warm-up for ever.
  const bool is_classic = settings.method == zscore_method::classic;
  complain_unless_in(complaints, "--min-samples", settings.min_samples, 2U,
                     is_classic ? std::max(settings.window, 2U) : zscore_window_max);
  if (settings.seasonal && is_classic) {
    complaints.emplace_back("--zscore-seasonal: on is not allowed: only --zscore-method robust has it; give off");
  }
  return complaints;
}

}  // namespace spindrift
