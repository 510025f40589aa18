// Any bytes as the state of a stream. The first byte chooses the version (1, 2 or a later one) and the settings; with
// version 1 the text of the settings of then follows, up to the first LF.
//
// Must hold: no crash, memory in proportion to the bytes; a stream that was made takes points, and written again it is
// read without a loss.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/stream_state.hpp"

namespace spindrift {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

shared_profile profile_of(unsigned kind) {
  detector_settings settings;
  settings.isolation_forest_on = (kind & 1U) != 0;
  settings.ensemble_on = (kind & 2U) == 0;
  if ((kind & 4U) != 0) settings.zscore.method = zscore_method::classic;
  settings.zscore.seasonal = (kind & 8U) != 0;
  settings.one_class_svm_on = (kind & 16U) != 0;
  settings.autoencoder_on = settings.recurrent_on = (kind & 32U) != 0;
  settings.zscore.window = 50;
  settings.isolation_forest.trees = 10;
  settings.isolation_forest.sample_size = 16;
  settings.isolation_forest.window = 64;
  settings.isolation_forest.rebuild_every = 32;
  return std::make_shared<const stream_profile>(settings);
}

void try_input(std::string_view input) {
  if (input.empty()) return;
  const auto kind = static_cast<unsigned char>(input[0]);
  input.remove_prefix(1);
  stream_bytes from{.name = "s", .version = (kind & 3U) == 0 ? 1U : (kind & 3U) == 3 ? 3U : 2U, .bytes = input};
  if (from.version == 1) {
    from.settings_of_1 = input.substr(0, input.find('\n'));
    from.bytes = input.substr(std::min(input.size(), from.settings_of_1.size() + 1));
  }
  const shared_profile profile = profile_of(kind >> 2U);
  std::vector<state_loss> losses;
  const auto made = restore_stream(from, profile, losses);
  require(made || !losses.empty());
  if (!made) return;
  const std::vector<double> values(made->detectors.feature_count(), 1.5);
  for (int i = 0; i < 3; ++i) made->detectors.update(values, 60.0 * i);
  std::string bytes;
  save_stream(*made, bytes);
  losses.clear();
  const auto again = restore_stream({.name = "s", .bytes = bytes}, profile, losses);
  require(again && losses.empty() && again->n == made->n);
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spindrift::try_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
