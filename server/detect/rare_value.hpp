// Values of a stream that nearly always shows the same one: zeros with a count now and then, a switch that is on, a
// voltage that stands still. A sigma says nothing there; how often the stream left its usual value, and how far, does.
//
// Inside robust_zscore; one thread at a time; values are finite. 40 bytes, 80 more once a value has come again. The
// usual value is found by majority vote (Boyer and Moore, 1981); 64 points of majority against it replace it. It rules
// while it has 85 % of the last thousand points. Each time the stream leaves it is counted by how far, an octave a
// bucket, once a stay. A value d away has
//   p = (times it went at least d / 2 that way + 1/2) / (points + 1)
// and is rare when p < 1/400, or when nothing like it was ever seen and at least 40 points were; never when it is
// within a thousandth of the usual value, nor for longer than nine points of one stay.
// z = -+5 ln p / ln 400, plus half the octaves by which it exceeds the first distance (a tenth of the usual value at
// most) and what is noticeable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace spindrift {

class rare_value {
public:
  struct judgement {
    bool rules = false;  // false: the stream is none of this kind, and the rest means nothing
    double usual = 0;
    double z = 0;
    bool rare = false;
  };

  // Judges the value, then learns it.
  judgement update(double x);

  template <class Archive>
  void visit_state(Archive& archive) {
    octave_counts counts{};
    if constexpr (!Archive::reads) counts = counts_ ? *counts_ : counts_so_far();
    // As saved, each has bytes of its own.
    std::uint16_t age = age_;
    std::uint8_t votes = votes_;
    std::uint8_t stay_bucket = stay_bucket_;
    bool rules = rules_;
    archive(usual_, unit_, share_, n_, counts, age, votes, stay_, stay_bucket, rules);
    if constexpr (Archive::reads) {
      if (stay_bucket >= 2 * octaves || age > memory || votes > votes_max) return archive.refuse();
      age_ = age & (2 * memory - 1);
      votes_ = votes & (2 * votes_max - 1);
      stay_bucket_ = stay_bucket & (2 * octaves - 1);
      rules_ = rules;
      counts_ = std::make_unique<octave_counts>(counts);
      // As a stream has it in which no value has come again.
      if (n_ <= 2 && votes_ <= 1 && counts == counts_so_far()) counts_.reset();
    }
  }

private:
  static constexpr unsigned octaves = 16;
  static constexpr unsigned memory = 1024;
  static constexpr unsigned votes_max = 64;

  using octave_counts = std::array<std::uint16_t, 2 * octaves>;  // by distance: down, then up

  octave_counts counts_so_far() const;
  void count(std::size_t bucket);
  std::size_t bucket_of(double d) const;
  judgement judge(double d, std::size_t bucket) const;
  void replace_usual(double x);
  void learn(double x, double d);

  double usual_ = 0;
  double unit_ = 0;             // the first distance from the usual value, a tenth of that at most; 0: none yet
  double share_ = 0;            // of the usual value
  std::uint32_t n_ = 0;         // points of this usual value's time
  std::uint16_t age_ : 11 = 0;  // points the share is a mean of, up to `memory`
  std::uint16_t stay_bucket_ : 5 = 0;
  std::uint8_t votes_ : 7 = 0;  // up to votes_max
  bool rules_ : 1 = false;
  std::uint8_t stay_ = 0;                  // points since the usual value was left, up to 255
  std::unique_ptr<octave_counts> counts_;  // none until the usual value has come again
};

static_assert(sizeof(rare_value) == 40);

}  // namespace spindrift
