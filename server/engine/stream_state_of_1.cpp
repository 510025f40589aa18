// Cuts a stream's state as 0.1.0 wrote it (version 1: the detectors one behind the other, without lengths) into parts.
//
// The lengths are written out here and not asked of the detectors' classes, which go on changing while files do not:
// so a detector whose state is the same since then continues even where the one before it does not.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/limit.hpp"
#include "server/detect/registry.hpp"
#include "server/engine/stream_state.hpp"
#include "server/store/bytes.hpp"

namespace spindrift {
namespace {

constexpr std::uint16_t version_of_all = 1;

void skip(byte_reader& in, std::size_t bytes) {
  in.text(bytes);
}
void skip_sequence(byte_reader& in, std::size_t element_bytes) {
  const std::size_t count = in.fixed<std::uint32_t>();
  skip(in, count * element_bytes);
}

void skip_classic_zscore(byte_reader& in) {
  skip_sequence(in, 8);
  skip(in, 3 * 4 + 4 * 8);
}

void skip_robust_zscore(byte_reader& in) {
  constexpr std::size_t track = 16 + (40 * 2 + 2 + 8) + 8;  // scale, tail, loss
  constexpr std::size_t autoregression = (64 + 8 + 8 + 8 + 1 + 1) * 8;
  skip(in, track + autoregression + 8 * 8 + 8 + 2 * 2 + 4 * 8);
  skip_sequence(in, 8);
  if (in.byte() == 0) return;
  skip_sequence(in, 8);
  skip(in, 4 * 4 + 2 * 8 + track + 1);
}

void skip_adwin(byte_reader& in) {
  skip(in, 6 * 8 + 8 + 4 + 2);
  skip(in, 3 * 8 + 3 * 8);
  const auto n_rows = in.fixed<std::uint32_t>();
  const std::string_view counts = in.text(48);
  std::size_t buckets = 0;
  for (std::size_t row = 0; row < counts.size() && (row == 0 || row < n_rows); ++row) {
    buckets += static_cast<unsigned char>(counts[row]);
  }
  skip(in, buckets * 16);
  skip(in, 8 + 16);
  skip_sequence(in, 4 * 8);
}

void skip_ensemble(byte_reader& in) {
  constexpr std::size_t moments = 3 * 8 + 4;
  skip(in, 4 + 4 + 8 + 4 + 5 * 4 * 8);  // count, quiet, score, held
  skip(in, 1 + 2 * 8);                  // range
  skip(in, 7 * moments);                // level
  for (int profile = 0; profile < 3; ++profile) {
    skip_sequence(in, 1);
    skip_sequence(in, 8 + 8 + 4);
  }
  skip(in, 3 * (4 + 4 + 8 + 20 * 8 + moments));
  for (int shape = 0; shape < 3; ++shape) {
    skip(in, 4 + 3 * 8 + 4 + 4 + 8 * 8 + moments + 4);
    skip_sequence(in, 16 * 8 * 4);
    skip_sequence(in, 4);
  }
  for (int calibration = 0; calibration < 12; ++calibration) {
    skip(in, 6 * 4 + 8);
    skip_sequence(in, 2);
    skip_sequence(in, 4);
  }
}

void skip_isolation_forest(byte_reader& in) {
  skip(in, 8 + 4 + 8 + 8 + 1 + 8 + 512 * 4);
  skip_sequence(in, 8);
  skip_sequence(in, 2 * 8);
}

void skip_detector(detector_tag tag, byte_reader& in) {
  switch (tag) {
    case detector_tag::classic_zscore:
      return skip_classic_zscore(in);
    case detector_tag::robust_zscore:
      return skip_robust_zscore(in);
    case detector_tag::adwin:
      return skip_adwin(in);
    case detector_tag::ensemble:
      return skip_ensemble(in);
    case detector_tag::isolation_forest:
      return skip_isolation_forest(in);
    case detector_tag::clock:
      return;  // came later
  }
}

// Thirteen numbers, separated by spaces. False when the text is something else.
bool read_settings(std::string_view text, detector_settings& settings) {
  std::array<std::uint32_t, 13> numbers{};
  for (std::uint32_t& number : numbers) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end == text.data() + text.size() || *end != ' ') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  settings.zscore_on = numbers[0] != 0;
  settings.adwin_on = numbers[1] != 0;
  settings.ensemble_on = numbers[2] != 0;
  settings.isolation_forest_on = numbers[3] != 0;
  settings.zscore.method =
      numbers[4] == static_cast<std::uint32_t>(zscore_method::classic) ? zscore_method::classic : zscore_method::robust;
  settings.zscore.seasonal = numbers[5] != 0;
  settings.zscore.window = numbers[6];
  settings.adwin.clock = numbers[7];
  settings.adwin.max_buckets = numbers[8];
  settings.isolation_forest.trees = numbers[9];
  settings.isolation_forest.sample_size = numbers[10];
  settings.isolation_forest.window = numbers[11];
  settings.isolation_forest.rebuild_every = numbers[12];
  return text.empty();
}

}  // namespace

bool migrate_stream_of_1(std::string_view bytes, std::string_view settings, std::string& out) {
  byte_reader in(bytes);
  std::string_view rest = bytes;
  // What was read since the last call.
  const auto cut = [&] {
    const std::string_view piece = rest.substr(0, rest.size() - in.left());
    rest = rest.substr(rest.size() - in.left());
    return piece;
  };
  const std::uint32_t feature_count = in.fixed<std::uint32_t>();
  if (feature_count > model::features_max) return false;
  for (std::uint32_t i = 0; i < feature_count; ++i) skip_sequence(in, 1);
  skip(in, 3 * 8);
  if (!in.ok()) return false;
  const std::size_t numbers = begin_part(static_cast<std::uint16_t>(stream_part::numbers), 1, 0, out);
  out.append(cut());
  end_part(numbers, out);

  detector_settings chosen;
  if (!read_settings(settings, chosen)) return true;  // where one detector ends and the next begins is not known
  std::vector<const detector_entry*> parts;
  for (const detector_entry& entry : detectors()) {
    const bool is_later = entry.tag > detector_tag::isolation_forest;
    if (!is_later && entry.runs(chosen)) parts.push_back(&entry);
  }
  std::vector<std::string> states(parts.size());
  const auto take = [&](std::size_t part) {
    skip_detector(parts[part]->tag, in);
    states[part].append(cut());
  };
  for (std::uint32_t feature = 0; feature < std::max(feature_count, 1U); ++feature) {
    for (std::size_t part = 0; part < parts.size() && in.ok(); ++part) {
      if (parts[part]->tag != detector_tag::isolation_forest) take(part);
    }
  }
  if (chosen.isolation_forest_on) take(parts.size() - 1);
  if (!in.ok() || in.left() != 0) return false;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const auto tag = static_cast<std::uint16_t>(parts[part]->tag);
    const std::size_t begin = begin_part(tag, version_of_all, parts[part]->state_settings(chosen), out);
    out.append(states[part]);
    end_part(begin, out);
  }
  return true;
}

}  // namespace spindrift
