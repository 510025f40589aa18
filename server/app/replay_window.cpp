// Packs entries of the journal, chains them by streams, and unpacks them again.
#include "server/app/replay_window.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "server/detect/prefetch.hpp"
#include "server/engine/engine.hpp"

namespace spindrift {

namespace {
// What is packed of a verdict, without its named values; and with each of them.
constexpr std::size_t verdict_bytes = 160;
constexpr std::size_t verdict_bytes_of_value = 32;
// Of a chain: its row, and its place in a lane. Of a stream: its slots by name.
constexpr std::size_t place_bytes = 12;
constexpr std::size_t slot_bytes = 16;
// Chains whose rows are asked for ahead, and then their first entries and names.
constexpr std::size_t rows_ahead = 6;
constexpr std::size_t entries_ahead = 2;
}  // namespace

bool replay_window::add(const journal_entry& entry) {
  if (entries_.size() == 0) {
    base_ = entry.position;
    first_segment_ = entry.segment;
  }
  const journal_position since = entry.position - base_;
  if (since > UINT32_MAX || entries_.size() >= last_in_chain) return false;
  if (entry.type == journal_entry::kind::forget_stream && !has_table_) make_table();
  const point_record& record = entry.record;
  const std::uint32_t stream = stream_row_of(entry);
  const auto added = static_cast<std::uint32_t>(entries_.size());
  row next;
  next.position = static_cast<std::uint32_t>(since);
  next.kind = static_cast<std::uint32_t>(entry.type) & 3U;
  if (entry.type == journal_entry::kind::point) {
    const point& subject = record.subject;
    next.value = subject.value;
    next.is_counter = subject.is_counter ? 1 : 0;
    next.is_learned = subject.is_learned ? 1 : 0;
    next.has_label = subject.label ? 1 : 0;
    next.label = subject.label.value_or(false) ? 1 : 0;
  }
  if (needs_rest(entry, stream)) {
    next.has_rest = 1;
    next.ts = static_cast<std::int32_t>(add_rest(entry, stream));
  } else if (entry.type == journal_entry::kind::point) {
    next.n = static_cast<std::uint32_t>(record.n);
    next.ts = static_cast<std::int32_t>(*record.subject.ts - streams_[stream].ts);
  }
  entries_.add(next);
  bytes_ += sizeof(row);
  stream_row& chain = streams_[streams_[stream].chain];
  if (chain.last == none) {
    chain.first = added;
  } else {
    entries_[chain.last].next = added & last_in_chain;
  }
  chain.last = added;
  return true;
}

// The number that the journal gave the name in this segment leads there without a look at the name. In the next segment
// names have other numbers, but mostly come in the same order. Else they are found by a table, which few windows need:
// in one segment a name has two numbers only where its stream was forgotten in between.
std::uint32_t replay_window::stream_row_of(const journal_entry& entry) {
  if (entry.segment != segment_) {
    std::fill(stream_of_id_.begin(), stream_of_id_.end(), none);
    segment_ = entry.segment;
    expected_ = 0;
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
  if (expected_ < streams_.size() && streams_[expected_].name == name) {
    known = expected_;
  } else {
    const std::uint64_t hash = engine_.streams().hash_of(name);
    if (!has_table_ && entry.segment != first_segment_) make_table();
    if (has_table_) known = slot_of(name, hash).row;
    if (known == none) known = add_stream(entry, hash);
  }
  expected_ = known + 1;
  return known;
}

std::uint32_t replay_window::add_stream(const journal_entry& entry, std::uint64_t hash) {
  const std::string_view name = entry.record.subject.stream;
  const auto added = static_cast<std::uint32_t>(streams_.size());
  stream_row made;
  made.hash = hash;
  made.name = texts_.keep(name);
  made.chain = added;
  if (entry.type == journal_entry::kind::point) made.ts = *entry.record.subject.ts;
  const std::uint64_t order = engine_.order_of(name);
  lane& in = lanes_[order == 0 ? stream_table::index_of(made.hash)
                               : stream_table::stripe_count + static_cast<std::size_t>(std::countr_zero(order))];
  if (order != 0 && !in.chains.empty()) {
    made.chain = in.chains.front();
  } else {
    in.chains.push_back(added);
    in.hashes.push_back(made.hash);
  }
  streams_.add(made);
  bytes_ += sizeof made + name.size() + place_bytes + slot_bytes;
  if (has_table_) {
    slot_of(name, hash) = {static_cast<std::uint32_t>(hash), added};
    if (streams_.size() * 4 > names_.size() * 3) make_table();
  }
  return added;
}

// That of the name, or the free one that it would have.
replay_window::name_slot& replay_window::slot_of(std::string_view name, std::uint64_t hash) {
  const std::size_t last = names_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash >> 32U) & last;
  for (; names_[at].row != none; at = (at + 1) & last) {
    if (names_[at].tag == static_cast<std::uint32_t>(hash) && streams_[names_[at].row].name == name) break;
  }
  return names_[at];
}

// Of all rows, so that there is always room for one more.
void replay_window::make_table() {
  has_table_ = true;
  names_.assign(std::max(std::bit_ceil(streams_.size() * 2 + 1), names_.size()), {});
  for (std::uint32_t at = 0; at < streams_.size(); ++at) {
    const stream_row& one = streams_[at];
    slot_of(one.name, one.hash) = {static_cast<std::uint32_t>(one.hash), at};
  }
}

// Whether the entry has what a row has no room for.
bool replay_window::needs_rest(const journal_entry& entry, std::uint32_t stream) const {
  const stream_row& of = streams_[stream];
  if (of.chain != stream || entry.type == journal_entry::kind::note) return true;
  if (entry.type != journal_entry::kind::point) return false;
  const point_record& record = entry.record;
  if (!record.producer.empty() || !record.subject.values.empty() || record.n > UINT32_MAX) return true;
  std::int64_t since = 0;
  return __builtin_sub_overflow(*record.subject.ts, of.ts, &since) || since != static_cast<std::int32_t>(since);
}

std::uint32_t replay_window::add_rest(const journal_entry& entry, std::uint32_t stream) {
  const point_record& record = entry.record;
  rest_row made;
  if (streams_[stream].chain != stream) made.stream = stream;
  if (entry.type == journal_entry::kind::note) {
    made.note = static_cast<std::uint32_t>(notes_.size());
    notes_.add(entry.note);
    bytes_ += sizeof entry.note;
  }
  if (entry.type == journal_entry::kind::point) {
    const point& subject = record.subject;
    made.ts = *subject.ts;
    made.n = record.n;
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

void replay_window::clear() {
  std::fill(stream_of_id_.begin(), stream_of_id_.end(), none);
  has_table_ = false;
  expected_ = 0;
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

replay_window::place replay_window::take(std::uint32_t chain) {
  std::uint32_t& first = streams_[chain].first;
  if (first == none) return {};
  place taken{first, chain};
  const row& from = entries_[first];
  first = from.next == last_in_chain ? none : from.next;
  if (first != none) prefetch_bytes(&entries_[first], sizeof(row));
  if (const rest_row* const rest = rest_in(from); rest != nullptr && rest->stream != none) taken.stream = rest->stream;
  return taken;
}

void replay_window::prefetch(const lane& of, std::size_t at) const {
  if (at + rows_ahead < of.chains.size()) prefetch_bytes(&streams_[of.chains[at + rows_ahead]], sizeof(stream_row));
  if (at + entries_ahead >= of.chains.size()) return;
  const stream_row& soon = streams_[of.chains[at + entries_ahead]];
  const std::uint32_t first = soon.first;
  prefetch_bytes(soon.name.data(), soon.name.size());
  if (first != none) prefetch_bytes(&entries_[first], sizeof(row));
}

const stream_note* replay_window::note_of(const place& at) const {
  const row& from = entries_[at.entry];
  return kind_in(from) == journal_entry::kind::note ? &notes_[rest_in(from)->note] : nullptr;
}

void replay_window::unpack(const place& at, point_record& into, std::vector<feature>& values) const {
  const row& from = entries_[at.entry];
  const stream_row& of = streams_[at.stream];
  into = {};
  point& subject = into.subject;
  subject.stream = of.name;
  subject.value = from.value;
  subject.is_counter = from.is_counter != 0;
  subject.is_learned = from.is_learned != 0;
  if (from.has_label != 0) subject.label = from.label != 0;
  if (from.has_rest != 0) return unpack_rest(*rest_in(from), into, values);
  subject.ts = of.ts + from.ts;
  into.n = from.n;
}

void replay_window::unpack_rest(const rest_row& rest, point_record& into, std::vector<feature>& values) const {
  point& subject = into.subject;
  subject.ts = rest.ts;
  into.n = rest.n;
  if (rest.answer != none) {
    subject.seq = answers_[rest.answer].seq;
    into.producer = producers_[answers_[rest.answer].producer];
  }
  if (rest.shape == none) return;
  values.clear();
  std::size_t next = rest.values;
  for (const std::string_view name : shapes_[rest.shape]) values.push_back({name, values_[next++]});
  subject.values = values;
}

void replay_window::keep_verdict(const place& at, std::string_view verdict) {
  answers_[rest_in(entries_[at.entry])->answer].verdict = verdict;
}

}  // namespace spindrift
