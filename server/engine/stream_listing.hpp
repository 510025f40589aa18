// The `streams` listing, made in slices: each looks at no more streams than it may, and holds a stream's lock only for
// as long as its figures are read, so that a thread that serves others can go on in between.
//
// A plain value; one thread at a time; the table outlives it. Memory: at most `limit` lines, and the names of a 32nd
// of the table. Streams that come or go between two slices may or may not be in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

class stream_table;
class stream_walk;
struct stream_key;

// One line of the listing.
struct stream_summary {
  std::string name;
  std::uint64_t n = 0;
  double last = 0;
  std::int64_t last_ts = 0;
  double mean = 0;  // of ADWIN's window
  std::size_t features = 0;
  // What people call it, and the unit of its values, by its entry of the configuration; empty: none says. After
  // settings were read again those of before, until the stream is touched.
  std::string title;
  std::string unit;
};

class stream_listing {
public:
  // The streams whose name is wanted, in the order of their names, at most `limit`.
  stream_listing(stream_table& of, std::function<bool(std::string_view)> is_wanted, std::size_t limit);
  stream_listing(stream_listing&&) noexcept;
  stream_listing& operator=(stream_listing&&) = delete;
  ~stream_listing();

  // Looks at further streams, and takes each off the budget. True once it has seen them all.
  bool advance(std::size_t& budget);
  // What was found, in order. Once: the listing is empty then.
  std::vector<stream_summary> take();

private:
  void look_at(const stream_key& key);

  stream_table* of_;
  std::function<bool(std::string_view)> is_wanted_;
  std::size_t limit_;
  std::unique_ptr<stream_walk> walk_;
  std::vector<stream_summary> found_;  // a heap, the last name on top, so that memory stays bounded by the limit
};

}  // namespace spindrift
