// What spindrift-quality prints: Markdown with aligned tables, and the figures held against their bounds.
//
// A figure with a bound is written as "0.9987 (>= 0.99)", and "**0.9312** (>= 0.99, MISSED)" when it misses; the sheet
// counts those, which decides the exit code. One thread; a table is printed when it is put, so that a long run shows
// what it has.
#pragma once

#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace spindrift::quality {

// "-" where there is no figure.
std::string figure(std::optional<double> value, int decimals);

struct table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows{};
};

class sheet {
public:
  explicit sheet(std::FILE* out) : out_(out) {}

  void heading(const std::string& text);
  void paragraph(const std::string& text);
  void put(const table& what);

  // The figure with its bound, as it goes into a cell. No figure misses every bound; so does NaN.
  std::string at_most(std::optional<double> value, double bound, int decimals);
  std::string at_least(std::optional<double> value, double bound, int decimals);
  // Something that holds or does not.
  std::string holds(bool is_so);

  std::size_t n_bounds() const { return n_bounds_; }
  std::size_t n_missed() const { return n_missed_; }

private:
  std::string judged(std::optional<double> value, bool is_met, const char* relation, double bound, int decimals);

  std::FILE* out_;
  std::size_t n_bounds_ = 0;
  std::size_t n_missed_ = 0;
};

// Running mean of figures of which some may be missing, with the smallest and the largest.
class mean {
public:
  void add(std::optional<double> value);
  std::optional<double> value() const;
  std::optional<double> least() const { return least_; }
  std::optional<double> most() const { return most_; }
  double sum() const { return sum_; }

private:
  double sum_ = 0;
  std::size_t count_ = 0;
  std::optional<double> least_;
  std::optional<double> most_;
};

// The middle value, the mean of the two in the middle of an even number; empty of none.
std::optional<double> median(std::vector<double> values);
// The value that `share` of all do not exceed.
std::optional<double> quantile(std::vector<double> values, double share);

}  // namespace spindrift::quality
