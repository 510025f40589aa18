// Producers with a name: what each keeps, who goes when there are too many, and who lets verdicts go for others.
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

void producer::keep_within_bounds() {
  while (kept_.bytes() > account_->share() && kept_.size() > 1) drop_oldest();
  if (!is_account_full() || !account_->make_room) return;
  account_->make_room(*this);
  while (is_account_full() && kept_.size() > 1) drop_oldest();
}

void producer::count_kept(std::size_t before) {
  account_->bytes.fetch_add(kept_.bytes() - before, std::memory_order_relaxed);  // modulo 2^64
}

void producer::drop_oldest() {
  const std::size_t before = kept_.bytes();
  kept_.drop_oldest();
  count_kept(before);
}

void producer::drop_kept_to(std::size_t bytes) {
  while (kept_.bytes() > bytes) drop_oldest();
}

void producer::begin_anew() {
  drop_kept_to(0);
  last_seq_ = refused_seq_ = 0;
}

void producer::join(std::shared_ptr<kept_account> account) {
  account_ = std::move(account);
  count_kept(0);
  drop_kept_to(account_->share());
}

void producer::block_after(std::uint64_t seq) {
  if (refused_seq_ == 0 || seq < refused_seq_) refused_seq_ = seq;
}

producer_table::producer_table(std::size_t producers_max, std::size_t kept_bytes_max) : producers_max_(producers_max) {
  account_->bytes_max = kept_bytes_max;
  account_->bound = kept_bytes_max;
  account_->make_room = [this](const producer& adding) { make_room(&adding); };
}

void producer_table::limit(std::size_t producers_max, std::size_t kept_bytes_max) {
  account_->bytes_max.store(kept_bytes_max, std::memory_order_relaxed);
  bound_kept(kept_bytes_max);
  const std::lock_guard guard(lock_);
  producers_max_ = producers_max;
}

std::shared_ptr<producer> producer_table::find_or_create(std::string_view name) {
  const std::lock_guard guard(lock_);
  ++greetings_;
  if (const auto known = producers_.find(name); known != producers_.end()) {
    known->second.greeted = greetings_;
    return known->second.who;
  }
  if (producers_.size() >= producers_max_ && !forget_the_oldest()) return nullptr;
  auto made = std::make_shared<producer>(name, account_);
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

bool producer_table::reset(producer& spoilt) {
  if (may_forget_ && !may_forget_(spoilt)) return false;
  if (was_reset_) was_reset_(spoilt);  // while it still knows how far it had come
  spoilt.begin_anew();
  return true;
}

// Frees a sixteenth at once, so that it is rarely called. `adding` is locked by the caller, or null; of the others
// those that another thread works for are left alone, they come by themselves.
void producer_table::make_room(const producer* adding) {
  const std::size_t bound = account_->bound.load(std::memory_order_relaxed);
  const std::size_t wanted = bound - bound / 16;
  const auto is_enough = [&] { return kept_bytes() <= wanted; };
  const std::lock_guard guard(lock_);
  if (kept_bytes() <= bound) return;
  std::vector<const entry*> order;
  for (const auto& [name, known] : producers_) order.push_back(&known);
  std::sort(order.begin(), order.end(), [](const entry* a, const entry* b) { return a->greeted < b->greeted; });
  const auto drop = [&](producer& other, std::size_t bytes) {
    if (&other == adding) return;
    const std::unique_lock using_it(other.lock, std::try_to_lock);
    if (using_it.owns_lock()) other.drop_kept_to(bytes);
  };
  for (auto at = order.begin(); at != order.end() && !is_enough(); ++at) {
    if ((*at)->who.use_count() == 1) drop(*(*at)->who, 0);
  }
  const std::size_t equal_part = wanted / std::max<std::size_t>(order.size(), 1);
  for (auto at = order.begin(); at != order.end() && !is_enough(); ++at) drop(*(*at)->who, equal_part);
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
  {
    const std::lock_guard guard(lock_);
    loaded->join(account_);
    std::string name = loaded->name();
    producers_.insert_or_assign(std::move(name), entry{std::move(loaded), ++greetings_});
  }
  make_room(nullptr);
}

}  // namespace spindrift
