// Reads a point of the usual form in one pass.
#include "common/protocol/plain_point.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "common/protocol/decimal.hpp"
#include "common/protocol/eight_digits.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/time_limits.hpp"

namespace spindrift::plain_point {
namespace {

// Longer ones could be too small for a double, which is the decoder's to judge.
constexpr std::ptrdiff_t number_bytes_max = 64;
constexpr auto digits_end = static_cast<std::ptrdiff_t>(decimal::digits_max) + 1;

// Goes over the bytes once. No step looks whether the end has been reached: the last byte, or the one behind it, is
// neither a digit nor a blank, at which every run of them stops, so only the comparison with a key or a literal, and
// numbers, may look into the padding.
class reader {
public:
  reader(std::string_view bytes, std::span<feature> room, point& found)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), room_(room), found_(found) {}

  // Where the object's '}' stands; null: none of the plain form.
  const char* read() {
    if (!take('{')) return nullptr;
    do {
      if (!read_field()) return nullptr;
    } while (take(','));
    return *at_ == '}' && has_value_ ? at_ : nullptr;
  }

private:
  // One byte, and the blanks around it.
  bool take(char wanted) {
    pass_blanks();
    if (*at_ != wanted) return false;
    ++at_;
    pass_blanks();
    return true;
  }
  void pass_blanks() {
    while (*at_ == ' ') ++at_;
  }

  template <std::size_t Size>
  bool take_key(const char (&key)[Size]) {
    if (std::memcmp(at_, key, Size - 1) != 0) return false;
    at_ += Size - 1;
    return take(':');
  }

  // Keys behind an opening quote, whose closing quote is part of what is compared.
  bool read_field() {
    if (*at_ != '"') return false;
    ++at_;
    if (take_key("value\"")) return read_value();
    if (take_key("stream\"")) return read_stream();
    if (take_key("ts\"")) return read_ts();
    if (take_key("seq\"")) return read_seq();
    if (take_key("label\"")) return read_label();
    if (take_key("values\"")) return read_values();
    return false;
  }

  bool read_stream() {
    if (has_stream_) return false;
    has_stream_ = true;
    return read_name(found_.stream, limits::stream_bytes_max);
  }

  // A point has either `value` or `values`, once.
  bool read_value() {
    if (has_value_) return false;
    has_value_ = true;
    return read_number(found_.value);
  }

  bool read_values() {
    if (has_value_ || !take('{')) return false;
    has_value_ = true;
    std::size_t count = 0;
    do {
      if (count == room_.size() || !read_feature(count)) return false;
      ++count;
    } while (take(','));
    found_.values = room_.first(count);
    return take('}');
  }

  bool read_feature(std::size_t index) {
    feature& read = room_[index];
    if (!read_name(read.name, limits::feature_bytes_max) || !take(':') || !read_number(read.value)) return false;
    for (const feature& known : room_.first(index)) {
      if (known.name == read.name) return false;
    }
    return true;
  }

  bool read_name(std::string_view& name, std::size_t bytes_max) {
    if (*at_ != '"') return false;
    const char* const begin = ++at_;
    if (const std::size_t plain = quoted_ascii_name(begin, end_)) {
      name = {begin, plain};
      at_ += plain + 1;
      return plain <= bytes_max;
    }
    const auto* const quote = static_cast<const char*>(std::memchr(begin, '"', static_cast<std::size_t>(end_ - begin)));
    if (quote == nullptr) return false;
    name = {begin, static_cast<std::size_t>(quote - begin)};
    at_ = quote + 1;
    return is_name(name, bytes_max);
  }

  bool read_number(double& number) {
    const char* const begin = at_;
    const bool is_negative = *at_ == '-';
    if (is_negative) ++at_;
    const char* const first = at_;
    std::uint64_t mantissa = 0;
    if (!read_digits(mantissa) || (*first == '0' && at_ - first > 1)) return false;
    std::ptrdiff_t decimals = 0;
    if (*at_ == '.') {
      const char* const point = at_++;
      if (!read_digits(mantissa)) return false;
      decimals = at_ - point - 1;
    }
    if (is_exponent(*at_) || at_ - first > number_bytes_max) return false;
    if (at_ - first >= digits_end) return std::from_chars(begin, at_, number).ec == std::errc();
    const double magnitude = decimal::quotient(mantissa, static_cast<std::size_t>(decimals));
    number = is_negative ? -magnitude : magnitude;
    return true;
  }

  static bool is_exponent(char c) { return c == 'e' || c == 'E'; }

  // One digit at least. Wraps around where there are too many, which the caller finds out by their number.
  bool read_digits(std::uint64_t& number) {
    const char* const begin = at_;
    std::uint64_t word = eight_digits::load(at_);
    unsigned count = eight_digits::count_of(word);
    for (; count == sizeof word; count = eight_digits::count_of(word)) {
      number = 100'000'000 * number + eight_digits::number_of(word);
      at_ += sizeof word;
      word = eight_digits::load(at_);
    }
    if (count > 0) number = decimal::integer_powers_of_ten[count] * number + eight_digits::number_of(word, count);
    at_ += count;
    return at_ > begin;
  }

  // Neither a fraction nor an exponent may follow, and no sign or zero stand in front.
  bool read_integer(std::uint64_t& number) {
    const char* const begin = at_;
    return *at_ != '0' && read_digits(number) && at_ - begin < digits_end - 1 && *at_ != '.' && !is_exponent(*at_);
  }

  bool read_ts() {
    std::uint64_t ts = 0;
    if (found_.ts || !read_integer(ts) || ts > static_cast<std::uint64_t>(limits::ts_ms_max)) return false;
    found_.ts = static_cast<std::int64_t>(ts);
    found_.unit = time_unit::milliseconds;
    return true;
  }

  bool read_seq() { return found_.seq == 0 && read_integer(found_.seq) && found_.seq <= limits::seq_max; }

  bool read_label() {
    if (found_.label) return false;
    constexpr std::string_view yes = "true";
    constexpr std::string_view no = "false";
    found_.label = std::memcmp(at_, yes.data(), yes.size()) == 0;
    if (!*found_.label && std::memcmp(at_, no.data(), no.size()) != 0) return false;
    at_ += *found_.label ? yes.size() : no.size();
    return true;
  }

  const char* at_;
  const char* const end_;
  const std::span<feature> room_;
  point& found_;
  bool has_stream_ = false;
  bool has_value_ = false;
};

}  // namespace

bool read(std::string_view bytes, std::span<feature> room, point& found) {
  if (bytes.empty() || bytes.back() != '}') return false;
  return reader(bytes, room, found).read() == &bytes.back();
}

std::size_t read_line(std::string_view text, std::span<feature> room, point& found) {
  const char* const end = text.data() + text.size();
  const char* at = reader(text, room, found).read();
  if (at == nullptr || ++at >= end) return 0;
  if (*at == '\r') ++at;
  return at < end && *at == '\n' ? static_cast<std::size_t>(at + 1 - text.data()) : 0;
}

}  // namespace spindrift::plain_point
