// The robust Z-score: each point against its prediction by a robust autoregression, in units of the usual error, with a
// threshold that knows how heavy the tail of the noise is. Finds outliers that hide inside a cycle or on a trend, and
// stays quiet on heavy-tailed noise.
//
// One object a stream, one thread at a time; the settings are the caller's and outlive it. 0.6 KiB (0.5 KiB more during
// the first 128 points, 1 KiB of values that are no decimals of few digits: packed_window.hpp), with `seasonal`
// another 7.2 KiB; about 100 ns a point, and 60 us in all for the three times the first points are gone through again.
// Deterministic: + - * / and sqrt only. NaN and infinities are ignored (z = 0); see zscore.hpp for the largest values
// and the parameters. A constant series has a floor for sigma (the smallest step it ever took, 2^-50 of its level):
// rounding noise on it is no anomaly, its first real change is (|z| up to z_max). Sources: recursive least squares with
// Huber's weights (Huber, Annals of Mathematical Statistics 1964; Ljung and Soderstrom, "Theory and Practice of
// Recursive Identification", 1983). docs/detection.md: what was tried and measured.
//
// Learning: a flagged value is replaced by its prediction, others are clipped at two sigma around it. When nine of the
// last sixteen were flagged this is a new level: the values are adopted as they came and the scale is learned anew. So
// a level shift costs nine flags, and a burst of eight anomalies is flagged as a whole.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/detect/error_scale.hpp"
#include "server/detect/known_levels.hpp"
#include "server/detect/packed_window.hpp"
#include "server/detect/rare_value.hpp"
#include "server/detect/robust_autoregression.hpp"
#include "server/detect/season_predictor.hpp"
#include "server/detect/tail_histogram.hpp"
#include "server/detect/zscore.hpp"

namespace spindrift {

class robust_zscore {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 3;

  explicit robust_zscore(const zscore_settings& settings);

  // What it thinks of x goes into what is empty, where it is wanted.
  void update(double x, baseline_reading& seen);
  baseline_reading update(double x) {
    baseline_reading seen;
    update(x, seen);
    return seen;
  }

  // The same for one of the first points after a hole: it becomes the past, is not judged and teaches nothing else.
  void bridge(double x, baseline_reading& seen);

  // The last point made a new level of what had been flagged.
  bool has_adopted() const { return settling_ == adopted_settling; }

  const zscore_settings& settings() const { return *settings_; }
  // Points that were numbers.
  std::uint64_t count() const { return count_; }

  // Differences below this are how the values are written, not what they say.
  double resolution() const;

  // After a drift: the scales move faster again for a while.
  void relearn();

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, every track has its loss behind it, and settling_ two bytes.
    double loss = by_period() ? by_period()->other_loss : 0;
    std::uint16_t settling = settling_;
    archive(track_, loss, autoregression_, recent_, count_, flags_, settling, mean_, spread_, smallest_step_,
            last_learned_);
    archive(rare_, ties_);
    archive(stayed_);
    if constexpr (Archive::reads) {
      if (settling > adopted_settling) return archive.refuse();
      settling_ = static_cast<std::uint8_t>(settling);
      if (by_period()) by_period()->other_loss = loss;
    }
    bool has_left = levels() != nullptr;
    archive(has_left);
    if (has_left && !levels()) some().levels = std::make_unique<known_levels>();
    if (has_left) archive(*levels());
    std::vector<double> kept = kept_values();
    archive.sequence(kept, kept_max);
    bool seasonal = by_period() != nullptr;
    archive(seasonal);
    const bool same_kind = seasonal == (by_period() != nullptr);
    if constexpr (Archive::reads) {
      if (!same_kind || kept.size() != (count_ < kept_max ? count_ : 0)) archive.refuse();
      if (seldom_ || !kept.empty()) some().kept = young_window(kept);
    }
    if (by_period() && same_kind) archive(*by_period());
  }

private:
  static constexpr std::size_t kept_max = 128;
  static constexpr std::size_t kept_first = 44;
  static constexpr std::uint8_t adopted_settling = 40;

  // How well one predictor does.
  struct track {
    error_scale scale;
    tail_histogram tail;

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(scale, tail);
    }
  };
  struct season {
    season_predictor predictor;
    track own;
    double own_loss = 0;    // recent mean of |error|, clipped,
    double other_loss = 0;  // and that of the other predictor
    bool selected = false;

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(predictor, own, own_loss, selected);
    }
  };

  // What most streams have nothing of once they are old.
  struct rarities {
    std::unique_ptr<season> by_period;     // none unless the settings ask for it
    std::unique_ptr<known_levels> levels;  // once one has been left
    young_window kept;                     // the first values, until run_again() has used them for the last time
  };

  // Of a prediction, as long as nothing was learned from the value.
  struct outcome {
    const robust_autoregression::forecast& made;
    double error;
    double width;  // sigma(track_)
    double least;  // floor()
  };

  rarities& some();
  season* by_period() const { return seldom_ ? seldom_->by_period.get() : nullptr; }
  known_levels* levels() const { return seldom_ ? seldom_->levels.get() : nullptr; }
  double floor() const;
  double sigma(const track& one) const;
  double threshold(const track& one, double width) const;
  robust_autoregression::forecast predict(double unit);
  bool is_within_reason(double prediction, double unit) const;
  bool is_ordinary(const track& one, double loss, double error, double loss_limit) const;
  void begin(double x);
  static void follow(track& one, double error, double width, double least, bool settled);
  void judge_rare(double x, baseline_reading& reading);
  void begin_course(double x);
  bool return_to_level(double x, baseline_reading& reading);
  void leave_level(std::uint32_t gone);
  void select(double error, double season_error);
  void learn(double x, const outcome& of, bool flagged, double expected);
  bool is_deaf() const;
  void adopt();
  void find_level();
  void follow_step(double from, double to);
  void follow_level(double x);
  void keep(double x);
  std::vector<double> kept_values() const;
  void run_again(std::span<const double> kept);
  static double naive_scale(std::span<const double> kept);

  const zscore_settings* settings_;
  robust_autoregression autoregression_;
  robust_autoregression::window recent_{};  // the last values as they came, newest first
  std::uint64_t count_ = 0;
  std::uint16_t flags_ = 0;     // the last sixteen verdicts, newest in bit 0
  std::uint8_t settling_ = 32;  // errors that do not count for the tail yet, since the scale is still moving
  std::uint8_t ties_ = 0;       // how often in a row the value was the one before, up to 255
  std::uint32_t stayed_ = 0;    // points at this level
  double mean_ = 0;
  double spread_ = 0;         // mean |x - mean|
  double smallest_step_ = 0;  // the least change ever seen between two values that were learned; 0: none yet
  double last_learned_ = 0;
  rare_value rare_;
  std::unique_ptr<rarities> seldom_;
  track track_;  // of the autoregression; from the counts of its tail on is what few points touch
};

}  // namespace spindrift
