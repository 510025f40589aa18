// Logs, transactions and a group, in memory.
#include "tests/faults/memory_broker.hpp"

#include <algorithm>
#include <utility>

namespace spindrift::faults {

void memory_broker::advance(std::int64_t now_ms) {
  now_ms_ = now_ms;
  for (auto& [id, one] : transactions_) {
    if (!one.is_open || now_ms_ - one.began_ms <= transaction_ms_) continue;
    ++one.epoch;  // whoever had it open is fenced
    end(one, fate::aborted, !wrong.aborts_without_markers);
  }
  std::vector<std::string> silent;
  for (const auto& [name, one] : members_) {
    if (now_ms_ - one.heard_ms > session_ms_) silent.push_back(name);
  }
  for (const std::string& name : silent) leave(name);
}

std::int64_t memory_broker::append(topic to, std::int32_t partition, message sent) {
  log& into = log_of(to, partition);
  into.entries.push_back({std::move(sent), fate::committed});
  return static_cast<std::int64_t>(into.entries.size()) - 1;
}

reply memory_broker::send(const std::string& id, std::uint32_t epoch, topic to, std::int32_t partition, message sent,
                          std::int64_t& offset) {
  transaction& own = transactions_[id];
  if (own.epoch != epoch) return reply::fenced;
  begin_if_closed(own);
  log& into = log_of(to, partition);
  own.entries.push_back({to, partition, into.entries.size()});
  offset = static_cast<std::int64_t>(into.entries.size());
  into.entries.push_back({std::move(sent), fate::pending});
  return reply::ok;
}

std::int64_t memory_broker::end_of(topic of, std::int32_t partition) const {
  return static_cast<std::int64_t>(log_of(of, partition).entries.size());
}

bool memory_broker::read(topic of, std::int32_t partition, std::int64_t& offset, message& into) const {
  const log& from = log_of(of, partition);
  auto at = std::max(static_cast<std::size_t>(std::max<std::int64_t>(offset, 0)), from.begin);
  while (at < from.entries.size()) {
    const entry& one = from.entries[at];
    if (one.state == fate::pending) return false;
    if (one.state == fate::committed) {
      offset = static_cast<std::int64_t>(at);
      into = one.content;
      return true;
    }
    ++at;
  }
  return false;
}

bool memory_broker::is_stable_to(topic of, std::int32_t partition, std::int64_t offset) const {
  const log& from = log_of(of, partition);
  for (std::size_t at = from.begin; at < from.entries.size() && static_cast<std::int64_t>(at) <= offset; ++at) {
    if (from.entries[at].state == fate::pending) return false;
  }
  return true;
}

void memory_broker::delete_before(std::int32_t partition, std::int64_t offset) {
  log& from = log_of(topic::snapshots, partition);
  from.begin = std::clamp(static_cast<std::size_t>(offset), from.begin, from.entries.size());
}

void memory_broker::begin_if_closed(transaction& of) {
  if (of.is_open) return;
  of.is_open = true;
  of.began_ms = now_ms_;
}

void memory_broker::end(transaction& of, fate as, bool writes_markers) {
  of.is_open = false;
  std::set<std::pair<topic, std::int32_t>> touched;
  if (!writes_markers) {
    of.unmarked.insert(of.unmarked.end(), of.entries.begin(), of.entries.end());
    // Nobody can tell them from aborted ones until the next marker of the producer.
    as = fate::aborted;
  } else if (as == fate::committed) {
    of.entries.insert(of.entries.end(), of.unmarked.begin(), of.unmarked.end());
    of.unmarked.clear();
  }
  for (const place& at : of.entries) {
    log_of(at.of, at.partition).entries[at.at].state = as;
    touched.emplace(at.of, at.partition);
  }
  if (writes_markers) {
    for (const auto& [to, partition] : touched) log_of(to, partition).entries.push_back({{}, fate::marker});
  }
  if (as == fate::committed) {
    for (const auto& [partition, position] : of.offsets) positions_[partition] = position;
  }
  of.entries.clear();
  of.offsets.clear();
}

std::uint32_t memory_broker::init(const std::string& id) {
  transaction& own = transactions_[id];
  if (own.is_open) end(own, fate::aborted);
  return ++own.epoch;
}

reply memory_broker::send_offsets(const std::string& id, std::uint32_t epoch, const std::string& member,
                                  std::int32_t partition, group_position position) {
  transaction& own = transactions_[id];
  if (own.epoch != epoch) return reply::fenced;
  const auto known = members_.find(member);
  if (known == members_.end() || known->second.generation != generation_) return reply::abortable;
  begin_if_closed(own);
  own.offsets[partition] = std::move(position);
  return reply::ok;
}

reply memory_broker::commit(const std::string& id, std::uint32_t epoch) {
  transaction& own = transactions_[id];
  if (own.epoch != epoch) return reply::fenced;
  end(own, fate::committed);
  return reply::ok;
}

reply memory_broker::commit_offset(const std::string& member, std::int32_t partition, group_position position) {
  const auto known = members_.find(member);
  if (known == members_.end() || known->second.generation != generation_) return reply::abortable;
  positions_[partition] = std::move(position);
  return reply::ok;
}

group_position memory_broker::committed(std::int32_t partition) const {
  const auto found = positions_.find(partition);
  return found == positions_.end() ? group_position{} : found->second;
}

bool memory_broker::has_pending_offset(std::int32_t partition) const {
  return std::any_of(transactions_.begin(), transactions_.end(), [partition](const auto& one) {
    return one.second.is_open && one.second.offsets.count(partition) != 0;
  });
}

void memory_broker::join(const std::string& member, bool is_static) {
  const auto known = members_.find(member);
  if (is_static && known != members_.end()) {
    known->second.heard_ms = now_ms_;
    known->second.new_ones = known->second.owned;
    return;
  }
  leave(member);
  members_[member].heard_ms = now_ms_;
  rebalance(turn_);
}

void memory_broker::leave(const std::string& member) {
  const auto found = members_.find(member);
  if (found == members_.end()) return;
  members_.erase(found);
  for (std::string& owner : owners_) {
    if (owner == member) owner.clear();
  }
  rebalance(turn_);
}

// A member that has not polled since has the old generation.
void memory_broker::rebalance(std::uint32_t turn) {
  turn_ = turn;
  ++generation_;
  targets_.assign(owners_.size(), {});
  if (members_.empty()) return;
  std::vector<std::string> names;
  for (const auto& [name, one] : members_) names.push_back(name);
  for (std::size_t p = 0; p < owners_.size(); ++p) {
    targets_[p] = names[(p + turn_) % names.size()];
    if (owners_[p].empty() || owners_[p] == targets_[p]) continue;
    members_[owners_[p]].asked_back.insert(static_cast<std::int32_t>(p));
  }
  assign_free();
}

void memory_broker::assign_free() {
  for (std::size_t p = 0; p < owners_.size(); ++p) {
    if (!owners_[p].empty() || targets_.empty() || targets_[p].empty()) continue;
    const auto target = members_.find(targets_[p]);
    if (target == members_.end()) continue;
    owners_[p] = targets_[p];
    target->second.owned.insert(static_cast<std::int32_t>(p));
    target->second.new_ones.insert(static_cast<std::int32_t>(p));
  }
}

void memory_broker::refresh(const std::string& member) {
  const auto known = members_.find(member);
  if (known != members_.end()) known->second.generation = generation_;
}

group_news memory_broker::poll(const std::string& member) {
  group_news news;
  const auto found = members_.find(member);
  if (found == members_.end()) {
    news.is_expelled = true;
    return news;
  }
  member_state& own = found->second;
  own.heard_ms = now_ms_;
  own.generation = generation_;
  for (const std::int32_t partition : own.asked_back) {
    // It may be meant for this one again by now.
    if (targets_[static_cast<std::size_t>(partition)] == member) continue;
    if (own.new_ones.erase(partition) > 0) {
      give_back(member, partition);
    } else {
      news.revoked.push_back(partition);
    }
  }
  own.asked_back.clear();
  news.assigned.assign(own.new_ones.begin(), own.new_ones.end());
  own.new_ones.clear();
  return news;
}

void memory_broker::give_back(const std::string& member, std::int32_t partition) {
  std::string& owner = owners_[static_cast<std::size_t>(partition)];
  if (owner != member) return;
  owner.clear();
  members_[member].owned.erase(partition);
  assign_free();
}

}  // namespace spindrift::faults
