// Texts that are put behind each other, stay where they are, and are all dropped at once: many short ones take no block
// of the heap each. Blocks of 64 KiB are kept over clear(). A text stays where it is when its store is moved. One
// thread at a time.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace spindrift {

class text_store {
public:
  // Valid until clear().
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > block_bytes) {
      large_.push_back(std::make_unique_for_overwrite<char[]>(text.size()));
      return put(large_.back().get(), text);
    }
    if (used_ == 0 || at_ + text.size() > block_bytes) {
      if (used_ == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));
      ++used_;
      at_ = 0;
    }
    char* const to = blocks_[used_ - 1].get() + at_;
    at_ += text.size();
    return put(to, text);
  }
  void clear() {
    used_ = at_ = 0;
    large_.clear();
  }

private:
  static constexpr std::size_t block_bytes = 64U << 10U;

  static std::string_view put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::unique_ptr<char[]>> large_;
  std::size_t used_ = 0;  // blocks
  std::size_t at_ = 0;    // in the last of them
};

}  // namespace spindrift
