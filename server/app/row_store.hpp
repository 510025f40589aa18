// Rows that are put behind each other, stay where they are, and are all dropped at once: what is gathered is
// not copied again when there is more of it. Blocks are kept over clear(). One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace spindrift {

template <class Row>
class row_store {
public:
  std::size_t size() const { return size_; }
  Row& operator[](std::size_t at) { return blocks_[at / block_rows][at % block_rows]; }
  const Row& operator[](std::size_t at) const { return blocks_[at / block_rows][at % block_rows]; }
  Row& add(const Row& row) {
    if (size_ == blocks_.size() * block_rows) blocks_.push_back(std::make_unique_for_overwrite<Row[]>(block_rows));
    Row& added = (*this)[size_++];
    added = row;
    return added;
  }
  void clear() { size_ = 0; }

private:
  static constexpr std::size_t block_rows = 4'096;

  std::vector<std::unique_ptr<Row[]>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace spindrift
