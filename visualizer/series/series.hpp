// The newest points of one line of the picture: one stream, or one feature of a multivariate stream.
//
// Bounded: at most `points_max` samples, the oldest goes first. Samples are kept in the order of `n`; two connections
// that feed one stream may swap their verdicts on the way to a subscriber, so a late one is put where it belongs. A
// number that cannot come again (docs/protocol.md: no two points of a stream share one) means that the stream began
// anew, and the history with it. Plain values, one thread at a time. Cost: amortized O(1) for samples in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace spindrift {

struct sample {
  std::uint64_t n = 0;  // the point's number in its stream, from 1
  std::int64_t ts = 0;  // milliseconds since the Unix epoch
  double value = 0;     // finite
  double expected = 0;  // with sigma: the band; meaningless unless is_banded
  double sigma = 0;
  double z = 0;
  double score = 0;  // of the ensemble; NaN: there is none
  // Of how many points it is the newest (they came as one aggregate), and how far their values went.
  std::uint64_t count = 1;
  double low = 0;
  double high = 0;
  bool is_banded = false;  // expected and sigma are finite and the baseline is warm
  bool is_anomaly = false;
  bool is_drift = false;
  bool is_alarm = false;
  bool is_labelled = false;  // the ground truth says: anomalous
};

// What was seen since the stream began, also of samples that have left the history.
struct series_totals {
  std::uint64_t anomalies = 0;
  std::uint64_t drifts = 0;
  std::uint64_t alarms = 0;

  bool operator==(const series_totals&) const = default;
};

class series {
public:
  // How far behind the newest number a swapped verdict may come: a server's batch is far smaller.
  static constexpr std::uint64_t reorder_max = 1'024;

  // `feature` is empty for a univariate stream. `points_max` is at least 1.
  series(std::string stream, std::string feature, std::size_t points_max);

  void add(const sample& seen);
  // From the next sample on; at least 1.
  void limit(std::size_t points_max) { points_max_ = points_max; }
  // Leaves out samples of which it is not so; the totals stay.
  template <class Wanted>
  void keep_if(Wanted is_wanted) {
    std::erase_if(samples_, [&is_wanted](const sample& one) { return !is_wanted(one); });
    ++generation_;
  }
  // The next number may be lower than the newest: the server may have forgotten the stream while we were away.
  void expect_restart() { may_restart_ = true; }

  // What people call the stream, and the unit of its values; empty: nobody has said.
  void entitle(std::string title, std::string unit) {
    title_ = std::move(title);
    unit_ = std::move(unit);
  }

  const std::string& stream() const { return stream_; }
  const std::string& title() const { return title_; }
  const std::string& unit() const { return unit_; }
  const std::string& feature() const { return feature_; }
  const std::deque<sample>& samples() const { return samples_; }
  const series_totals& totals() const { return totals_; }
  // Samples appended so far. With `generation` equal, the newest `arrivals - earlier` samples are what was added since.
  std::uint64_t arrivals() const { return arrivals_; }
  // Changes when the history did more than grow at its end: it began anew, or a late sample was put into it.
  std::uint64_t generation() const { return generation_; }

private:
  bool began_anew(std::uint64_t n) const;
  bool holds(std::uint64_t n) const;
  void insert_late(const sample& seen);
  void restart();
  void count(const sample& seen);

  std::string stream_;
  std::string feature_;
  std::string title_;
  std::string unit_;
  std::size_t points_max_;
  std::deque<sample> samples_;
  series_totals totals_{};
  std::uint64_t arrivals_ = 0;
  std::uint64_t generation_ = 0;
  bool may_restart_ = false;
};

}  // namespace spindrift
