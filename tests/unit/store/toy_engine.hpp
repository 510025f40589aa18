// The smallest engine that shows whether the store keeps its word: streams and producers whose state is a hash of all
// they were told, in order. Two toys with equal text() were told the same. Used by one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/store/store.hpp"

namespace spindrift {

struct toy_point {
  std::string stream;
  std::string producer;
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  double value = 0;
  std::vector<std::pair<std::string, double>> values{};
};

struct toy_stream {
  std::uint64_t n = 0;
  std::uint64_t state = 1;
  journal_name journal{};
};

struct toy_producer {
  static constexpr std::size_t ring_max = 8;
  std::uint64_t last_seq = 0;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> ring{};  // seq, verdict
  journal_name journal{};
};

class toy_engine {
public:
  static constexpr std::uint16_t stream_section = 1;
  static constexpr std::uint16_t producer_section = 2;

  // Numbers, writes, applies. Without a journal: applies.
  journal_state send(const std::vector<toy_point>& points, journal* log) {
    if (log != nullptr) {
      journal::batch out(*log);
      std::map<std::string, std::uint64_t> more;
      std::vector<feature> features;
      for (const auto& each : points) {
        auto& to = streams[each.stream];
        auto* from = each.producer.empty() ? nullptr : &producers[each.producer].journal;
        out.add(as_record(each, to.n + ++more[each.stream], features), to.journal, from);
      }
      if (const auto state = out.write(); state != journal_state::open) return state;
    }
    for (const auto& each : points) {
      std::vector<feature> features;
      apply(as_record(each, streams[each.stream].n + 1, features), true, true);
    }
    return journal_state::open;
  }

  journal_state forget(const std::string& stream, journal* log) {
    if (log != nullptr) {
      journal::batch out(*log);
      out.add_forgotten_stream(stream, streams[stream].journal);
      if (const auto state = out.write(); state != journal_state::open) return state;
    }
    streams.erase(stream);
    return journal_state::open;
  }

  void apply(const point_record& record, bool to_stream, bool to_producer) {
    auto& to = streams[std::string(record.subject.stream)];
    if (to_stream) {
      to.n = record.n;
      mix(to.state, record.n);
      mix(to.state, static_cast<std::uint64_t>(*record.subject.ts));
      if (!record.subject.is_multivariate()) mix(to.state, std::bit_cast<std::uint64_t>(record.subject.value));
      for (const auto& each : record.subject.values) {
        mix(to.state, std::hash<std::string_view>()(each.name));
        mix(to.state, std::bit_cast<std::uint64_t>(each.value));
      }
    }
    if (record.producer.empty() || !to_producer) return;
    auto& from = producers[std::string(record.producer)];
    from.last_seq = record.subject.seq;
    from.ring.emplace_back(record.subject.seq, to.state);
    if (from.ring.size() > toy_producer::ring_max) from.ring.pop_front();
  }

  std::string text() const {
    std::string out;
    for (const auto& [name, each] : streams) {
      if (each.n != 0) out += name + " " + std::to_string(each.n) + " " + std::to_string(each.state) + "\n";
    }
    for (const auto& [name, each] : producers) {
      if (each.last_seq == 0) continue;
      out += name + " at " + std::to_string(each.last_seq) + ":";
      for (const auto& [seq, verdict] : each.ring) out += " " + std::to_string(seq) + "=" + std::to_string(verdict);
      out += "\n";
    }
    return out;
  }

  static storage_status save_stream(store& into, const std::string& name, const toy_stream& what) {
    std::string bytes(16, '\0');
    std::memcpy(bytes.data(), &what.n, 8);
    std::memcpy(bytes.data() + 8, &what.state, 8);
    return into.add_section({stream_section, 1, name, what.journal.position, bytes});
  }

  static storage_status save_producer(store& into, const std::string& name, const toy_producer& what) {
    std::string bytes(8 + 16 * what.ring.size(), '\0');
    std::memcpy(bytes.data(), &what.last_seq, 8);
    std::size_t at = 8;
    for (const auto& [seq, verdict] : what.ring) {
      std::memcpy(bytes.data() + at, &seq, 8);
      std::memcpy(bytes.data() + at + 8, &verdict, 8);
      at += 16;
    }
    return into.add_section({producer_section, 1, name, what.journal.position, bytes});
  }

  // The whole of a snapshot at once.
  storage_status save(store& into) {
    auto status = into.begin_snapshot(0, {});
    for (auto each = streams.begin(); each != streams.end() && status.ok(); ++each) {
      if (each->second.n != 0) status = save_stream(into, each->first, each->second);
    }
    for (auto each = producers.begin(); each != producers.end() && status.ok(); ++each) {
      if (each->second.last_seq != 0) status = save_producer(into, each->first, each->second);
    }
    return status.ok() ? into.finish_snapshot() : status;
  }

  // By the rules of store.hpp.
  storage_status load(store& from) {
    std::map<std::string, journal_position, std::less<>> stream_at, producer_at;
    snapshot_section section;
    while (from.next_section(section)) {
      const std::string name(section.name);
      if (section.type == stream_section) {
        stream_at[name] = section.position;
        std::memcpy(&streams[name].n, section.bytes.data(), 8);
        std::memcpy(&streams[name].state, section.bytes.data() + 8, 8);
      } else {
        producer_at[name] = section.position;
        load_producer(section.bytes, producers[name]);
      }
    }
    journal_entry entry;
    while (from.next_entry(entry)) {
      const auto& record = entry.record;
      const std::string name(record.subject.stream);
      const bool is_new = entry.position > stream_at[name];
      if (entry.type == journal_entry::kind::forget_stream) {
        if (is_new) streams.erase(name);
        continue;
      }
      const bool fits = record.n == streams[name].n + 1;
      apply(record, is_new && fits, entry.position > producer_at[std::string(record.producer)]);
    }
    return from.status();
  }

  std::map<std::string, toy_stream> streams;
  std::map<std::string, toy_producer> producers;

private:
  static void load_producer(std::string_view bytes, toy_producer& into) {
    std::memcpy(&into.last_seq, bytes.data(), 8);
    into.ring.clear();
    for (std::size_t at = 8; at + 16 <= bytes.size(); at += 16) {
      std::pair<std::uint64_t, std::uint64_t> kept;
      std::memcpy(&kept.first, bytes.data() + at, 8);
      std::memcpy(&kept.second, bytes.data() + at + 8, 8);
      into.ring.push_back(kept);
    }
  }

  static point_record as_record(const toy_point& from, std::uint64_t n, std::vector<feature>& features) {
    features.clear();
    for (const auto& [name, value] : from.values) features.push_back({name, value});
    point_record record;
    record.producer = from.producer;
    record.n = n;
    record.subject = {from.stream, from.value, features, from.ts, from.seq, {}};
    return record;
  }

  static void mix(std::uint64_t& state, std::uint64_t what) {
    state ^= what;
    state *= 0x9e3779b97f4a7c15ULL;
    state ^= state >> 29U;
  }
};

}  // namespace spindrift
