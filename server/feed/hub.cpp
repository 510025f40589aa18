// Gives each subscriber of a shard the lines of a batch that it wants.
#include "server/feed/hub.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace spindrift {
namespace {

// A viewer's aggregates may take so many times what its outbox may: 100,000 streams of one value by default, with 450
// bytes each.
constexpr std::size_t aggregates_boxes = 12;
// More streams than the outbox takes at once go into it in so short intervals.
constexpr std::int64_t refill_ms = 10;

}  // namespace

std::uint64_t hub::subscribe(filter wanted, outbox& box, subscriber& bell) {
  const int every_ms = wanted.every_ms();
  const auto made = known_.add(std::move(wanted), shard_);
  if (seats_.size() <= made->slot) seats_.resize(made->slot + 1);
  seats_[made->slot] = {
      made->number, &box, &bell, every_ms, 0, 0, 0, every_ms > 0 ? std::make_unique<aggregate_table>() : nullptr};
  return made->number;
}

void hub::unsubscribe(std::uint64_t number) {
  known_.remove(number);
  const auto found = std::find_if(seats_.begin(), seats_.end(), [number](const seat& s) { return s.number == number; });
  if (found != seats_.end()) *found = {};
}

void hub::flush(std::uint64_t number) {
  const auto found = std::find_if(seats_.begin(), seats_.end(), [number](const seat& s) { return s.number == number; });
  if (found == seats_.end() || found->aggregates == nullptr) return;
  found->aggregates->put_into(*found->box, found->aggregates->size());
  found->box->miss(found->aggregates->size());
}

bool hub::wants(std::uint64_t stream_hash, std::string_view stream, line_class line) {
  if (holds(audiences_.wanted_of_all_streams(), line)) return true;
  for (const audience_table::member& one : audiences_.of(stream_hash, stream)) {
    const subscription* const found = audiences_.find(one);
    if (found != nullptr && holds(found->wanted.classes(), line)) return true;
  }
  return false;
}

void hub::share_out() {
  const std::size_t part = limits_.all_bytes_max / std::max<std::size_t>(1, audiences_.size());
  const std::size_t bytes_max = std::min(limits_.one_bytes_max, std::max(limits_.one_bytes_min, part));
  aggregates_part_ = std::max(limits_.one_bytes_min, part);
  for (const seat& one : seats_) {
    if (one.box != nullptr) one.box->limit(bytes_max);
  }
}

hub::seat* hub::seat_of(std::size_t slot, std::uint64_t number) {
  return slot < seats_.size() && seats_[slot].number == number ? &seats_[slot] : nullptr;
}

void hub::deliver(const shared_published_batch& batch) {
  refresh();
  touched_.clear();
  std::array<outbox::piece, 16> parts;  // by the kinds wanted, made when the first wants them
  for (const subscription* const one : audiences_.of_all_streams()) {
    seat* const at = seat_of(one->slot, one->number);
    if (at == nullptr) continue;
    const line_classes wanted = one->wanted.classes();
    if (at->aggregates != nullptr) {
      for (const published_line& line : batch->lines) {
        if (holds(wanted, line.kind)) give(*at, *batch, line);
      }
    } else if (holds_all(wanted, batch->classes)) {
      at->bell->feed_came(at->box->put(batch));
    } else if ((wanted & batch->classes) != 0) {
      outbox::piece& part = parts[wanted];
      if (part.owner == nullptr) part = lines_of(*batch, wanted);
      at->bell->feed_came(at->box->put(part));
    }
  }
  if (audiences_.is_selective()) {
    for (const published_line& line : batch->lines) {
      for (const audience_table::member& one : audiences_.of(line.stream_hash, batch->stream_of(line))) {
        seat* const at = seat_of(one.slot, one.number);
        const subscription* const wish = at != nullptr ? audiences_.find(one) : nullptr;
        if (wish != nullptr && holds(wish->wanted.classes(), line.kind)) give(*at, *batch, line);
      }
    }
  }
  for (seat* const at : touched_) at->bell->feed_came(at->box->end());
}

void hub::give(seat& at, const published_batch& batch, const published_line& line) {
  const bool is_verdict = holds(verdict_lines, line.kind);
  if (at.aggregates == nullptr || !is_verdict) {
    if (at.box->add(batch.text_of(line))) touched_.push_back(&at);
    return;
  }
  const std::size_t bytes_max = std::min(aggregates_boxes * at.box->bytes_max(), aggregates_part_);
  if (at.aggregates->add(line, batch.text_of(line), batch.stream_of(line), bytes_max)) return;
  at.box->miss(1);
  at.bell->feed_came(1);
}

std::int64_t hub::aggregates_due() const {
  std::int64_t due = INT64_MAX;
  for (const seat& at : seats_) {
    if (at.aggregates != nullptr) due = std::min(due, at.due_ms);
  }
  return due;
}

void hub::send_aggregates(std::int64_t now_ms, bool is_last) {
  for (seat& at : seats_) {
    if (at.aggregates == nullptr || (at.due_ms > now_ms && !is_last)) continue;
    if (at.next_round_ms <= now_ms || is_last) {
      at.next_round_ms = now_ms + at.every_ms;
      at.left = at.aggregates->size();
    }
    const std::size_t lines = at.aggregates->put_into(*at.box, at.left);
    at.left -= lines;
    at.due_ms = at.left > 0 ? std::min(now_ms + refill_ms, at.next_round_ms) : at.next_round_ms;
    if (lines > 0) at.bell->feed_came(0);
  }
}

// One copy, shared by all that want the same kinds of line.
outbox::piece hub::lines_of(const published_batch& batch, line_classes wanted) {
  auto lines = std::make_shared<std::string>();
  outbox::piece part;
  for (const published_line& line : batch.lines) {
    if (!holds(wanted, line.kind)) continue;
    lines->append(batch.text_of(line));
    ++part.lines;
  }
  part.bytes = *lines;
  part.owner = std::move(lines);
  return part;
}

}  // namespace spindrift
