// Points for the load generator, as cheap as they can be made: one ready record of fixed length a stream, of which only
// the value and the time are written anew before it is sent. Streams take turns; each walks through one table of
// values (unit noise, a spike in 1,000) from a place of its own. The same bytes whoever is asked, so that every server
// of a benchmark gets the same load.
//
// A point is 70 bytes with its LF; for Redis the same 70 bytes are the value of a SET under the stream's name. Spans
// are valid until the next call of next(). One thread at a time. About 6 ns a point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spindrift::bench {

enum class wire { json, resp };

class point_source {
public:
  // The streams [first, first + count) of the common numbering.
  point_source(wire form, std::size_t first, std::size_t count);

  // The next points, up to `count`: fewer where the turn of the streams ends.
  std::span<const char> next(std::size_t count);
  std::size_t record_bytes() const { return record_bytes_; }

private:
  static constexpr std::size_t value_bytes = 9;  // "12.345678"
  static constexpr std::size_t time_bytes = 13;  // milliseconds since 1970, until the year 2286
  static constexpr std::size_t values_count = 16'384;
  static constexpr std::size_t turn_min = 1'000;

  void make_values();
  void begin_round();

  std::size_t count_;  // of records
  std::size_t at_ = 0;
  std::uint64_t round_ = 0;
  std::size_t record_bytes_ = 0;
  std::size_t value_offset_ = 0;
  std::size_t time_offset_ = 0;
  std::string time_;
  std::vector<char> records_;
  std::vector<char> values_;
};

}  // namespace spindrift::bench
