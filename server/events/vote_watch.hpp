// What only the detectors see that look at whole points: isolation forest, one-class SVM, autoencoder, recurrent
// network. Each flags some points of any stream, so a single vote is no news; more of them close together than this
// stream's votes ever come is a `pattern`.
//
// Votes that are at most `apart` points from the next are one run. How often runs begin and how often a vote is
// followed by another one is learned from the runs that were not told (fading counts, so that a detector that always
// votes in threes is known for it); the improbability of a run of k votes is that of its beginning times that of k - 1
// further ones.
//
// A plain value of some 100 bytes, kept only by streams in which something has voted; one thread at a time; a few ns.
#pragma once

#include <cstdint>
#include <optional>

#include "server/detect/reading.hpp"
#include "server/events/finding.hpp"

namespace spindrift {

class vote_watch {
public:
  // quiet_points: how many have come, and nothing voted.
  explicit vote_watch(std::uint64_t quiet_points = 0);

  struct answer {
    rare_finding found{};   // a run has become news
    bool goes_on = false;   // the newest vote belongs to a run that was
    bool over = false;      // such a run has ended
    bool accepted = false;  // ... since it never would: this is how the stream is now
  };

  // `voters`: a bit of each that found the point anomalous; value: of the feature that stands out most.
  answer update(std::uint64_t n, std::int64_t ts, double value, const reading& seen, std::uint8_t voters);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(points_, runs_, further_, from_n_, from_, last_n_, votes_, value_, expected_, size_, feature_, voters_,
            is_told_);
  }

private:
  void begin(std::uint64_t n, std::int64_t ts);
  void take_strangest(double value, const reading& seen);
  double nines() const;
  finding describe(std::uint64_t n) const;
  void learn();

  double points_;       // fading: of the stream,
  double runs_ = 0;     // runs that began,
  double further_ = 0;  // votes that followed one
  std::uint64_t from_n_ = 0;
  std::int64_t from_ = 0;
  std::uint64_t last_n_ = 0;  // the newest vote
  std::uint32_t votes_ = 0;   // of the run; 0: there is none
  double value_ = 0;          // the strangest point of it
  double expected_ = 0;
  double size_ = 0;
  std::uint32_t feature_ = 0;
  std::uint8_t voters_ = 0;
  bool is_told_ = false;
};

}  // namespace spindrift
