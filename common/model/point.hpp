// One measurement as it came in: which stream, when, which number or numbers.
//
// A point owns nothing: `stream`, the feature names and the `values` span look into the frame it was decoded from and
// into the decoder's scratch space, and are valid until the next frame is decoded into the same point_storage
// (see protocol/decode.hpp). Plain data, copied freely within that time; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace spindrift {

// One named number of a multivariate point. `value` is finite.
struct feature {
  std::string_view name;
  double value = 0;
};

struct point {
  std::string_view stream;            // never empty; "default" where none was sent
  double value = 0;                   // finite; meaningless when `values` is not empty
  std::span<const feature> values{};  // 1 to 64 features in the order sent; empty for a univariate point
  std::optional<std::int64_t> ts{};   // milliseconds since the Unix epoch; empty: the server fills in the arrival time
  std::uint64_t seq = 0;              // the producer's number, 1 to 2^53 - 1; 0: none was sent
  std::optional<bool> label{};        // ground truth, carried along, never used for detection

  bool is_multivariate() const { return !values.empty(); }
};

}  // namespace spindrift
