// A small ensemble of autoencoders, learned as points come, after KitNET (Mirsky, Doitshman, Elovici, Shabtai: Kitsune,
// NDSS 2018): features that go together share an autoencoder of at most five, which squeezes them through three units.
//
// Features are, of a single value, its last eight; of several, each and its last step; in units that follow them
// (following_scale.hpp). Which go together is found once, from the correlations of the first 128 points: each group
// begins with the first feature that is left and takes the four that are nearest to it. An autoencoder is
//
//   h = t(x W + b), y = h V + c        t: squash.hpp
//
// taught by one gradient step a point (rate 0.005). KitNET judges by the groups' mean errors, put together by one more
// autoencoder. That hides what one feature of many shows (F1 .07 on the simulator's sine, .01 on daily): here the error
// of each feature (of a single value: of the newest) is held against its own distribution (own_distribution.hpp), and
// the worst has the word. What is flagged is not learned from, and stands among the last eight as it came out of the
// autoencoder; nine flags in the last sixteen points are a new level, which is taken as it came. The first 32 points
// settle the units, the next 128 the groups; flags can come after 100 more.
//
// The caller owns it; one thread at a time. Floats in a fixed order, no C library: the same bits from every compiler.
// Points with NaN or infinity are ignored; the number of values must not change, at most 64. About 0.2 us a point and 1
// KiB a stream of one value, 4 KiB more while it looks at the first points; all is saved. Groups may be those of
// several streams (shared_networks.hpp): the first that has seen enough finds them, and to a stream that comes later
// they are there after its first 40 points. Units, last values and errors are the stream's own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/detect/following_scale.hpp"
#include "server/detect/own_distribution.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

std::vector<std::string> validate(const autoencoder_settings& settings);

// One of them: of a few features.
class small_autoencoder {
public:
  static constexpr std::size_t width_max = 5;
  static constexpr std::size_t units = 3;
  using row = std::array<float, width_max>;

  // Its first weights are the same for the same number.
  small_autoencoder(std::size_t width, std::uint64_t number);
  small_autoencoder() = default;

  // What comes out; remembers what it takes to learn from it.
  const row& pass(const row& in);
  std::size_t width() const { return width_; }
  // From the row that was passed last.
  void learn();

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(width_, in_weights_, out_weights_, in_bias_, out_bias_);
    if constexpr (Archive::reads) {
      if (width_ > width_max || !is_finite()) archive.refuse();
    }
  }

private:
  bool is_finite() const;

  std::uint32_t width_ = 0;
  std::array<row, units> in_weights_{};
  std::array<row, units> out_weights_{};
  std::array<float, units> in_bias_{};
  row out_bias_{};
  row in_{};  // as is what follows: of the row that was passed last
  row out_{};
  std::array<float, units> hidden_{};
};

// Which features go together, and an autoencoder for each group.
class autoencoder_groups {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  // Of so many features, in no groups yet.
  explicit autoencoder_groups(std::size_t width) : width_(width) {}

  std::size_t width() const { return width_; }
  // Any thread: a stream that joins looks while others teach.
  bool are_found() const { return are_found_.load(std::memory_order_relaxed); }
  // From points of `width` features, row behind row, and learns them.
  void find(std::span<const float> points);
  // What comes out of these features, into as many; remembers what it takes to learn from them.
  void pass(std::span<const float> features, std::span<float> out);
  void learn();

  // Beside the object itself, once they are found.
  static std::size_t grown_bytes(std::size_t width);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive.sequence(group_of_, width_);
    archive.sequence(groups_, width_);
    if constexpr (Archive::reads) {
      if (archive.ok() && !is_whole()) archive.refuse();
      are_found_.store(archive.ok() && !groups_.empty(), std::memory_order_relaxed);
    }
  }

private:
  void make_groups();
  bool is_whole() const;

  std::size_t width_;
  std::vector<std::uint8_t> group_of_;  // which features stand where: group by group
  std::vector<small_autoencoder> groups_;
  std::atomic<bool> are_found_{false};
};

struct autoencoder_reading {
  double score = 0;  // the error as a multiple of its bound; 0: none yet
  bool anomaly = false;
};

class autoencoder_ensemble {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  // shared: of width_of(values) features; null: it has its own.
  autoencoder_ensemble(const autoencoder_settings& settings, std::size_t values,
                       std::shared_ptr<autoencoder_groups> shared = nullptr);
  static std::size_t width_of(std::size_t values) { return values == 1 ? lags : 2 * values; }

  autoencoder_reading update(std::span<const double> values, bool learns_all = false);

  // What it takes in a stream of so many values, with the allocator's share.
  static std::size_t grown_bytes(std::size_t values, bool is_shared);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(seen_, flags_);
    for (own_distribution& one : errors_) archive(one);
    for (following_scale& one : scales_) archive(one);
    for (double& one : last_) archive(one);
    for (float& one : features_) archive(one);
    archive.sequence(first_points_, points_grouped * features_.size());
    if (!is_shared_) archive(*groups_);
    if constexpr (Archive::reads) {
      if (archive.ok() && !is_whole()) archive.refuse();
    }
  }

private:
  static constexpr std::size_t lags = 8;
  static constexpr std::size_t points_grouped = 128;
  static constexpr std::size_t points_settled = 40;  // the units, and then the last values

  bool is_single() const { return scales_.size() == 1; }
  void take_features(std::span<const double> values);
  bool is_ready() const;
  void keep_first_point();
  double judge();
  void adopt(std::span<const double> values);
  bool is_whole() const;

  autoencoder_settings settings_;
  std::vector<following_scale> scales_;  // of each value
  std::vector<double> last_;             // the values before, as they were taken
  std::vector<float> features_;          // of the point in hand
  std::vector<float> first_points_;      // until the groups are found
  bool is_shared_;
  std::shared_ptr<autoencoder_groups> groups_;
  std::vector<float> came_out_;           // of each feature
  std::vector<own_distribution> errors_;  // of the features that are judged
  std::uint64_t seen_ = 0;
  std::uint16_t flags_ = 0;
};

}  // namespace spindrift
