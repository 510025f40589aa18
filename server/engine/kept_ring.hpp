// What is kept of a producer's newest verdicts, by ascending seq: a ring of up to model::in_flight_max byte strings, in
// which the newest takes over the oldest one's memory. Grows twofold as it fills; what goes gives its bytes back.
//
// One thread at a time. `bytes()` is what all of it takes, 40 for each verdict besides its own. About 5 ns to add one,
// and what writing it costs; find() is a binary search.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/limit.hpp"

namespace spindrift {

class kept_ring {
public:
  struct entry {
    std::uint64_t seq = 0;
    std::string bytes{};

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(seq, bytes);
    }
  };

  std::size_t size() const { return count_; }
  std::size_t bytes() const { return bytes_; }

  // `write(std::string&)` writes over what it is given. The oldest goes where there is no room for all.
  template <class Write>
  void add(std::uint64_t seq, Write&& write) {
    if (count_ == entries_.size() && count_ < entries_max) grow();
    if (count_ == entries_max) let_go();
    entry& made = at(count_++);
    made.seq = seq;
    write(made.bytes);
    // What an older one had is kept, unless it is far too much.
    if (made.bytes.capacity() > 2 * made.bytes.size() + 64) made.bytes = std::string(made.bytes);
    bytes_ += size_of(made);
  }
  // Precondition: there is one.
  void drop_oldest() { let_go().bytes = std::string(); }
  // Empty where there is none of this seq.
  std::string_view find(std::uint64_t seq) const {
    std::size_t from = 0;
    for (std::size_t to = count_; from < to;) {
      const std::size_t middle = (from + to) / 2;
      if (at(middle).seq < seq) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < count_ && at(from).seq == seq ? std::string_view(at(from).bytes) : std::string_view();
  }
  // Oldest first.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < count_; ++i) visit(at(i));
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    std::vector<entry> all;
    if constexpr (!Archive::reads) for_each([&](const entry& one) { all.push_back(one); });
    archive.sequence(all, entries_max);
    if constexpr (Archive::reads) {
      *this = kept_ring();
      for (entry& one : all) add(one.seq, [&](std::string& into) { into = std::move(one.bytes); });
    }
  }

private:
  static constexpr std::size_t entries_first = 16;
  static constexpr std::size_t entries_max = model::in_flight_max;
  static_assert(entries_max % entries_first == 0 && (entries_max & (entries_max - 1)) == 0);

  static std::size_t size_of(const entry& one) { return sizeof(entry) + one.bytes.capacity(); }
  entry& at(std::size_t i) { return entries_[(oldest_ + i) & (entries_.size() - 1)]; }
  const entry& at(std::size_t i) const { return entries_[(oldest_ + i) & (entries_.size() - 1)]; }
  // The oldest, which is none of the ring's any more and still has its bytes.
  entry& let_go() {
    entry& gone = at(0);
    bytes_ -= size_of(gone);
    oldest_ = (oldest_ + 1) & (entries_.size() - 1);
    --count_;
    return gone;
  }
  void grow() {
    std::rotate(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(oldest_), entries_.end());
    oldest_ = 0;
    entries_.resize(std::max(entries_first, 2 * entries_.size()));
  }

  std::vector<entry> entries_;  // as many as a power of two; those that are not in use have no bytes
  std::size_t oldest_ = 0;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace spindrift
