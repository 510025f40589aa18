// Reads the query of a request.
#include "common/net/http_query.hpp"

#include <algorithm>
#include <charconv>

namespace spindrift {

std::string unescaped(std::string_view text) {
  std::string meant;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* const digits = text.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        meant += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    meant += text[i] == '+' ? ' ' : text[i];
  }
  return meant;
}

namespace {

struct query_part {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

// Takes the first part off the query.
query_part next_part(std::string_view& query) {
  const std::size_t end = std::min(query.find('&'), query.size());
  const std::string_view part = query.substr(0, end);
  query.remove_prefix(std::min(end + 1, query.size()));
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return {part, {}, false};
  return {part.substr(0, equals), part.substr(equals + 1), true};
}

}  // namespace

std::string query_text(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const query_part part = next_part(query);
    if (part.has_value && part.name == name) return unescaped(part.value);
  }
  return {};
}

std::vector<std::string> query_texts(std::string_view query, std::string_view name) {
  std::vector<std::string> found;
  while (!query.empty()) {
    const query_part part = next_part(query);
    if (part.name == name && !part.value.empty()) found.push_back(unescaped(part.value));
  }
  return found;
}

std::string unknown_query_name(std::string_view query, const std::vector<std::string_view>& known) {
  while (!query.empty()) {
    const query_part part = next_part(query);
    if (!part.name.empty() && std::find(known.begin(), known.end(), part.name) == known.end()) {
      return unescaped(part.name);
    }
  }
  return {};
}

std::uint64_t query_number(std::string_view query, std::string_view name, std::uint64_t otherwise, std::uint64_t most) {
  const std::string text = query_text(query, name);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return is_number ? std::min(number, most) : otherwise;
}

}  // namespace spindrift
