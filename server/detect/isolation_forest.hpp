// Online Isolation Forest (Liu, Ting, Zhou, ICDM 2008; spec in docs/detection.md): the score of a point is
// 2^(-mean path length / c(sample_size)), about 0.5 for an ordinary point and toward 1 for a lonely one. It sees what
// lies between clusters or off to one side of several features at once, where no Z-score can.
//
// A point is scored before it is learned. It is flagged when its score is above 0.5 and its rank among the recent
// scores, (above + 1) / (n + 1), is within `contamination`, or within twice that and the score so far behind the tail
// of the recent ones that a tenth of `contamination` would lie there: about `contamination` of any stationary stream is
// flagged, be there anomalies or not, up to twice that where they are plain, and after a change of level flags stop by
// themselves once they are that frequent.
//
// Features are the values of the point; for a single value, that and its difference to the last one (to the one
// before, if the last was flagged alone: else the way back from an anomaly is one too), cut as often as the values are
// serially dependent. The first model stands after sample_size / 2 points, the first flag can come
// 1 / contamination points later (128 and 227 by default; `warmup` until then). Each update replaces the few trees that
// are due, so that no update pays for a forest.
//
// The caller owns it; one thread at a time. Deterministic: the same points give the same readings, bit for bit, also
// after save and restore. Points with NaN or infinity are ignored (score 0); any other double is safe. The number of
// values must not change, and is at most isolation_features_max. A constant stream scores 0.5, which is never flagged;
// its first change is. About 160 KB a stream of one value (24 KB saved), about 12 us
// a point; bounded by `trees`, `sample_size` and (window + rebuild_every) points.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/detect/isolation_tree.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

// All complaints, each with the name of the flag; empty when the settings can be used.
std::vector<std::string> validate(const isolation_forest_settings& settings);

struct isolation_reading {
  double score = 0;  // 0 when there is none: no model yet, or a point that is not finite
  bool anomaly = false;
  bool warmup = true;
};

class isolation_forest {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  explicit isolation_forest(const isolation_forest_settings& settings);

  isolation_reading update(std::span<const double> values, bool learns_all = false);

  // Of a point; 0 before the first one.
  std::size_t values() const { return values_; }

  std::size_t memory_bytes() const;

  // The trees are not written: each is a function of its seed and of points that are still kept, and is grown again
  // on reading, to the last bit. That takes about a millisecond, and a sixth of the bytes.
  template <class Archive>
  void visit_state(Archive& archive) {
    archive(random_, values_, count_, reference_, passed_over_, scored_, score_counts_);
    archive.sequence(kept_, kept_points_max() * isolation_features_max);
    archive.sequence(origins_, settings_.trees);
    if constexpr (Archive::reads) {
      if (archive.ok() && !restore()) archive.refuse();
    }
  }

private:
  // What a tree was grown from: the `window` points before number `end`, sampled with `seed`.
  struct origin {
    std::uint64_t seed = 0;
    std::uint64_t end = 0;  // 0: not grown yet

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(seed, end);
    }
  };

  // Scores lie in (0, 1]: buckets of 0.002.
  static constexpr std::size_t score_buckets = 512;

  std::size_t kept_points_max() const { return settings_.window + std::size_t{settings_.rebuild_every}; }
  std::size_t features() const { return values_ == 1 ? 2 : values_; }
  std::uint64_t first_model_at() const { return settings_.sample_size / 2; }
  // Flagged points are not learned, lest anomalies that resemble each other become ordinary; but the first window is
  // learned whole, since the scores are too few yet to leave points out by them. Flags end by their rank, so this
  // cannot keep a new level out for long.
  std::uint64_t learns_all_until() const { return settings_.window; }
  // Recent are the last one to two windows, or as many as a small contamination needs to be told from chance.
  double scores_max() const { return std::max(2.0 * settings_.window, 4 / settings_.contamination); }
  bool warm() const { return (scored_ + 1) * settings_.contamination >= 1; }

  void take_features(std::span<const double> values);
  double score(std::span<const double> point) const;
  double rank(double score) const;
  bool stands_out(double score) const;
  void count_score(double score);
  void keep_point();
  std::pair<std::size_t, std::size_t> due_trees(std::uint64_t count) const;
  void replace_due_trees();
  void grow(std::size_t tree);
  std::vector<std::uint64_t> last_ends() const;
  bool restore();

  isolation_forest_settings settings_;
  split_mix random_;
  std::uint32_t values_ = 0;  // of a point; known from the first one
  std::uint64_t count_ = 0;   // points learned
  double reference_ = 0;      // what the next difference is taken to
  bool passed_over_ = false;  // the last point was not made the reference
  double scored_ = 0;         // the sum of score_counts_
  std::array<float, score_buckets> score_counts_{};
  std::vector<double> kept_;  // a ring of points: number i is at i modulo kept_points_max(); rows of features()
  std::vector<origin> origins_;
  std::vector<isolation_tree> trees_;
  std::vector<double> point_;  // the features of the point in hand, kept for its capacity
};

}  // namespace spindrift
