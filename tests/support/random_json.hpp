// Random JSON documents, and the same with one thing broken in them: what two parsers are compared on. Seeded; every
// document is one object. One thread at a time.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tests/support/noise.hpp"

namespace spindrift::support {

class random_json {
public:
  explicit random_json(std::uint64_t seed) : noise_(seed) {}

  // One valid object without duplicate keys, nested at most `depth` deep, numbers within double.
  std::string object(int depth) {
    std::string text = "{";
    const std::uint64_t fields = noise_.below(5);
    for (std::uint64_t i = 0; i < fields; ++i) {
      text += i > 0 ? "," : "";
      text += blank() + '"' + "k" + std::to_string(i) + string_body() + '"' + blank() + ':' + blank();
      text += value(depth - 1) + blank();
    }
    return text + "}";
  }

  // The document with a byte lost, added, changed or doubled: mostly invalid now, sometimes still valid.
  std::string broken(std::string text) {
    constexpr std::string_view letters = "{}[]\":,\\0123456789-+.eEtrufalsn/bx \t\r\x01\x7f\xc3\xa9\xff";
    const auto at = static_cast<std::size_t>(noise_.below(text.size()));
    const char letter = letters[static_cast<std::size_t>(noise_.below(letters.size()))];
    switch (noise_.below(4)) {
      case 0:
        return text.erase(at, 1);
      case 1:
        return text.insert(at, 1, letter);
      case 2:
        text[at] = letter;
        return text;
      default:
        return text.insert(at, 1, text[at]);
    }
  }

  noise_source& noise() { return noise_; }

private:
  template <std::size_t size>
  std::string one_of(const std::array<std::string_view, size>& choices) {
    return std::string(choices[static_cast<std::size_t>(noise_.below(size))]);
  }

  std::string blank() { return noise_.chance(0.8) ? "" : one_of<4>({" ", "\t", "  ", "\r"}); }

  std::string string_body() {
    std::string body;
    const std::uint64_t pieces = noise_.below(4);
    for (std::uint64_t i = 0; i < pieces; ++i) {
      body += one_of<16>({"a", "value", "}", "{", "\\\"", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u0041", "\\u00e9",
                          "\\uD83D\\uDE00", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", " ", "\x7f"});
    }
    return body;
  }

  std::string number() {
    return one_of<14>({"0", "-0", "1", "-12", "3.25", "0.1", "1e5", "1E-7", "2.5e+10", "5e-324", "1e-400",
                       "123456789012345678901234567890", "18446744073709551616", "0.0e0"});
  }

  std::string value(int depth) {
    switch (noise_.below(depth > 0 ? 7 : 5)) {
      case 0:
        return number();
      case 1:
        return '"' + string_body() + '"';
      case 2:
        return "true";
      case 3:
        return "false";
      case 4:
        return "null";
      case 5:
        return object(depth);
      default: {
        std::string text = "[";
        const std::uint64_t elements = noise_.below(4);
        for (std::uint64_t i = 0; i < elements; ++i) text += (i > 0 ? "," : "") + blank() + value(depth - 1) + blank();
        return text + "]";
      }
    }
  }

  noise_source noise_;
};

}  // namespace spindrift::support
