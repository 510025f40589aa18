// Finds the like of each notice.
#include "server/rehearsal/notice_comparison.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <tuple>

namespace spindrift {
namespace {

std::int64_t end_of(const event& one) {
  if (!one.to_n && !one.to) return std::numeric_limits<std::int64_t>::max();
  return std::max(one.to.value_or(one.from), one.told);
}

bool touch(const event& a, const event& b) {
  return a.from <= end_of(b) && b.from <= end_of(a);
}

bool is_changed(const event& a, const event& b) {
  return a.severity != b.severity || a.kind != b.kind;
}

// The less, the liker.
auto unlikeness(const compared_notice& a, const compared_notice& b) {
  const std::int64_t apart = std::max(a.newest.from, b.newest.from) - std::min(a.newest.from, b.newest.from);
  return std::tuple(a.newest.kind != b.newest.kind, a.newest.direction != b.newest.direction, a.feature != b.feature,
                    apart);
}

}  // namespace

void notice_comparison::hear(notice_side side, const event& said, std::string_view stream, std::string_view feature) {
  if (said.is_picture_alone) return;
  std::vector<std::uint64_t>& of_stream = by_stream_[std::string(stream)];
  const auto looked_from = of_stream.end() - static_cast<std::ptrdiff_t>(std::min(of_stream.size(), looked_at));
  const auto known = std::find_if(looked_from, of_stream.end(), [&](std::uint64_t serial) {
    return at(serial).side == side && at(serial).newest.number == said.number;
  });
  if (said.state != event_state::open || known != of_stream.end()) {
    if (known != of_stream.end()) {
      at(*known).newest = said;
      at(*known).newest.why.reset();
    } else if (of_stream.empty()) {
      by_stream_.erase(std::string(stream));  // of one that opened before anybody compared
    }
    return;
  }
  const std::uint64_t serial = first_ + kept_.size();
  compared_notice& made = kept_.emplace_back();
  made.stream = stream;
  made.feature = feature;
  made.side = side;
  made.newest = said;
  made.newest.why.reset();
  pair_up(serial, of_stream);
  of_stream.push_back(serial);
  if (kept_.size() > notices_max_) drop_oldest();
}

void notice_comparison::pair_up(std::uint64_t serial, const std::vector<std::uint64_t>& of_stream) {
  compared_notice& made = at(serial);
  std::uint64_t best = 0;
  const std::size_t looked_from = of_stream.size() - std::min(of_stream.size(), looked_at);
  for (std::size_t i = looked_from; i < of_stream.size(); ++i) {
    const compared_notice& other = at(of_stream[i]);
    if (other.side == made.side || other.like != 0 || !touch(other.newest, made.newest)) continue;
    if (best == 0 || unlikeness(other, made) < unlikeness(at(best), made)) best = of_stream[i];
  }
  if (best == 0) return;
  made.like = best;
  at(best).like = serial;
}

void notice_comparison::drop_oldest() {
  const compared_notice& oldest = kept_.front();
  settled_.add(oldest, like_of(oldest));
  const auto of_stream = by_stream_.find(oldest.stream);
  of_stream->second.erase(of_stream->second.begin());
  if (of_stream->second.empty()) by_stream_.erase(of_stream);
  kept_.pop_front();
  ++first_;
}

void notice_comparison::clear() {
  kept_.clear();
  by_stream_.clear();
  first_ = 1;
  settled_ = {};
}

const compared_notice* notice_comparison::like_of(const compared_notice& one) const {
  if (one.like < first_ || one.like == 0) return nullptr;
  return &kept_[static_cast<std::size_t>(one.like - first_)];
}

// `like`: of the older half of a pair alone, so that it is counted once.
void notice_comparison::tally::add(const compared_notice& one, const compared_notice* like) {
  const bool is_before = one.side == notice_side::before;
  ++(is_before ? before : after);
  if (one.like == 0) ++(is_before ? gone : fresh);
  if (like != nullptr && is_changed(one.newest, like->newest)) ++changed;
}

notice_comparison::tally notice_comparison::totals() const {
  tally all = settled_;
  std::uint64_t serial = first_;
  for (const compared_notice& one : kept_) {
    const compared_notice* const like = like_of(one);
    all.add(one, one.like > serial ? like : nullptr);
    ++serial;
  }
  return all;
}

notice_comparison::listing notice_comparison::only(notice_side side) const {
  listing found;
  for (const compared_notice& one : kept_) {
    if (one.side == side && one.like == 0) found.push_back(&one);
  }
  return found;
}

std::vector<notice_comparison::pair> notice_comparison::changed() const {
  std::vector<pair> found;
  for (const compared_notice& one : kept_) {
    if (one.side != notice_side::before) continue;
    const compared_notice* const like = like_of(one);
    if (like != nullptr && is_changed(one.newest, like->newest)) found.emplace_back(&one, like);
  }
  return found;
}

}  // namespace spindrift
