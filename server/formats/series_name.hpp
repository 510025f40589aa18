// The name of a stream made of a metric's name, a field's, and tags: `cpu_load,core=0,host=a`.
//
// Tags are sorted by their keys, so that the order in which a tool sends them makes no other stream. A name longer than
// limits::stream_bytes_max is cut and ends in `~` and 16 hex digits of a hash (FNV-1a) of the whole, so that two long
// ones stay two. Bytes that may not stand in a name become '_'. A builder is kept and used again, so that naming
// allocates nothing; one thread at a time. Cost: about 60 ns for a name with two tags.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spindrift::formats {

// `text` with what may not stand in a name replaced, cut to length; empty: there is nothing left of it, or it is no
// UTF-8.
std::string mended_name(std::string_view text);

// By Prometheus' custom a count that only grows: `_total`, `_count`, `_sum`, `_bucket`.
bool is_counter_name(std::string_view metric);

class text_arena;

class series_name {
public:
  // Views must live until the last build(). A flag of the tool itself (`_is_ephemeral=false`) is left out.
  void begin(std::string_view metric);
  void add_tag(std::string_view key, std::string_view value);
  bool has_tags() const { return !tags_.empty(); }
  bool is_sorted() const { return is_sorted_; }  // the tags came in the order that they have in the name
  // metric, or metric + separator + field, then the tags. Valid until the next call.
  std::string_view build(std::string_view field = {}, char separator = '_');
  // metric, then the tags, put together where they stay: no copy of a copy.
  std::string_view keep(std::string_view metric, text_arena& in);

private:
  void sort_tags();

  std::string_view metric_;
  std::vector<std::pair<std::string_view, std::string_view>> tags_;
  bool is_sorted_ = true;
  std::string tail_;  // the tags as they stand in the name, since the fields of a line share them
  bool has_tail_ = false;
  std::string name_;
};

}  // namespace spindrift::formats
