// Hands out pieces of blocks, one behind the other.
#include "server/formats/text_arena.hpp"

#include <algorithm>
#include <cstring>

namespace spindrift::formats {

std::span<char> text_arena::room(std::size_t bytes) {
  while (at_ < blocks_.size() && used_ + bytes > blocks_[at_].size) {
    ++at_;
    used_ = 0;
  }
  if (at_ == blocks_.size()) {
    const std::size_t size = std::max(bytes, block_bytes);
    blocks_.push_back({std::make_unique<char[]>(size), size});
    used_ = 0;
  }
  const std::span<char> found(blocks_[at_].bytes.get() + used_, bytes);
  used_ += bytes;
  return found;
}

std::string_view text_arena::keep(std::string_view text) {
  const std::span<char> into = room(text.size());
  if (!text.empty()) std::memcpy(into.data(), text.data(), text.size());
  return {into.data(), text.size()};
}

void text_arena::clear() {
  if (blocks_.size() > 1) blocks_.resize(1);
  if (!blocks_.empty() && blocks_.front().size > block_bytes) blocks_.clear();
  at_ = used_ = 0;
}

}  // namespace spindrift::formats
