// Items that one thread gathers while others work off those before them, at start-up.
//
// There are two groups of items: one is filled while the other's items are worked off, as many threads as there are
// cores. Items of one lane are one thread's, in their order, and a group is begun when the one before it is done, so
// what a lane does is done in order. What came of an item is handed out by the gathering thread, in the order of
// gathering. Owned by that thread; `does` is called by others, for one share of the lanes at a time each. Few items are
// worked off without threads. Memory: two groups of items, which are used again and again, as they were left.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "server/app/thread_team.hpp"

namespace spindrift {

template <class Item>
class crew {
public:
  struct size {
    std::size_t threads = 0;  // 0: as many as there are cores
    std::size_t items = 0;    // of a group
    std::size_t few = 0;      // so many take less time than threads take to begin
  };
  using worker = std::function<void(std::span<Item* const>)>;
  using taker = std::function<void(Item&)>;

  crew(const size& of, worker does, taker takes)
      : items_max_(of.items), few_(of.few), does_(std::move(does)), takes_(std::move(takes)), team_(of.threads) {}
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  // fill(Item&): fills one in and returns its lane.
  template <class Fill>
  void gather(const Fill& fill) {
    if (filled().used == items_max_) {
      hand_out(other());
      begin(filled());
      now_ = 1 - now_;
    }
    group& to = filled();
    if (to.used == to.slots.size()) to.slots.emplace_back();
    slot& next = to.slots[to.used];
    next.lane = fill(next.item);
    ++to.used;
  }

  // Everything that was gathered is worked off and handed out.
  void finish() {
    hand_out(other());
    begin(filled());
    hand_out(filled());
  }

private:
  struct slot {
    std::size_t lane = 0;
    Item item{};
  };
  struct group {
    std::deque<slot> slots;  // which stay where they are
    std::size_t used = 0;
    std::vector<std::vector<Item*>> shares;
  };

  group& filled() { return groups_[now_]; }
  group& other() { return groups_[1 - now_]; }

  void begin(group& of) {
    of.shares.resize(of.used <= few_ ? 1 : team_.size());
    for (std::vector<Item*>& share : of.shares) share.clear();
    for (std::size_t i = 0; i < of.used; ++i) {
      slot& one = of.slots[i];
      of.shares[one.lane % of.shares.size()].push_back(&one.item);
    }
    if (of.shares.size() == 1) return does_(of.shares[0]);
    team_.begin([this, &of](std::size_t which) { does_(of.shares[which]); });
  }

  void hand_out(group& of) {
    team_.wait();
    for (std::size_t i = 0; i < of.used; ++i) takes_(of.slots[i].item);
    of.used = 0;
  }

  const std::size_t items_max_;
  const std::size_t few_;
  const worker does_;
  const taker takes_;
  std::array<group, 2> groups_;
  std::size_t now_ = 0;  // which is filled
  thread_team team_;     // last: its threads end first
};

}  // namespace spindrift
