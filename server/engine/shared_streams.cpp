// Streams that learn one network together: the order of their points, and all of it as it is at one moment.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/detect/shared_networks.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/shared_section.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/stripe_guard.hpp"

namespace spindrift {

std::shared_ptr<const profile_book> engine::profiles() const {
  const std::lock_guard guard(profile_lock_);
  return profiles_;
}

// Of the networks that the batch's points teach.
std::uint64_t engine::orders_of(const batch& work) const {
  if (!is_any_shared_.load(std::memory_order_relaxed)) return 0;
  const std::shared_ptr<const profile_book> book = profiles();
  std::uint64_t orders = 0;
  std::string_view before;
  for (const point& from : work.points) {
    if (from.stream == before) continue;
    before = from.stream;
    orders |= book->order_of(from.stream);
  }
  return orders;
}

std::uint64_t engine::order_of(std::string_view name) const {
  return is_any_shared_.load(std::memory_order_relaxed) ? profiles()->order_of(name) : 0;
}

std::vector<shared_section> engine::shared_sections() {
  std::vector<shared_section> made;
  for (const std::shared_ptr<shared_networks>& one : profiles()->networks()) {
    shared_section& section = made.emplace_back();
    section.is_network = true;
    section.name = one->name();
    one->save(section.bytes);
  }
  return made;
}

std::vector<shared_section> engine::cut_shared(std::uint32_t mark) {
  if (!is_any_shared_.load(std::memory_order_relaxed)) return {};
  // Nothing is learned together while these are held; a stream's own lock is needed for what is no point.
  const stripe_guard in_order(orders_, all_of(orders_));
  std::vector<shared_section> made = shared_sections();
  for (stream_table::stripe& stripe : streams_->stripes()) {
    const std::lock_guard guard(stripe.lock);
    stripe.streams.for_each([&](stream& one, std::uint64_t) {
      if (one.profile->networks == nullptr) return;
      one.snapshot = mark;
      shared_section& section = made.emplace_back();
      section.name = one.name;
      section.position = one.journal.position;
      save_stream(one, section.bytes);
    });
  }
  return made;
}

std::vector<network_loss> engine::restore_networks(std::string_view bytes) {
  const std::string name = shared_networks::name_in(bytes);
  for (const std::shared_ptr<shared_networks>& one : profiles()->networks()) {
    if (one->name() == name) return one->restore(bytes);
  }
  return {{"networks", 0, 0, "it is not in use"}};
}

}  // namespace spindrift
