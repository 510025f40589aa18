// Compares blocks of values with those before them.
#include "server/detect/block_contrast.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace spindrift {

void block_contrast::add(std::span<const double> values) {
  assert(values.size() <= batch_max);
  std::array<double, batch_max> means;
  std::copy(values.begin(), values.end(), means.begin());
  std::size_t n = values.size();
  std::uint64_t seen = count_;
  count_ = (seen + n) & count_mask;
  double root_half_size = std::numbers::sqrt2 / 2.0;
  for (std::size_t r = 0; n > 0 && r < levels_max; ++r) {
    if (r == n_levels_) hold(r + 1);
    std::size_t n_out = 0;
    const auto pair_up = [&](double a, double b) {
      note(r, root_half_size * std::fabs(a - b));
      means[n_out++] = 0.5 * (a + b);
    };
    std::size_t i = 0;
    if ((seen & 1U) != 0) pair_up(waiting()[r], means[i++]);
    for (; i + 1 < n; i += 2) pair_up(means[i], means[i + 1]);
    if (i < n) waiting()[r] = means[i];
    n = n_out;
    seen >>= 1U;
    root_half_size *= std::numbers::sqrt2;
  }
}

// One more where there is room for it lies there already, as new.
void block_contrast::hold(std::size_t n_levels) {
  const std::size_t room = room_for(n_levels);
  if (n_levels > n_levels_ && room == room_for(n_levels_)) {
    n_levels_ = n_levels & UINT8_MAX;
    return;
  }
  block_contrast held;
  held.block_ = std::make_unique<std::byte[]>(block_length(room));
  held.count_ = count_;
  held.n_levels_ = n_levels & UINT8_MAX;
  std::fill_n(held.contrasts(), room, contrast());
  if (const std::size_t n_kept = std::min<std::size_t>(n_levels, n_levels_); n_kept > 0) {
    std::copy_n(waiting(), n_kept, held.waiting());
    std::copy_n(contrasts(), n_kept, held.contrasts());
    std::copy_n(pairs(), n_kept, held.pairs());
  }
  *this = std::move(held);
}

void block_contrast::note(std::size_t r, double newest) {
  contrast& at = contrasts()[r];
  std::uint8_t& n_pairs = pairs()[r];
  if (at.held >= 0.0F) {
    if (n_pairs == memory) {
      constexpr float fade = 1.0F - 1.0F / memory;
      at.sum *= fade;
      at.largest *= fade;
    } else {
      ++n_pairs;
    }
    at.sum += at.held;
    at.largest = std::max(at.largest, at.held);
  }
  at.held = in_float(newest);
}

void block_contrast::restart() {
  count_ = 0;
  for (std::size_t r = 0; r < n_levels_; ++r) contrasts()[r].held = -1.0F;
}

block_contrast::figure block_contrast::at(std::size_t r) const {
  if (r >= n_levels_ || pairs()[r] < 2) return {0.0, 0};
  const contrast& seen = contrasts()[r];
  const unsigned n = pairs()[r] - 1U;
  const double mean = static_cast<double>(std::max(0.0F, seen.sum - seen.largest)) / n;
  return {std::numbers::pi / 2.0 * mean * mean, n};
}

}  // namespace spindrift
