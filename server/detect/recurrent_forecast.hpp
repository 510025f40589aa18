// The detector `lstm`: one small recurrent network (recurrent_network.hpp, a GRU: as an LSTM without its output gate,
// and two thirds of its weights) says what the next point will be; the error is held against its own distribution
// (own_distribution.hpp). After Malhotra, Vig, Shroff, Agarwal (ESANN 2015), online.
//
// Shown are each value's level and its last step, in units that follow it (following_scale.hpp); foretold is the next
// step, so an untaught network says "as the last one". A point is flagged when the error of any of its values lies
// beyond the bound of that value. What is flagged is shown to the network as it was foretold, and not learned from;
// nine flags in the last sixteen points are a new level, which is taken as it came. The first 32 points only settle the
// units; flags can come after 100 more.
//
// The caller owns it; one thread at a time. The same points give the same flags, bit for bit, from every compiler.
// Points with NaN or infinity are ignored; the number of values must not change, at most 64. About 3 us a point and 6
// KiB a stream of one value, 5 of them saved; both grow with the values (64: 230 KiB). Where the weights are shared
// (shared_networks.hpp) 4 KiB of that are there once for all streams, and units, last points and errors are the
// stream's own.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/detect/following_scale.hpp"
#include "server/detect/own_distribution.hpp"
#include "server/detect/recurrent_network.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

std::vector<std::string> validate(const recurrent_settings& settings);

struct forecast_reading {
  double score = 0;  // the largest error as a multiple of its bound; 0: none yet
  bool anomaly = false;
};

class recurrent_forecast {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  // shared: of 2 x values inputs and as many outputs as values; null: it has weights of its own.
  recurrent_forecast(const recurrent_settings& settings, std::size_t values,
                     std::shared_ptr<recurrent_weights> shared = nullptr);

  forecast_reading update(std::span<const double> values, bool learns_all = false);

  // What it takes in a stream of so many values, with the allocator's share.
  static std::size_t grown_bytes(std::size_t values, bool is_shared);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(network_, flags_, seen_);
    for (channel& one : channels_) archive(one);
    if constexpr (Archive::reads) {
      // Errors of weights that are lost say nothing of new ones.
      if (channels_.front().errors.is_judging() && !network_.is_taught()) archive.refuse();
    }
  }

private:
  // One value of the points.
  struct channel {
    following_scale scale{5};
    own_distribution errors;
    double last = 0;      // as it was shown
    double foretold = 0;  // the next

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(scale, errors, last, foretold);
      if constexpr (Archive::reads) {
        if (!std::isfinite(last) || !std::isfinite(foretold)) archive.refuse();
      }
    }
  };

  double judge(std::span<const double> values) const;
  void learn(std::span<const double> values, bool is_flagged, bool is_adopted);

  recurrent_settings settings_;
  recurrent_network network_;
  std::vector<channel> channels_;
  std::vector<float> shown_;  // scratch, as is the next
  std::vector<float> errors_;
  std::uint16_t flags_ = 0;  // of the last sixteen points
  std::uint64_t seen_ = 0;
};

}  // namespace spindrift
