// The settings of all detectors: plain data, in one place so that who only holds or reads them (the engine, the
// options) is not built anew with every change of a detector.
//
// Each field has its range and its reason beside it; validate() of each detector, declared beside it, says what is
// wrong and never throws. Settings are shared by all streams of a profile, which keep pointers to them: they outlive
// every detector. Any thread.
#pragma once

#include <string>
#include <vector>

namespace spindrift {

enum class zscore_method { robust, classic };

// Of both baselines.
struct zscore_settings {
  zscore_method method = zscore_method::robust;
  // Robust only: a second predictor that finds a period of up to 288 points and looks back along it. Off, since its
  // history costs 7 KiB a stream (see season_predictor.hpp).
  bool seasonal = false;
  // Classic only: points in the baseline, 2 to 1,000,000 (8 bytes each).
  unsigned window = 100;
  // |z| beyond which a point is an anomaly; 0 means the method's own, 3 for classic and 5 for robust.
  // 0 to 999,999.
  double threshold = 0;
  // Points a baseline must hold before it gives a verdict: with 10 the 11th point is the first to be judged.
  // 2 to 1,000,000, and for classic at most `window`.
  unsigned min_samples = 10;

  bool operator==(const zscore_settings&) const = default;
};

struct adwin_settings {
  double delta = 0.002;            // confidence: smaller means fewer cuts, false and true; in (0, 1)
  unsigned clock = 32;             // a cut is looked for once in so many values; 1 to 10^9
  unsigned max_buckets = 5;        // of each size, 2 to 200; more: a finer choice of cuts, at more memory and time
  unsigned min_window_length = 5;  // either side of a cut has at least so many values; 1 to 10^9
  unsigned grace_period = 10;      // no cut is looked for while the window is no longer than this; 0 to 10^9 values

  bool operator==(const adwin_settings&) const = default;
};

struct ensemble_settings {
  double threshold = 1.27;      // of the score, a mean of -log10 probabilities, 0.01 to 10: smaller is more alarms
  unsigned quiet_points = 100;  // points after an alarm that raise none, 0 to 1,000,000: one event pages once

  // All complaints, each naming its field; empty when the settings can be used.
  std::vector<std::string> validate() const;
  bool operator==(const ensemble_settings&) const = default;
};

struct isolation_forest_settings {
  unsigned trees = 100;          // 1 to 1,000; the mean path length has converged by then (Liu et al., section 5.2)
  unsigned sample_size = 256;    // points a tree, 16 to 1,024; more: clusters of anomalies look ordinary (section 3)
  unsigned window = 1024;        // points that the samples are drawn from, sample_size to 16,384
  unsigned rebuild_every = 256;  // points after which each tree has been replaced once, 1 to 16,384
  double contamination = 0.01;   // the share of points to flag, 0.0001 to 0.5

  bool operator==(const isolation_forest_settings&) const = default;
};

struct one_class_svm_settings {
  unsigned window = 1'024;      // points after which an old one counts for a third, 128 to 1,000,000
  double contamination = 0.01;  // the share of points to flag, 0.0001 to 0.5

  bool operator==(const one_class_svm_settings&) const = default;
};

struct autoencoder_settings {
  double threshold = 1;  // of the error, as a multiple of the bound of its own distribution, 0.1 to 100

  bool operator==(const autoencoder_settings&) const = default;
};

struct recurrent_settings {
  double threshold = 1;  // of the error, as a multiple of the bound of its own distribution, 0.1 to 100

  bool operator==(const recurrent_settings&) const = default;
};

struct detector_settings {
  bool zscore_on = true;
  bool adwin_on = true;
  bool ensemble_on = true;
  bool isolation_forest_on = false;
  bool one_class_svm_on = false;
  bool autoencoder_on = false;
  bool recurrent_on = false;
  zscore_settings zscore;
  adwin_settings adwin;
  ensemble_settings ensemble;
  isolation_forest_settings isolation_forest;
  one_class_svm_settings one_class_svm;
  autoencoder_settings autoencoder;
  recurrent_settings recurrent;
  // Of streams that learn one network together where a detector can (autoencoder, lstm): whose it is. Empty: each
  // learns its own.
  std::string shared_as{};

  bool operator==(const detector_settings&) const = default;
};

// All complaints of all parts, each naming its flag; empty when the settings can be used.
std::vector<std::string> validate(const detector_settings& settings);

}  // namespace spindrift
