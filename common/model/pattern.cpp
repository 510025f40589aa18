// Cuts a glob at its stars and holds names against the pieces.
#include "common/model/pattern.hpp"

#include <cstring>
#include <utility>

namespace spindrift {

pattern::pattern(std::string text) : text_(std::move(text)) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t star = text_.find('*', begin);
    const std::size_t end = star == std::string::npos ? text_.size() : star;
    const std::string_view bytes = std::string_view(text_).substr(begin, end - begin);
    pieces_.push_back({begin, bytes.size(), bytes.find('?') == std::string_view::npos});
    if (star == std::string::npos) break;
    begin = star + 1;
  }
}

bool pattern::is_at(const piece& wanted, std::string_view name, std::size_t at) const {
  const char* const bytes = bytes_of(wanted);
  if (wanted.is_plain) return std::memcmp(bytes, name.data() + at, wanted.length) == 0;
  for (std::size_t i = 0; i < wanted.length; ++i) {
    if (bytes[i] != '?' && bytes[i] != name[at + i]) return false;
  }
  return true;
}

std::size_t pattern::find(const piece& wanted, std::string_view name) const {
  if (wanted.is_plain) {
    const void* const found = ::memmem(name.data(), name.size(), bytes_of(wanted), wanted.length);
    return found == nullptr ? std::string_view::npos
                            : static_cast<std::size_t>(static_cast<const char*>(found) - name.data());
  }
  for (std::size_t at = 0; at + wanted.length <= name.size(); ++at) {
    if (is_at(wanted, name, at)) return at;
  }
  return std::string_view::npos;
}

bool pattern::takes(std::string_view name) const {
  const piece& first = pieces_.front();
  if (pieces_.size() == 1) return name.size() == first.length && is_at(first, name, 0);
  const piece& last = pieces_.back();
  if (name.size() < first.length + last.length) return false;
  if (!is_at(last, name, name.size() - last.length) || !is_at(first, name, 0)) return false;
  name = name.substr(first.length, name.size() - first.length - last.length);
  // The leftmost place of each piece leaves the most for the others.
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const std::size_t at = find(pieces_[i], name);
    if (at == std::string_view::npos) return false;
    name.remove_prefix(at + pieces_[i].length);
  }
  return true;
}

}  // namespace spindrift
