// Cuts slabs into blocks, and lets go of those that are empty.
#include "server/detect/slab_room.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <numeric>

namespace spindrift {

// Never destroyed: whoever holds a block may end after all else.
slab_room& slab_room::shared() {
  static auto* const room = new slab_room;
  return *room;
}

std::size_t slab_room::slab_count() {
  slab_room& room = shared();
  const std::lock_guard held(room.lock_);
  return room.slabs_.size();
}

slab_room::address slab_room::add_slab(std::size_t block_bytes) {
  slab made{block_bytes, std::make_unique<std::byte[]>(block_bytes * blocks_a_slab)};
  made.free.resize(blocks_a_slab);
  std::iota(made.free.rbegin(), made.free.rend(), std::uint8_t{0});  // the first block is the first to go
  const auto begin = reinterpret_cast<address>(made.blocks.get());
  const auto added = slabs_.emplace(begin, std::move(made)).first;
  try {
    spacious_.emplace(block_bytes, begin);
  } catch (...) {
    slabs_.erase(added);
    throw;
  }
  return begin;
}

// Of the lowest slab that has one, so that the others become empty.
std::byte* slab_room::hand_out(std::size_t bytes) {
  const std::size_t block_bytes = (bytes + alignof(double) - 1) / alignof(double) * alignof(double);
  const std::lock_guard held(lock_);
  const auto lowest = spacious_.lower_bound({block_bytes, 0});
  const bool has_one = lowest != spacious_.end() && lowest->first == block_bytes;
  const address begin = has_one ? lowest->second : add_slab(block_bytes);
  slab& from = slabs_.at(begin);
  std::byte* const block = from.blocks.get() + from.free.back() * block_bytes;
  from.free.pop_back();
  if (from.free.empty()) from.place = spacious_.extract({block_bytes, begin});
  std::fill_n(block, block_bytes, std::byte{0});
  return block;
}

void slab_room::take_back(std::byte* block) {
  const std::lock_guard held(lock_);
  const auto behind = slabs_.upper_bound(reinterpret_cast<address>(block));
  assert(behind != slabs_.begin());
  const auto found = std::prev(behind);
  slab& to = found->second;
  const auto number = static_cast<std::size_t>(block - to.blocks.get()) / to.block_bytes;
  assert(number < blocks_a_slab);
  if (to.free.empty()) spacious_.insert(std::move(to.place));
  to.free.push_back(static_cast<std::uint8_t>(number));
  if (to.free.size() < blocks_a_slab) return;
  spacious_.erase({to.block_bytes, found->first});
  slabs_.erase(found);
}

}  // namespace spindrift
