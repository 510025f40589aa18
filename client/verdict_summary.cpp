// Reads a few fields of a verdict line in one pass.
#include "client/verdict_summary.hpp"

#include <cstddef>
#include <cstring>

namespace spindrift {
namespace {

constexpr std::string_view verdict_begin = R"({"type":"verdict")";

// Walks over one line; every step says whether the line is still of the known shape.
class line_walker {
public:
  explicit line_walker(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool is_at(char c) const { return at_ != end_ && *at_ == c; }
  bool is_at_end() const { return at_ == end_; }

  // Keys and names are short: a loop beats memchr here.
  bool take_text(std::string_view& text) {
    if (!take('"')) return false;
    const char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    return take('"');
  }
  bool take_key(std::string_view& key) { return take_text(key) && take(':'); }

  bool take_integer(std::uint64_t& number) {
    const char* const begin = at_;
    number = 0;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_)
      number = number * 10 + static_cast<std::uint64_t>(*at_ - '0');
    return at_ != begin && at_ - begin <= 16;
  }
  bool take_bool(bool& value) {
    value = is_at('t');
    return take_literal(value ? "true" : "false");
  }
  // A number, a literal, a plain text or a flat object.
  bool skip_value() {
    std::string_view text;
    if (is_at('"')) return take_text(text);
    if (is_at('{')) return skip_flat_object();
    const char* const begin = at_;
    while (at_ != end_ && *at_ != ',' && *at_ != '}') ++at_;
    return at_ != begin && *begin != '[';
  }

private:
  bool take_literal(std::string_view literal) {
    if (static_cast<std::size_t>(end_ - at_) < literal.size()) return false;
    if (std::memcmp(at_, literal.data(), literal.size()) != 0) return false;
    at_ += literal.size();
    return true;
  }
  bool skip_flat_object() {
    ++at_;
    while (at_ != end_ && *at_ != '}') {
      if (*at_ == '{' || *at_ == '\\') return false;
      ++at_;
    }
    return take('}');
  }

  const char* at_;
  const char* end_;
};

bool take_member(line_walker& walker, verdict_summary& found) {
  std::string_view key;
  if (!walker.take_key(key)) return false;
  switch (key.size()) {
    case 3:
      if (key == "seq") return walker.take_integer(found.seq);
      if (key == "dup") return walker.take_bool(found.dup);
      break;
    case 4:
      if (key == "kind") return walker.take_text(found.event_kind);
      if (key == "late") return walker.take_bool(found.late);
      break;
    case 5:
      if (key == "event") return walker.take_integer(found.event);
      if (key == "drift") return walker.take_bool(found.flags.drift);
      if (key == "alarm") return walker.take_bool(found.flags.alarm);
      break;
    case 7:
      if (key == "anomaly") return walker.take_bool(found.flags.anomaly);
      break;
    default:
      break;
  }
  return walker.skip_value();
}

}  // namespace

std::optional<verdict_summary> read_verdict_summary(std::string_view line) {
  if (line.substr(0, verdict_begin.size()) != verdict_begin) return std::nullopt;
  line_walker walker(line.substr(verdict_begin.size()));
  verdict_summary found;
  while (walker.take(',')) {
    if (!take_member(walker, found)) return std::nullopt;
  }
  if (!walker.take('}') || !walker.is_at_end()) return std::nullopt;
  return found;
}

}  // namespace spindrift
