// Packs verdicts and makes their lines.
#include "server/pipeline/kept_verdict.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "common/model/verdict.hpp"
#include "common/protocol/encode.hpp"

namespace spindrift {
namespace {

// No line begins with it.
constexpr char packed_mark = 1;

// What every verdict has. Behind it stand the numbers that not all have, the names, and the features of a point of
// several values, each with its name in front. Both parts name the bytes that would be between or behind their fields:
// the same verdict packs into the same bytes, and none of the memory before it gets into a snapshot.
struct fixed_part {
  char mark = packed_mark;
  std::uint8_t by = 0;  // point_detector bits
  event_kind kind = event_kind::spike;
  time_unit unit = time_unit::none;
  std::uint8_t features = 0;
  std::uint8_t feature_bytes = 0;
  std::uint16_t stream_bytes = 0;
  bool anomaly = false;
  bool alarm = false;
  bool warmup = false;
  bool late = false;
  bool has_rate = false;
  bool has_score = false;
  bool has_drift = false;
  bool is_learned = false;
  std::uint8_t label = 0;  // 1 + its value; 0: none
  std::array<std::uint8_t, 7> unused{};
  double value = 0;
  double expected = 0;
  double sigma = 0;
  double z = 0;
  std::uint64_t seq = 0;
  std::uint64_t n = 0;
  std::int64_t ts = 0;
  std::uint64_t event = 0;
};
static_assert(std::is_trivially_copyable_v<fixed_part> && sizeof(fixed_part) == 24 + 8 * sizeof(double));

struct feature_part {
  double value = 0;
  feature_verdict judged{};
  std::uint8_t name_bytes = 0;
  std::array<std::uint8_t, 7> unused{};
};
static_assert(std::is_trivially_copyable_v<feature_part> && sizeof(feature_part) == 5 * sizeof(double));

fixed_part fixed_of(const verdict& judged) {
  const point& subject = judged.subject;
  fixed_part made;
  made.by = judged.by;
  made.kind = judged.kind;
  made.unit = judged.unit;
  made.features = static_cast<std::uint8_t>(subject.values.size());
  made.feature_bytes = static_cast<std::uint8_t>(judged.feature.size());
  made.stream_bytes = static_cast<std::uint16_t>(subject.stream.size());
  made.anomaly = judged.anomaly;
  made.alarm = judged.alarm;
  made.warmup = judged.warmup;
  made.late = judged.late;
  made.has_rate = judged.rate.has_value();
  made.has_score = judged.score.has_value();
  made.has_drift = judged.drift.has_value();
  made.is_learned = subject.is_learned;
  made.label = subject.label ? (*subject.label ? 2 : 1) : 0;
  made.value = subject.value;
  made.expected = judged.expected;
  made.sigma = judged.sigma;
  made.z = judged.z;
  made.seq = subject.seq;
  made.n = judged.n;
  made.ts = subject.ts.value_or(0);
  made.event = judged.event;
  return made;
}

template <class Part>
void put(const Part& part, char*& at) {
  std::memcpy(at, &part, sizeof part);
  at += sizeof part;
}
void put_text(std::string_view text, char*& at) {
  at = std::copy(text.begin(), text.end(), at);
}

template <class Part>
void take(const char*& at, Part& part) {
  std::memcpy(&part, at, sizeof part);
  at += sizeof part;
}
std::string_view take_text(const char*& at, std::size_t bytes) {
  const std::string_view text(at, bytes);
  at += bytes;
  return text;
}

// What a packed verdict looks into.
struct unpacked {
  explicit unpacked(std::string_view kept) {
    const char* at = kept.data();
    fixed_part fixed;
    take(at, fixed);
    take_fixed(fixed);
    if (fixed.has_rate) take(at, judged.rate.emplace());
    if (fixed.has_score) take(at, judged.score.emplace());
    if (fixed.has_drift) take(at, judged.drift.emplace());
    judged.subject.stream = take_text(at, fixed.stream_bytes);
    judged.feature = take_text(at, fixed.feature_bytes);
    for (std::size_t i = 0; i < fixed.features; ++i) {
      feature_part part;
      take(at, part);
      values.push_back({take_text(at, part.name_bytes), part.value});
      by_feature.push_back(part.judged);
    }
    judged.subject.values = values;
    judged.by_feature = by_feature;
    assert(at == kept.data() + kept.size());
  }
  unpacked(const unpacked&) = delete;
  unpacked& operator=(const unpacked&) = delete;

  void take_fixed(const fixed_part& fixed) {
    judged.subject.value = fixed.value;
    judged.subject.ts = fixed.ts;
    judged.subject.seq = fixed.seq;
    judged.subject.is_learned = fixed.is_learned;
    if (fixed.label != 0) judged.subject.label = fixed.label == 2;
    judged.n = fixed.n;
    judged.expected = fixed.expected;
    judged.sigma = fixed.sigma;
    judged.z = fixed.z;
    judged.anomaly = fixed.anomaly;
    judged.by = fixed.by;
    judged.alarm = fixed.alarm;
    judged.warmup = fixed.warmup;
    judged.late = fixed.late;
    judged.unit = fixed.unit;
    judged.event = fixed.event;
    judged.kind = fixed.kind;
  }

  verdict judged;
  std::vector<feature> values;
  std::vector<feature_verdict> by_feature;
};

}  // namespace

void pack_verdict(const verdict& judged, std::string& into) {
  const point& subject = judged.subject;
  std::size_t bytes =
      sizeof(fixed_part) + subject.stream.size() + judged.feature.size() + subject.values.size() * sizeof(feature_part);
  if (judged.rate) bytes += sizeof *judged.rate;
  if (judged.score) bytes += sizeof *judged.score;
  if (judged.drift) bytes += sizeof *judged.drift;
  for (const feature& one : subject.values) bytes += one.name.size();
  into.resize(bytes);
  char* at = into.data();
  put(fixed_of(judged), at);
  if (judged.rate) put(*judged.rate, at);
  if (judged.score) put(*judged.score, at);
  if (judged.drift) put(*judged.drift, at);
  put_text(subject.stream, at);
  put_text(judged.feature, at);
  for (std::size_t i = 0; i < subject.values.size(); ++i) {
    const feature& one = subject.values[i];
    put(feature_part{one.value, judged.by_feature[i], static_cast<std::uint8_t>(one.name.size())}, at);
    put_text(one.name, at);
  }
  assert(at == into.data() + bytes);
}

void append_kept_line(std::string_view kept, bool is_repeated, std::string& out) {
  if (kept.front() == packed_mark) {
    encode(unpacked(kept).judged, out);
  } else {
    out += kept;
  }
  if (!is_repeated) return;
  out.resize(out.size() - 2);
  out += ",\"dup\":true}\n";
}

}  // namespace spindrift
