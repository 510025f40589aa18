#include "server/engine/producer_table.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {

std::uint64_t producer::take_over(std::uint64_t holder) {
  refused_seq_ = 0;
  return std::exchange(holder_, holder);
}

void producer::let_go(std::uint64_t holder) {
  if (holder_ == holder) holder_ = 0;
}

void producer::keep(std::uint64_t seq, std::string_view line) {
  last_seq_ = seq;
  if (kept_.size() < kept_max) {
    kept_.push_back({seq, std::string(line)});
    return;
  }
  // The oldest gives its memory to the newest.
  kept_verdict reused = std::move(kept_.front());
  kept_.pop_front();
  reused.seq = seq;
  reused.line.assign(line);
  kept_.push_back(std::move(reused));
}

std::string_view producer::kept(std::uint64_t seq) const {
  const auto at = std::lower_bound(kept_.begin(), kept_.end(), seq,
                                   [](const kept_verdict& each, std::uint64_t wanted) { return each.seq < wanted; });
  return at != kept_.end() && at->seq == seq ? std::string_view(at->line) : std::string_view();
}

void producer::block_after(std::uint64_t seq) {
  if (refused_seq_ == 0 || seq < refused_seq_) refused_seq_ = seq;
}

std::shared_ptr<producer> producer_table::find_or_create(std::string_view name) {
  const std::lock_guard guard(lock_);
  ++greetings_;
  if (const auto known = producers_.find(name); known != producers_.end()) {
    known->second.greeted = greetings_;
    return known->second.who;
  }
  if (producers_.size() >= producers_max_ && !forget_the_oldest()) return nullptr;
  auto made = std::make_shared<producer>(name);
  producers_.emplace(std::string(name), entry{made, greetings_});
  return made;
}

bool producer_table::forget_the_oldest() {
  auto oldest = producers_.end();
  for (auto at = producers_.begin(); at != producers_.end(); ++at) {
    // Held by nobody else means connected to nobody; the lock is free then, or about to be.
    const bool is_idle = at->second.who.use_count() == 1;
    if (is_idle && (oldest == producers_.end() || at->second.greeted < oldest->second.greeted)) oldest = at;
  }
  if (oldest == producers_.end()) return false;
  if (may_forget_ && !may_forget_(*oldest->second.who)) return false;
  producers_.erase(oldest);
  return true;
}

void producer_table::replay_forget(std::string_view name, journal_position position) {
  const std::lock_guard guard(lock_);
  const auto known = producers_.find(name);
  if (known != producers_.end() && position > known->second.who->journal().position) producers_.erase(known);
}

std::size_t producer_table::size() const {
  const std::lock_guard guard(lock_);
  return producers_.size();
}

void producer_table::for_each(const std::function<void(producer&)>& visit) {
  std::vector<std::shared_ptr<producer>> all;
  {
    const std::lock_guard guard(lock_);
    for (const auto& [name, known] : producers_) all.push_back(known.who);
  }
  for (const auto& each : all) {
    const std::lock_guard guard(each->lock);
    visit(*each);
  }
}

void producer_table::restore(std::shared_ptr<producer> loaded) {
  const std::lock_guard guard(lock_);
  std::string name = loaded->name();
  producers_.insert_or_assign(std::move(name), entry{std::move(loaded), ++greetings_});
}

}  // namespace spindrift
