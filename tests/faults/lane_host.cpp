// Performs a lane's steps over the broker in memory, and brings it what comes of them.
#include "tests/faults/lane_host.hpp"

#include <algorithm>
#include <utility>

namespace spindrift::faults {

using worker::failure;
using worker::step;

lane_host::lane_host(std::string name, const worker::lane_settings& settings, memory_broker& broker, dice& chance)
    : name_(std::move(name)),
      settings_(settings),
      broker_(broker),
      chance_(chance),
      lane_(
          [&] {
            settings_.owner = name_;
            return settings_;
          }(),
          counts_, own_) {}

void lane_host::later(const dials& trouble, std::function<bool(step&)> give, bool may_be_lost) {
  if (may_be_lost && pick(chance_, 1'000) < trouble.lost_answers) return;
  const std::int64_t late_ms = trouble.late_ms > 0 ? pick(chance_, static_cast<std::uint32_t>(trouble.late_ms)) : 0;
  answers_.push_back({now_ms_ + late_ms, life_, std::move(give)});
}

void lane_host::fail(failure why, const dials& trouble) {
  if (why == failure::fenced && wrong == fault::stops_after_being_fenced) stopped_ = "fenced";
  todo_.clear();
  step out;
  lane_.failed(why, {}, out);
  perform(out, trouble);
}

void lane_host::start(const dials& /*trouble*/) {
  epoch_ = is_transactional() ? broker_.init(name_) : 1;
  if (is_leaving_) return;
  broker_.join(name_, is_static);
  is_joined_ = true;
}

void lane_host::leave() {
  if (is_leaving_) return;
  is_leaving_ = true;
  if (!is_joined_) return;
  todo_.push_back([this](const dials& trouble) {
    std::vector<std::int32_t> all;
    for (const auto& one : lane_.describe()) all.push_back(one.number);
    step out;
    lane_.revoked(all, out);
    perform(out, trouble);
  });
}

void lane_host::perform(step& out, const dials& trouble) {
  if (out.stops) {
    stopped_ = out.stops->message;
    return;
  }
  if (out.starts_anew) {
    todo_.clear();
    fetches_.clear();
    reports_.clear();
    ++life_;
    epoch_ = 0;
    if (is_joined_ && !is_static) broker_.leave(name_);
    is_joined_ = false;
    return;
  }
  send_outputs(out, trouble);
  send_chunks(out, trouble);
  if (out.commit) commit(*out.commit, trouble);
  for (const worker::deletion& old : out.deletions) {
    todo_.push_back([this, old](const dials&) { broker_.delete_before(old.partition, old.before); });
  }
  for (const worker::seek_order& to : out.seeks) fetches_[to.partition] = {to.offset, false};
  for (const std::int32_t number : out.resumes) fetches_[number].is_paused = false;
  for (const std::int32_t number : out.pauses) fetches_[number].is_paused = true;
  ask(out, trouble);
  for (const std::int32_t number : out.released) {
    todo_.push_back([this, number](const dials&) {
      fetches_.erase(number);
      broker_.give_back(name_, number);
    });
  }
}

void lane_host::send_outputs(const step& out, const dials& /*trouble*/) {
  for (const worker::output_record& one : out.sends) {
    const topic to = one.to == worker::output_topic::verdicts ? topic::verdicts
                     : one.to == worker::output_topic::events ? topic::events
                                                              : topic::dead_letters;
    message sent{std::string(out.text(one.key)), std::string(out.text(one.value)), one.timestamp_ms};
    if (to == topic::dead_letters) {
      sent.value +=
          " | " + std::string(name_of(one.error)) + " " + std::to_string(one.offset) + ":" + std::to_string(one.line);
    }
    todo_.push_back([this, to, partition = one.partition, sent](const dials& now) {
      if (pick(chance_, 1'000) < now.failed_sends) return fail(failure::undelivered, now);
      if (!is_transactional()) {
        broker_.append(to, partition, sent);
        return;
      }
      std::int64_t offset = 0;
      if (broker_.send(name_, epoch_, to, partition, sent, offset) != reply::ok) fail(failure::fenced, now);
    });
  }
}

void lane_host::send_chunks(const step& out, const dials& /*trouble*/) {
  for (const worker::snapshot_chunk& one : out.chunks) {
    message sent{{}, std::string(out.text(one.value)), 0};
    todo_.push_back([this, id = one.id, partition = one.partition, sent](const dials& now) {
      if (pick(chance_, 1'000) < now.failed_sends) {
        return fail(failure::undelivered, now);
      }
      std::int64_t offset = 0;
      if (!is_transactional() || sends_chunks_apart) {
        offset = broker_.append(topic::snapshots, partition, sent);
      } else if (broker_.send(name_, epoch_, topic::snapshots, partition, sent, offset) != reply::ok) {
        return fail(failure::fenced, now);
      }
      if (pick(chance_, 1'000) >= now.lost_answers) reports_.emplace_back(id, offset);
    });
  }
}

// Outputs are with the broker; their offsets are under way while the lane goes on.
void lane_host::commit_later(const worker::commit_order& order) {
  todo_.push_back([this, order](const dials& now) {
    lane_.flushed(order.id);
    later(
        now,
        [this, order, life = life_](step& into) {
          if (life != life_) return true;
          for (const worker::committed_offset& one : order.offsets) {
            if (broker_.commit_offset(name_, one.partition, {one.offset, one.metadata}) == reply::ok) continue;
            lane_.failed(failure::abortable, {}, into);
            return true;
          }
          lane_.committed(order.id, into);
          return true;
        },
        false);
  });
}

void lane_host::commit(const worker::commit_order& order, const dials& /*trouble*/) {
  if (!is_transactional() && pick(chance_, 2) == 0) return commit_later(order);
  for (const worker::committed_offset& one : order.offsets) {
    todo_.push_back([this, one](const dials& now) {
      group_position position{one.offset, one.metadata};
      if (wrong == fault::commits_a_pointer_of_its_own) {
        auto pointer = *worker::pointer_from(one.metadata);
        pointer.at = one.offset;
        position.metadata = to_text(pointer);
      }
      if (pick(chance_, 1'000) >= now.old_generations) broker_.refresh(name_);
      const bool is_outside = !is_transactional() || wrong == fault::commits_offsets_outside;
      const reply said = is_outside ? broker_.commit_offset(name_, one.partition, position)
                                    : broker_.send_offsets(name_, epoch_, name_, one.partition, position);
      if (said == reply::fenced) return fail(failure::fenced, now);
      if (said == reply::abortable && wrong != fault::ignores_a_generation) fail(failure::abortable, now);
    });
  }
  todo_.push_back([this, id = order.id](const dials& now) { end_commit(id, now); });
}

void lane_host::end_commit(worker::ticket id, const dials& trouble) {
  if (pick(chance_, 1'000) < trouble.failed_commits) {
    return fail(pick(chance_, 2) == 0 ? failure::timed_out : failure::fatal, trouble);
  }
  if (is_transactional() && broker_.commit(name_, epoch_) != reply::ok) return fail(failure::fenced, trouble);
  if (pick(chance_, 1'000) < trouble.lost_commits) {
    // What became of it is not known: told at once, or by nobody.
    if (pick(chance_, 2) == 0) fail(failure::timed_out, trouble);
    return;
  }
  // Reports come before the end of the commit that they belong to.
  step out;
  for (const auto& [chunk, offset] : std::exchange(reports_, {})) lane_.delivered(chunk, offset, out);
  perform(out, trouble);
  later(
      trouble,
      [this, id](step& into) {
        lane_.committed(id, into);
        return true;
      },
      false);
}

void lane_host::ask(const step& out, const dials& trouble) {
  for (const worker::position_ask& wanted : out.positions) {
    later(trouble, [this, wanted](step& into) {
      if (wanted.stable && broker_.has_pending_offset(wanted.partition)) return false;
      const group_position found = broker_.committed(wanted.partition);
      lane_.positioned(wanted.id, {found.offset, found.metadata, 0, broker_.end_of(topic::points, wanted.partition)},
                       into);
      return true;
    });
  }
  for (const worker::fence_ask& wanted : out.fences) {
    later(trouble, [this, wanted](step& into) {
      if (wrong != fault::never_fences) broker_.init(wanted.owner);
      lane_.fenced(wanted.id, into);
      return true;
    });
  }
  for (const worker::snapshot_ask& wanted : out.snapshots) read_snapshot(wanted, wanted.first, trouble);
}

void lane_host::read_snapshot(const worker::snapshot_ask& wanted, std::int64_t from, const dials& trouble) {
  later(trouble, [this, wanted, from](step& into) {
    if (!broker_.is_stable_to(topic::snapshots, wanted.partition, wanted.last)) return false;
    std::int64_t offset = from;
    message found;
    const bool is_there = broker_.read(topic::snapshots, wanted.partition, offset, found);
    if (!is_there || offset > wanted.last) {
      lane_.chunks_ended(wanted.id, into);
      return true;
    }
    lane_.chunk(wanted.id, offset, found.value, into);
    read_snapshot(wanted, offset + 1, {});
    return true;
  });
}

void lane_host::hear_group(const dials& trouble) {
  const group_news news = broker_.poll(name_);
  step out;
  if (news.is_expelled) {
    is_joined_ = false;
    std::vector<std::int32_t> all;
    for (const auto& one : lane_.describe()) all.push_back(one.number);
    lane_.lost(all, out);
    if (!out.starts_anew) {  // it had nothing to lose
      ++life_;
      epoch_ = 0;
    }
    return perform(out, trouble);
  }
  if (!news.revoked.empty() && wrong == fault::loses_fetched_at_rebalance) {
    for (auto& [number, one] : fetches_) one.next = std::min(one.next + 2, broker_.end_of(topic::points, number));
  }
  if (!news.assigned.empty()) lane_.assigned(news.assigned, out);
  perform(out, trouble);
  step also;
  if (!news.revoked.empty()) lane_.revoked(news.revoked, also);
  perform(also, trouble);
}

// A few at a time, now and then some that were given before.
void lane_host::give_records(const dials& trouble) {
  if (fetches_.empty() || !lane_.takes_records()) return;
  auto at = fetches_.begin();
  std::advance(at, pick(chance_, static_cast<std::uint32_t>(fetches_.size())));
  const std::int32_t number = at->first;
  fetching& from = at->second;
  if (from.is_paused) return;
  std::int64_t next = from.next;
  if (pick(chance_, 20) == 0) next = std::max<std::int64_t>(next - 2, 0);
  std::vector<message> content;
  std::vector<std::int64_t> offsets;
  for (std::uint32_t left = 1 + pick(chance_, 12); left > 0; --left, ++next) {
    message one;
    if (!broker_.read(topic::points, number, next, one)) break;
    content.push_back(std::move(one));
    offsets.push_back(next);
  }
  if (content.empty()) return;
  std::vector<worker::input_record> given;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const std::int64_t time_ms =
        wrong == fault::gives_its_own_time ? 1'764'000'000'000 + now_ms_ : content[i].timestamp_ms;
    given.push_back({offsets[i], time_ms, content[i].key, content[i].value, true});
  }
  from.next = std::max(from.next, offsets.back() + 1);
  step out;
  lane_.records(number, given, out);
  perform(out, trouble);
}

bool lane_host::give_an_answer(const dials& trouble) {
  for (auto at = answers_.begin(); at != answers_.end(); ++at) {
    if (at->due_ms > now_ms_) continue;
    answer one = std::move(*at);
    answers_.erase(at);
    // Of an earlier life: given all the same, a ticket tells.
    step out;
    if (!one.give(out) && one.life == life_) {
      one.due_ms = now_ms_ + 20;
      answers_.push_back(std::move(one));
      return false;
    }
    perform(out, trouble);
    return true;
  }
  return false;
}

void lane_host::act(std::int64_t now_ms, const dials& trouble) {
  if (now_ms < frozen_until_ms_ || !stopped_.empty()) return;
  now_ms_ = now_ms;
  if (epoch_ == 0) {
    if (is_leaving_ || pick(chance_, 4) != 0) return;
    return start(trouble);
  }
  if (!todo_.empty()) {
    const auto next = std::move(todo_.front());
    todo_.pop_front();
    return next(trouble);
  }
  if (is_leaving_ && lane_.is_empty()) {
    if (is_joined_) broker_.leave(name_);
    is_joined_ = false;
    return;
  }
  step out;
  lane_.tick(now_ms_, out);
  perform(out, trouble);
  if (!todo_.empty()) return;
  switch (pick(chance_, 4)) {
    case 0:
      if (lane_.takes_records()) hear_group(trouble);
      return;
    case 1:
      give_an_answer(trouble);
      return;
    case 2: {
      if (reports_.empty() || !lane_.takes_records()) return;
      step told;
      lane_.delivered(reports_.front().first, reports_.front().second, told);
      reports_.erase(reports_.begin());
      return perform(told, trouble);
    }
    default:
      return give_records(trouble);
  }
}

}  // namespace spindrift::faults
