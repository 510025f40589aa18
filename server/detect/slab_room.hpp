// Room for blocks that streams hold while they are young, and let go of at the same age: their first values. From the
// heap each would lie between blocks that its stream keeps, and streams that are fed in turn give up so many at once
// that they are of use to nobody there. Here blocks of one size lie behind each other in slabs that hold nothing else,
// and a slab goes back to the heap as a whole, with its last block.
//
// One for all; any thread. Some 100 ns for a block that is taken or given back: a lock, and a search among slabs.
// Memory beyond the blocks: a slab for each size in use, and what streams that do not age together leave free of
// others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace spindrift {

class slab_room {
public:
  // More in one need fewer pages at their ends; fewer in one are sooner all given up.
  static constexpr std::size_t blocks_a_slab = 64;

  struct give_back {
    void operator()(std::byte* block) const { shared().take_back(block); }
  };
  using owner = std::unique_ptr<std::byte[], give_back>;

  // A block of noughts, aligned to eight bytes.
  static owner make(std::size_t bytes) { return owner(shared().hand_out(bytes)); }

  // Of all sizes.
  static std::size_t slab_count();

private:
  using address = std::uintptr_t;
  using slab_set = std::set<std::pair<std::size_t, address>>;
  struct slab {
    std::size_t block_bytes = 0;
    std::unique_ptr<std::byte[]> blocks{};
    std::vector<std::uint8_t> free{};  // their numbers
    slab_set::node_type place{};  // of spacious_, while none is free: a block is given back without asking for memory
  };

  static slab_room& shared();
  std::byte* hand_out(std::size_t bytes);
  void take_back(std::byte* block);
  address add_slab(std::size_t block_bytes);

  std::mutex lock_;
  std::map<address, slab> slabs_;  // by where they begin
  slab_set spacious_;              // with a block that is free: its bytes, and where they begin
};

}  // namespace spindrift
