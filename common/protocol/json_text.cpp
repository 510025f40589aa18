// JSON's rules that the parser leaves to its caller.
#include "common/protocol/json_text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>

#include "common/protocol/frame_limits.hpp"
#include "common/protocol/number_text.hpp"

namespace spindrift::json_text {

namespace od = simdjson::ondemand;

namespace {

fault check_object(od::object object, od::parser& parser, std::size_t depth, bool& is_beyond_double) {
  key_set keys;
  std::deque<std::string> scratch;  // a deque: the views in `keys` must stay where they are
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return syntax_fault(field.error());
    od::raw_json_string raw;
    if (const auto code = field.key().get(raw); code != simdjson::SUCCESS) return syntax_fault(code);
    std::string_view key;
    std::string unescaped;
    if (fault wrong = read_text(raw, parser, unescaped, key)) return wrong;
    if (!unescaped.empty()) key = scratch.emplace_back(std::move(unescaped));
    if (!keys.insert(key)) return {"duplicate key in a nested object"};
    od::value value;
    if (const auto code = field.value().get(value); code != simdjson::SUCCESS) return syntax_fault(code);
    if (fault wrong = check_value(value, parser, depth + 1, is_beyond_double)) return wrong;
  }
  if (keys.has_duplicate()) return {"duplicate key in a nested object"};
  return {};
}

fault check_array(od::array array, od::parser& parser, std::size_t depth, bool& is_beyond_double) {
  for (auto element : array) {
    od::value value;
    if (const auto code = element.get(value); code != simdjson::SUCCESS) return syntax_fault(code);
    if (fault wrong = check_value(value, parser, depth + 1, is_beyond_double)) return wrong;
  }
  return {};
}

// Eight bytes at a time: stage 1 has seen to it that the string ends, and the padding that a stride beyond it is
// readable.
const char* find_quote_or_backslash(const char* at) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
  constexpr std::uint64_t tops = ones << 7U;
  // The top bit of each byte that is zero; of bytes above the first such one it may be wrong.
  const auto zero_bytes = [](std::uint64_t word) { return (word - ones) & ~word & tops; };
  for (;; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t found = zero_bytes(word ^ ones * '"') | zero_bytes(word ^ ones * '\\');
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
}

}  // namespace

fault read_text(od::raw_json_string raw, od::parser& parser, std::string& scratch, std::string_view& text) {
  const char* const begin = raw.raw();
  const char* end = find_quote_or_backslash(begin);
  if (*end == '"') {
    text = {begin, static_cast<std::size_t>(end - begin)};
    return {};
  }
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  // Unescaped text is never longer than escaped text, but simdjson writes in strides.
  scratch.resize(static_cast<std::size_t>(end - begin) + simdjson::SIMDJSON_PADDING);
  auto* into = reinterpret_cast<std::uint8_t*>(scratch.data());
  std::string_view unescaped;
  if (const auto code = parser.unescape(raw, into).get(unescaped); code != simdjson::SUCCESS) return syntax_fault(code);
  scratch.resize(unescaped.size());
  text = scratch;
  return {};
}

bool is_at_end(od::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

fault syntax_fault(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return {"bad UTF-8"};
    case simdjson::UNESCAPED_CHARS:
      return {"unescaped control character in a string"};
    case simdjson::UNCLOSED_STRING:
      return {"a string is not closed"};
    case simdjson::NUMBER_ERROR:
      return {"a number is malformed"};
    case simdjson::STRING_ERROR:
      return {"a string holds a bad escape"};
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return {"a word is not true, false or null"};
    default:
      return {"not valid JSON"};
  }
}

bool key_set::insert(std::string_view key) {
  if (count_ < few) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (first_[i] == key) return false;
    }
    first_[count_++] = key;
    return true;
  }
  others_.push_back(key);
  return true;
}

bool key_set::has_duplicate() {
  if (others_.empty()) return false;
  others_.insert(others_.end(), first_.begin(), first_.end());
  std::sort(others_.begin(), others_.end());
  return std::adjacent_find(others_.begin(), others_.end()) != others_.end();
}

fault check_value(od::value value, od::parser& parser, std::size_t depth, bool& is_beyond_double) {
  if (depth > limits::depth_max + 1) return {"nested deeper than 8"};
  od::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) return syntax_fault(code);
  switch (type) {
    case od::json_type::object: {
      if (depth > limits::depth_max) return {"nested deeper than 8"};
      od::object object;
      if (const auto code = value.get_object().get(object); code != simdjson::SUCCESS) return syntax_fault(code);
      return check_object(object, parser, depth, is_beyond_double);
    }
    case od::json_type::array: {
      if (depth > limits::depth_max) return {"nested deeper than 8"};
      od::array array;
      if (const auto code = value.get_array().get(array); code != simdjson::SUCCESS) return syntax_fault(code);
      return check_array(array, parser, depth, is_beyond_double);
    }
    case od::json_type::string: {
      od::raw_json_string raw;
      std::string scratch;
      std::string_view text;
      if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS) return syntax_fault(code);
      return read_text(raw, parser, scratch, text);
    }
    case od::json_type::number: {
      double number = 0;
      if (!number_text::parse_double(value.raw_json_token(), number)) return syntax_fault(simdjson::NUMBER_ERROR);
      is_beyond_double = is_beyond_double || !std::isfinite(number);
      return {};
    }
    case od::json_type::boolean: {
      bool flag = false;
      if (const auto code = value.get_bool().get(flag); code != simdjson::SUCCESS) return syntax_fault(code);
      return {};
    }
    case od::json_type::null: {
      bool is_null = false;
      if (const auto code = value.is_null().get(is_null); code != simdjson::SUCCESS || !is_null) {
        return {"a word is not true, false or null"};
      }
      return {};
    }
  }
  return {"not valid JSON"};
}

}  // namespace spindrift::json_text
