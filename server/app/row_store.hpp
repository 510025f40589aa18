// Rows that are put behind each other, stay where they are, and are all dropped at once: what is gathered is
// not copied again when there is more of it. Blocks are kept over clear(), and touched where a row is put. One thread
// at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "server/app/free_pages.hpp"

namespace spindrift {

template <class Row>
class row_store {
public:
  std::size_t size() const { return size_; }
  Row& operator[](std::size_t at) { return *row_at(at); }
  const Row& operator[](std::size_t at) const { return *row_at(at); }
  Row& add(const Row& row) {
    if (size_ == blocks_.size() * block_rows) {
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block_rows * sizeof(Row)));
      bring_pages(blocks_.back().get(), block_rows * sizeof(Row));
    }
    return *new (place_of(size_++)) Row(row);
  }
  void clear() { size_ = 0; }

private:
  static constexpr std::size_t block_rows = 4'096;
  static_assert(std::is_trivially_destructible_v<Row> && alignof(Row) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

  std::byte* place_of(std::size_t at) const { return &blocks_[at / block_rows][at % block_rows * sizeof(Row)]; }
  Row* row_at(std::size_t at) const { return std::launder(reinterpret_cast<Row*>(place_of(at))); }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace spindrift
