// Writes and reads the metadata of a committed offset.
#include "server/worker/snapshot_pointer.hpp"

#include <charconv>

namespace spindrift::worker {
namespace {

bool take_number(std::string_view text, std::int64_t& into) {
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), into);
  return wrong == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string to_text(const snapshot_pointer& pointer) {
  return "v1 at=" + std::to_string(pointer.at) + " first=" + std::to_string(pointer.first) +
         " last=" + std::to_string(pointer.last) + " owner=" + pointer.owner;
}

std::optional<snapshot_pointer> pointer_from(std::string_view metadata) {
  constexpr std::string_view version = "v1 ";
  if (!metadata.starts_with(version)) return std::nullopt;
  metadata.remove_prefix(version.size());
  snapshot_pointer made;
  unsigned found = 0;
  while (!metadata.empty()) {
    const std::string_view word = metadata.substr(0, metadata.find(' '));
    metadata.remove_prefix(word.size() == metadata.size() ? word.size() : word.size() + 1);
    const std::size_t sign = word.find('=');
    if (sign == std::string_view::npos) continue;
    const std::string_view key = word.substr(0, sign);
    const std::string_view value = word.substr(sign + 1);
    if (key == "at" && take_number(value, made.at)) found |= 1U;
    if (key == "first" && take_number(value, made.first)) found |= 2U;
    if (key == "last" && take_number(value, made.last)) found |= 4U;
    if (key == "owner" && !value.empty()) {
      made.owner = value;
      found |= 8U;
    }
  }
  const bool is_whole = found == 15U && made.at >= 0 && (made.first < 0 || made.last >= made.first);
  return is_whole ? std::optional(made) : std::nullopt;
}

}  // namespace spindrift::worker
