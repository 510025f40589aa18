// The event alarm as the specification that server/detect/ensemble began with writes it down, to the letter: plain code
// to compare with, without a thought for cost or odd input. `form` takes over, one by one, what ours does otherwise, so
// that a difference can be traced to its cause.
//
// A plain value of one stream, some 350 KB; one thread at a time; x is finite, |x| < 1e100.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindrift::quality {

class literal_alarm {
public:
  struct form {
    bool draws_in = false;        // a value beyond ten times the range seen counts as that
    bool is_unbiased = false;     // the usual distance of shapes is a mean from the first one on, not a sum from 0
    bool is_around_mean = false;  // shapes are relative to the stream's mean, not to the zero of the unit
  };
  struct answer {
    double score = 0;
    bool alarm = false;
  };

  literal_alarm() = default;
  explicit literal_alarm(const form& chosen) : form_(chosen) {}

  // t_seconds: since 1970, UTC.
  answer update(double x, double t_seconds);

private:
  static constexpr std::size_t groups = 4;
  static constexpr std::size_t raws = 12;
  static constexpr std::size_t hold = 5;
  static constexpr std::size_t shapes_max = 64;
  static constexpr std::size_t blocks = 8;

  // "EW(w)".
  struct moments {
    double window = 1;
    double m = 0;
    double v = 0;
    double count = 0;

    void update(double x);
  };
  struct bin {
    double m = 0;
    double v = 0;
    double count = 0;
  };
  // "L_w(q)".
  struct lasting {
    std::size_t length;
    std::vector<double> last{};
    moments past{8'000};

    double update(double q);
  };
  struct prototype {
    std::array<double, 2 * blocks> f;
    std::uint64_t used;
  };
  struct shape {
    std::size_t stride;
    std::vector<double> block{};
    std::vector<double> y{};
    std::vector<prototype> stored{};
    double usual = 0;
    double closed = 0;
    std::uint64_t clock = 0;
  };
  struct histogram {
    static constexpr int lowest = -400;  // bucket of 2^-100
    static constexpr std::size_t size = 1'600;
    std::vector<double> counts = std::vector<double>(size);
    std::vector<double> table = std::vector<double>(size);
    double n = 0;
    double largest = 0;
    double rebuild_at = 0;

    double surprise(double r);
    void rebuild();
  };

  double draw_in(double x) const;
  static double deviation(double x, bin& of, double scale);
  double shape_distance(shape& of, double x) const;

  form form_;
  bool has_range_ = false;
  double lowest_ = 0;
  double highest_ = 0;
  std::array<moments, 3> fast_{{{10}, {30}, {50}}};
  std::array<moments, 4> slow_{{{500}, {1'000}, {2'000}, {100'000}}};
  std::array<bin, 24> hours_{};
  std::array<bin, 96> half_hours_{};
  std::array<bin, 96> quarters_{};
  std::array<lasting, 3> lasting_{{{10}, {10}, {20}}};
  std::array<shape, 3> shapes_{{{3}, {5}, {10}}};
  std::array<histogram, raws> calibration_{};
  std::array<std::array<double, groups>, hold> held_{};
  std::uint64_t n_ = 0;
  std::uint64_t last_alarm_ = 0;
};

}  // namespace spindrift::quality
