// Memory for text that lives as long as the points that look into it: blocks that never move. Belongs to one reader,
// one thread at a time. What was kept is valid until clear(), which keeps one block, since the usual batch needs no
// other. Throws nothing but std::bad_alloc. O(1) and the copy.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace spindrift::formats {

class text_arena {
public:
  std::string_view keep(std::string_view text);
  std::span<char> room(std::size_t bytes);
  void clear();

private:
  static constexpr std::size_t block_bytes = 16'384;
  struct block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<block> blocks_;
  std::size_t at_ = 0;  // block in use
  std::size_t used_ = 0;
};

}  // namespace spindrift::formats
