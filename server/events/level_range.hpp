// Where a level has been: the range of the means of blocks of 32 points, and how far they usually move. The newest four
// blocks are no part of it yet, so that a change is held against what was before it; what has not been visited for
// long fades.
//
// A plain value of 88 bytes, 96 where it is asked whether it stands; one thread at a time; a few ns a point, without
// memory of single points.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace spindrift {

class level_range {
public:
  // `value` counts for where the level is now, `cleaned` for where it has been: a spike is no level. is_frozen: there
  // may have been a change just now, and the range stands still.
  void learn(double value, double cleaned, bool is_frozen);
  // Mean of about the last 16 points.
  double recent() const { return recent_; }
  // The level has left where it has been, and where it usually goes from there, in the direction of `change`. usual:
  // the scatter of single points, for as long as the range does not say much.
  bool is_new(double change, double usual) const;
  bool is_beyond() const { return recent_ > highest_ || recent_ < lowest_; }
  // Enough is known of the range to go by it alone.
  bool is_known() const { return blocks_ >= blocks_known + lag; }
  // Where it is now is one of its places.
  void accept();

  template <class Archive>
  void visit_state(Archive& archive) {
    double no_square = 0;
    visit_with(archive, no_square);
  }

protected:
  static constexpr double recent_rate = 1.0 / 24;

  // As saved, every range has a mean square.
  template <class Archive>
  void visit_with(Archive& archive, double& square) {
    archive(recent_, square, lowest_, highest_, move_, slope_, sum_, waiting_, in_block_, blocks_);
  }

private:
  static constexpr std::uint32_t block = 32;
  static constexpr std::size_t lag = 4;              // blocks that are not yet part of the range
  static constexpr std::uint32_t blocks_known = 12;  // blocks after which the range says something

  // What is asked or changed when a block ends, then what each point touches.
  std::array<double, lag> waiting_{};
  double move_ = 0;   // usual distance of neighbouring blocks
  double slope_ = 0;  // of it, what goes one way
  double lowest_ = 0;
  double highest_ = 0;
  double recent_ = 0;
  double sum_ = 0;
  std::uint32_t in_block_ = 0;
  std::uint32_t blocks_ = 0;
};

// A level of which it counts as well whether it stands where it is.
class standing_range : public level_range {
public:
  void learn(double value, double cleaned, bool is_frozen) {
    level_range::learn(value, cleaned, is_frozen);
    square_ += recent_rate * (value * value - square_);
  }
  // It is not on its way: its distance from nought is that of all of the newest points.
  bool is_steady() const { return recent() * recent() > steady_share * square_; }

  template <class Archive>
  void visit_state(Archive& archive) {
    visit_with(archive, square_);
  }

private:
  static constexpr double steady_share = 0.8;  // of the mean square

  double square_ = 0;  // mean square of the points that recent() is the mean of
};

}  // namespace spindrift
