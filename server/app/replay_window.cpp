// Packs entries of the journal, chains them by streams, and unpacks them again.
#include "server/app/replay_window.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

#include "server/detect/prefetch.hpp"
#include "server/engine/engine.hpp"

namespace spindrift {

namespace {
// What is packed of a verdict, without its named values; and with each of them.
constexpr std::size_t verdict_bytes = 160;
constexpr std::size_t verdict_bytes_of_value = 32;
// Of a chain: its row, and its place in a lane.
constexpr std::size_t place_bytes = 12;
// Chains whose rows are asked for ahead, and then their first entries.
constexpr std::size_t rows_ahead = 6;
constexpr std::size_t entries_ahead = 2;
}  // namespace

void replay_window::add(const journal_entry& entry) {
  const point_record& record = entry.record;
  const std::uint32_t stream = stream_row_of(entry);
  const auto added = static_cast<std::uint32_t>(entries_.size());
  row next;
  next.position = entry.position;
  next.stream = stream;
  next.kind = entry.type;
  if (entry.type == journal_entry::kind::point) {
    const point& subject = record.subject;
    next.n = record.n;
    next.ts = *subject.ts;
    next.value = subject.value;
    next.is_counter = subject.is_counter;
    next.is_learned = subject.is_learned;
    if (subject.label) next.label = *subject.label ? 1 : 0;
  }
  next.rest = add_rest(entry, stream);
  entries_.add(next);
  bytes_ += sizeof(row);
  stream_row& chain = streams_[streams_[stream].chain];
  (chain.last == none ? chain.first : entries_[chain.last].next) = added;
  chain.last = added;
}

// The number that the journal gave the name in this segment leads there without a look at the name.
std::uint32_t replay_window::stream_row_of(const journal_entry& entry) {
  if (entry.segment != segment_) {
    forget_ids();
    segment_ = entry.segment;
  }
  if (entry.stream_id >= stream_of_id_.size()) {
    stream_of_id_.resize(std::max<std::size_t>(std::size_t{entry.stream_id} + 1, stream_of_id_.size() * 2), none);
  }
  const std::string_view name = entry.record.subject.stream;
  std::uint32_t& known = stream_of_id_[entry.stream_id];
  if (known != none) {
    assert(streams_[known].name == name);
    return known;
  }
  known = static_cast<std::uint32_t>(streams_.size());
  stream_row made;
  made.hash = engine_.streams().hash_of(name);
  made.name = texts_.keep(name);
  made.id = entry.stream_id;
  made.chain = known;
  const std::uint64_t order = engine_.order_of(name);
  lane& in = lanes_[order == 0 ? stream_table::index_of(made.hash)
                               : stream_table::stripe_count + static_cast<std::size_t>(std::countr_zero(order))];
  if (order != 0 && !in.chains.empty()) {
    made.chain = in.chains.front();
  } else {
    in.chains.push_back(known);
    in.hashes.push_back(made.hash);
  }
  streams_.add(made);
  bytes_ += sizeof made + name.size() + place_bytes;
  return known;
}

std::uint32_t replay_window::add_rest(const journal_entry& entry, std::uint32_t stream) {
  const point_record& record = entry.record;
  const bool is_plain = entry.type == journal_entry::kind::point && record.subject.values.empty();
  if ((is_plain && record.producer.empty()) || entry.type == journal_entry::kind::forget_stream) return none;
  rest_row made;
  if (entry.type == journal_entry::kind::note) {
    made.note = static_cast<std::uint32_t>(notes_.size());
    notes_.add(entry.note);
    bytes_ += sizeof entry.note;
  }
  if (entry.type == journal_entry::kind::point) {
    const point& subject = record.subject;
    if (!subject.values.empty()) {
      made.shape = shape_of(subject, stream);
      made.values = values_.size();
      for (const feature& one : subject.values) values_.add(one.value);
      bytes_ += subject.values.size() * sizeof(double);
    }
    if (!record.producer.empty()) {
      made.answer = static_cast<std::uint32_t>(answers_.size());
      const std::uint32_t producer = producer_index(record.producer);
      answers_.add({static_cast<std::uint32_t>(entries_.size()), producer, subject.seq, {}});
      bytes_ += sizeof(answer) + verdict_bytes + subject.values.size() * verdict_bytes_of_value;
    }
  }
  rests_.add(made);
  bytes_ += sizeof made;
  return static_cast<std::uint32_t>(rests_.size() - 1);
}

// Most streams have one for ever.
std::uint32_t replay_window::shape_of(const point& subject, std::uint32_t stream) {
  stream_row& of = streams_[stream];
  const auto is_like = [&](const std::vector<std::string_view>& shape) {
    return std::equal(shape.begin(), shape.end(), subject.values.begin(), subject.values.end(),
                      [](std::string_view name, const feature& one) { return name == one.name; });
  };
  if (of.shape != none && is_like(shapes_[of.shape])) return of.shape;
  of.shape = static_cast<std::uint32_t>(shapes_.size());
  std::vector<std::string_view>& made = shapes_.emplace_back();
  made.reserve(subject.values.size());
  for (const feature& one : subject.values) {
    made.push_back(texts_.keep(one.name));
    bytes_ += sizeof(std::string_view) + one.name.size();
  }
  bytes_ += sizeof made;
  return of.shape;
}

std::uint32_t replay_window::producer_index(std::string_view name) {
  if (answers_.size() > 0) {
    const std::uint32_t newest = answers_[answers_.size() - 1].producer;
    if (producers_[newest] == name) return newest;
  }
  if (const auto found = producer_of_.find(name); found != producer_of_.end()) return found->second;
  producers_.push_back(texts_.keep(name));
  bytes_ += 2 * sizeof(std::string_view) + 64 + name.size();
  return producer_of_[producers_.back()] = static_cast<std::uint32_t>(producers_.size() - 1);
}

void replay_window::forget_ids() {
  for (std::size_t i = 0; i < streams_.size(); ++i) stream_of_id_[streams_[i].id] = none;
}

void replay_window::clear() {
  forget_ids();
  for (lane& one : lanes_) {
    one.chains.clear();
    one.hashes.clear();
    one.done = 0;
  }
  entries_.clear();
  rests_.clear();
  streams_.clear();
  answers_.clear();
  notes_.clear();
  values_.clear();
  texts_.clear();
  shapes_.clear();
  producers_.clear();
  producer_of_.clear();
  bytes_ = 0;
}

bool replay_window::is_done() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const lane& one) { return one.done == one.chains.size(); });
}

