// What a server says happened to a stream: one thing, from when to when, of which kind. Each line about an event is its
// newest version; (stream, number) names it. Owns its texts, which are the sender's: whoever shows them makes them
// harmless. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace spindrift {

struct stream_event {
  // Longer texts are cut when they are read.
  static constexpr std::size_t text_bytes_max = 256;
  static constexpr std::size_t word_bytes_max = 32;  // of kind, direction and state

  std::uint64_t number = 0;  // of the stream's events, from 1
  std::string stream;
  std::string feature;  // empty: the whole stream
  std::string kind;     // "shift"; a newer server may know more kinds than we do
  std::string direction;
  std::string state;  // "open", "update", "closed"
  std::string text;   // a sentence for people
  unsigned severity = 0;
  std::uint64_t told_n = 0;
  std::int64_t told = 0;  // milliseconds since the Unix epoch, as all times
  std::uint64_t from_n = 0;
  std::int64_t from = 0;
  std::optional<std::uint64_t> to_n{};  // empty: it goes on
  std::optional<std::int64_t> to{};

  bool is_over() const { return to_n.has_value() || to.has_value() || state == "closed"; }
  bool is_about(const std::string& of_stream, const std::string& of_feature) const {
    return stream == of_stream && (feature.empty() || of_feature.empty() || feature == of_feature);
  }
};

// The baseline of one feature of a multivariate point.
struct feature_band {
  double expected = 0;
  double sigma = 0;
  double z = 0;
  bool is_known = false;  // the verdict has all that a band needs of this feature
};

// Of the points that one aggregate stands for.
struct value_extent {
  double low = 0;
  double high = 0;
};

}  // namespace spindrift
