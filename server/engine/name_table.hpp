// An open-addressing table of named things: linear probing, the hash given by the caller (who has it already), each
// thing on the heap so that its address never changes. One thread at a time; erase keeps no tombstones (backward
// shift), so a table that fills and empties for years stays as quick as a new one. Cost of a find: one cache line, then
// the thing.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "server/detect/prefetch.hpp"

namespace spindrift {

// Named has a member `name` that compares with a string_view.
template <class Named>
class name_table {
public:
  std::size_t size() const { return size_; }

  Named* find(std::string_view name, std::uint64_t hash) const {
    return sought(hash, [name](const Named& one) { return one.name == name; });
  }

  // Asks the processor to fetch the slots that find() will look at first.
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) prefetch_bytes(&slots_[home(hash)], slots_fetched * sizeof(slot));
  }
  // The thing of that hash, whatever its name; null where there is none. Touches slots alone.
  const Named* guess(std::uint64_t hash) const {
    return sought(hash, [](const Named&) { return true; });
  }

  // Room for so many in all, once instead of by and by.
  void reserve(std::size_t count) {
    std::size_t slots = slots_.empty() ? slots_min : slots_.size();
    while (is_crowded(count, slots)) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }

  // The name must not be there yet.
  Named* insert(std::unique_ptr<Named> thing, std::uint64_t hash) {
    assert(find(thing->name, hash) == nullptr);
    if (is_crowded(size_ + 1, slots_.size())) grow(slots_.empty() ? slots_min : slots_.size() * 2);
    Named* const placed = thing.get();
    place({hash, std::move(thing)});
    ++size_;
    return placed;
  }

  void erase(std::string_view name, std::uint64_t hash) {
    if (slots_.empty()) return;
    std::size_t hole = place_of(hash, [name](const Named& one) { return one.name == name; });
    if (!slots_[hole].thing) return;
    slots_[hole].thing.reset();
    --size_;
    // Whatever was pushed past the hole by probing moves back into it.
    for (std::size_t at = after(hole); slots_[at].thing; at = after(at)) {
      const std::size_t wanted = home(slots_[at].hash);
      const bool may_move = hole <= at ? (wanted <= hole || wanted > at) : (wanted <= hole && wanted > at);
      if (!may_move) continue;
      slots_[hole] = std::move(slots_[at]);
      hole = at;
    }
  }

  template <class Visitor>
  void for_each(Visitor&& visit) {
    for (slot& one : slots_) {
      if (one.thing) visit(*one.thing, one.hash);
    }
  }
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const slot& each : slots_) {
      if (each.thing) visit(*each.thing, each.hash);
    }
  }

private:
  struct slot {
    std::uint64_t hash = 0;
    std::unique_ptr<Named> thing;
  };

  // What is sought lies nearly always within so many of its first slot.
  static constexpr std::size_t slots_fetched = 4;
  static constexpr std::size_t slots_min = 8;
  static bool is_crowded(std::size_t count, std::size_t slots) { return count * 4 > slots * 3; }

  // The low bits choose a stripe of the table's owner; the high bits are still unused.
  std::size_t home(std::uint64_t hash) const { return static_cast<std::size_t>(hash >> 20U) & (slots_.size() - 1); }
  std::size_t after(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  // Of the first thing of that hash that is the one, or the free slot behind where it would lie.
  template <class IsIt>
  std::size_t place_of(std::uint64_t hash, const IsIt& is_it) const {
    std::size_t at = home(hash);
    while (slots_[at].thing && !(slots_[at].hash == hash && is_it(*slots_[at].thing))) at = after(at);
    return at;
  }
  template <class IsIt>
  Named* sought(std::uint64_t hash, const IsIt& is_it) const {
    return slots_.empty() ? nullptr : slots_[place_of(hash, is_it)].thing.get();
  }

  void place(slot&& filled) {
    std::size_t at = home(filled.hash);
    while (slots_[at].thing) at = after(at);
    slots_[at] = std::move(filled);
  }

  void grow(std::size_t slots) {
    std::vector<slot> old = std::exchange(slots_, std::vector<slot>(slots));
    for (slot& each : old) {
      if (each.thing) place(std::move(each));
    }
  }

  std::vector<slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace spindrift