std::uint32_t replay_window::take(std::uint32_t chain) {
  std::uint32_t& first = streams_[chain].first;
  const std::uint32_t taken = first;
  if (taken == none) return none;
  first = entries_[taken].next;
  if (first != none) prefetch_bytes(&entries_[first], sizeof(row));
  return taken;
}

void replay_window::prefetch(const lane& of, std::size_t at) const {
  if (at + rows_ahead < of.chains.size()) prefetch_bytes(&streams_[of.chains[at + rows_ahead]], sizeof(stream_row));
  if (at + entries_ahead >= of.chains.size()) return;
  const std::uint32_t first = streams_[of.chains[at + entries_ahead]].first;
  if (first != none) prefetch_bytes(&entries_[first], sizeof(row));
}

const stream_note* replay_window::note_of(std::uint32_t entry) const {
  const row& from = entries_[entry];
  return from.kind == journal_entry::kind::note ? &notes_[rests_[from.rest].note] : nullptr;
}

void replay_window::unpack(std::uint32_t entry, point_record& into, std::vector<feature>& values) const {
  const row& from = entries_[entry];
  into = {};
  point& subject = into.subject;
  subject.stream = streams_[from.stream].name;
  subject.value = from.value;
  subject.ts = from.ts;
  subject.is_counter = from.is_counter;
  subject.is_learned = from.is_learned;
  if (from.label >= 0) subject.label = from.label != 0;
  into.n = from.n;
  if (from.rest == none) return;
  const rest_row& rest = rests_[from.rest];
  if (rest.answer != none) {
    const answer& of = answers_[rest.answer];
    subject.seq = of.seq;
    into.producer = producers_[of.producer];
  }
  if (rest.shape == none) return;
  values.clear();
  std::size_t at = rest.values;
  for (const std::string_view name : shapes_[rest.shape]) values.push_back({name, values_[at++]});
  subject.values = values;
}

void replay_window::keep_verdict(std::uint32_t entry, std::string_view verdict) {
  answers_[rests_[entries_[entry].rest].answer].verdict = verdict;
}

}  // namespace spindrift
