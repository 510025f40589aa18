// Bytes as a socket might bring them: padded frames for the parsers, and one text cut in many ways for the inbox.
// Everything is seeded; a failing test prints the seed. One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/limit.hpp"
#include "common/protocol/inbox.hpp"
#include "tests/support/noise.hpp"

namespace spindrift::support {

// A frame with the padding that the parsers ask for, on the heap at exactly that length: a sanitizer sees any read
// beyond it. The padding is no blank, so that a parser that used it would show.
class padded_text {
public:
  explicit padded_text(std::string_view text)
      : size_(text.size()), bytes_(std::make_unique<char[]>(text.size() + inbox::padding_bytes)) {
    std::copy(text.begin(), text.end(), bytes_.get());
    std::fill_n(bytes_.get() + size_, inbox::padding_bytes, '7');
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

// How many of the bytes that are left arrive next; at least 1.
using chunking = std::function<std::size_t(std::size_t left)>;

inline chunking whole() {
  return [](std::size_t left) { return left; };
}
inline chunking byte_by_byte() {
  return [](std::size_t) { return std::size_t{1}; };
}
// Mostly small pieces, now and then a large one.
inline chunking random_cuts(std::uint64_t seed) {
  return [noise = noise_source(seed)](std::size_t left) mutable {
    const std::size_t reach = noise.chance(0.1) ? left : std::min<std::size_t>(left, 40);
    return 1 + static_cast<std::size_t>(noise.below(reach));
  };
}

// Gives `bytes` to the inbox in such chunks; `after_chunk` is called behind each.
inline void give(inbox& to, std::string_view bytes, const chunking& chunk, const std::function<void()>& after_chunk) {
  while (!bytes.empty()) {
    const auto space = to.space();
    const std::size_t size = std::min({chunk(bytes.size()), bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), size);
    to.received(size);
    bytes.remove_prefix(size);
    after_chunk();
  }
}

inline constexpr std::string_view too_large_mark = "<too large>";

// All frames in the order they were cut; with `finish` also what is unfinished at the end.
inline std::vector<std::string> frames_of(std::string_view bytes, const chunking& chunk, bool finish = true,
                                          std::size_t frame_bytes_max = model::frame_bytes_max) {
  inbox box(frame_bytes_max);
  std::vector<std::string> frames;
  const auto take_all = [&] {
    for (auto cut = box.next(); cut.kind != inbox::cut_kind::none; cut = box.next()) {
      frames.emplace_back(cut.kind == inbox::cut_kind::whole ? cut.bytes : too_large_mark);
    }
  };
  give(box, bytes, chunk, take_all);
  if (finish) {
    box.finish();
    take_all();
  }
  return frames;
}

}  // namespace spindrift::support
