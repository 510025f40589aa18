// Puts streams and producers into a snapshot's sections and takes them out again.
#include "server/app/saved_state.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "server/app/free_pages.hpp"
#include "server/detect/archive.hpp"
#include "server/detect/shared_networks.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/shared_section.hpp"
#include "server/engine/stream.hpp"
#include "server/engine/stream_table.hpp"
#include "server/pipeline/kept_verdict.hpp"

namespace spindrift {
namespace {

// Given once and never to another. `settings` is of snapshots of version 1: there all detectors shared one text.
enum section_type : std::uint16_t {
  section_settings = 1,
  section_stream = 2,
  section_producer = 3,
  section_networks = 4
};

// Of the patterns that name what is learned together; the whole is in the section.
constexpr std::size_t shared_name_bytes = 64;
// Of what producer::visit_state names and means.
constexpr std::uint32_t producer_state_version = 1;

constexpr std::size_t sections_at_once = 512;
constexpr std::size_t sections_for_threads = 16;
// What a step of the heap holds of streams of some points.
constexpr std::size_t streams_of_a_step = 64;

}  // namespace

// A section, and whether a stream came of it.
struct saved_state::loaded_stream {
  std::string name;
  std::uint32_t version = 0;
  journal_position position = 0;
  std::string bytes;
  bool is_restored = false;
  std::vector<state_loss> losses;
};

saved_state::saved_state(engine& observer, producer_table& producers) : engine_(observer), producers_(producers) {}
saved_state::~saved_state() = default;

void saved_state::load(const snapshot_section& section, moment now) {
  if (section.type != section_stream) finish_load();
  switch (section.type) {
    case section_settings:
      settings_of_1_ = section.bytes;
      break;
    case section_stream:
      return load_stream(section, now);
    case section_producer:
      return load_producer(section);
    case section_networks:
      return load_networks(section);
    default:
      lose("section " + std::to_string(section.type), section.name, {"all", section.version, 0, "it is not known"});
  }
}

void saved_state::load_networks(const snapshot_section& section) {
  const auto lose_all = [&](const char* reason) {
    lose("networks", section.name, {"all", section.version, shared_networks::state_version, reason});
  };
  if (section.version != shared_networks::state_version) return lose_all("it is of another version");
  for (const network_loss& lost : engine_.restore_networks(section.bytes)) {
    lose("networks", section.name, {lost.title, lost.found, lost.wanted, lost.reason});
  }
}

void saved_state::load_stream(const snapshot_section& section, moment now) {
  loaded_at_ = now;
  if (!loading_) {
    const auto restore_all = [this](std::span<loaded_stream* const> share) {
      for (std::size_t i = 0; i < share.size(); ++i) {
        if (i % streams_of_a_step == 0) grow_heap_ahead();
        restore(*share[i]);
      }
    };
    loading_ =
        std::make_unique<crew<loaded_stream>>(crew<loaded_stream>::size{0, sections_at_once, sections_for_threads},
                                              restore_all, [this](loaded_stream& done) { take_stream(done); });
  }
  loading_->gather([&](loaded_stream& to) {
    to.name = section.name;
    to.version = section.version;
    to.position = section.position;
    to.bytes = section.bytes;
    to.losses.clear();
    return next_lane_++;
  });
}

// By several threads.
void saved_state::restore(loaded_stream& one) {
  std::unique_ptr<stream> made =
      restore_stream({one.name, one.version, one.bytes, settings_of_1_}, engine_.profile_of(one.name), one.losses);
  one.is_restored = made != nullptr;
  if (!made) return;
  made->journal.position = one.position;
  engine_.restore(std::move(made), loaded_at_);
}

void saved_state::take_stream(const loaded_stream& done) {
  for (const state_loss& lost : done.losses) lose("stream", done.name, lost);
  if (!done.is_restored) unreadable_.emplace(done.name, done.position);
}

void saved_state::finish_load() {
  if (loading_) loading_->finish();
  loading_.reset();
}

void saved_state::load_producer(const snapshot_section& section) {
  const auto lose_all = [&](const char* reason) {
    lose("producer", section.name, {"all", section.version, producer_state_version, reason});
  };
  if (section.version != producer_state_version) return lose_all("it is of another version");
  state_reader in(section.bytes);
  auto loaded = std::make_shared<producer>(section.name);
  in(*loaded);
  if (!in.ok() || in.bytes_left() != 0) return lose_all("its bytes do not fit");
  loaded->journal().position = section.position;
  producers_.restore(std::move(loaded));
}

void saved_state::revive(const journal_entry& entry, moment now) {
  if (unreadable_.empty() || entry.type == journal_entry::kind::forget_producer ||
      entry.type == journal_entry::kind::note) {
    return;
  }
  const point_record& record = entry.record;
  const auto found = unreadable_.find(record.subject.stream);
  if (found == unreadable_.end() || entry.position <= found->second) return;
  if (entry.type == journal_entry::kind::point) {
    auto made = stream::make(record.subject.stream, record.subject, engine_.profile_of(record.subject.stream));
    made->n = record.n - 1;
    made->journal.position = found->second;
    engine_.restore(std::move(made), now);
  }
  unreadable_.erase(found);
}

void saved_state::lose(std::string_view kind, std::string_view name, const state_loss& lost) {
  loss key{kind, lost.part, lost.found, lost.wanted, lost.reason};
  if (losses_.size() >= losses_max && losses_.count(key) == 0) {
    ++unnamed_losses_;
    return;
  }
  losers& of = losses_[std::move(key)];
  if (of.count++ == 0) of.first = name;
}

void saved_state::log_losses() {
  for (const auto& [key, of] : losses_) {
    const auto& [kind, part, found, wanted, reason] = key;
    log_event(log_level::warning, wanted == 0 ? "state_dropped" : "state_learned_anew",
              {{"of", kind},
               {"name", of.first},
               {"count", of.count},
               {"part", part},
               {"version", std::uint64_t{found}},
               {"wanted", std::uint64_t{wanted}},
               {"reason", reason}});
  }
  if (unnamed_losses_ > 0) {
    log_event(log_level::warning, "state_learned_anew", {{"count", unnamed_losses_}, {"reason", "further kinds"}});
  }
  losses_.clear();
  unnamed_losses_ = 0;
}

// Among those that learn together one that began since is left to replay; one that was put there since, by other
// settings, is saved as it is.
bool saved_state::is_saved(const stream& one, std::uint64_t generation) const {
  if (one.profile->networks == nullptr) return false;
  return one.snapshot == mark_ || engine_.generation() == generation;
}

storage_status saved_state::add_shared(shared_section& one, store& into) {
  if (!one.is_network)
    return into.add_section({section_stream, stream_state_version, one.name, one.position, one.bytes});
  const std::string_view name = std::string_view(one.name).substr(0, shared_name_bytes);
  return into.add_section({section_networks, shared_networks::state_version, name, 0, one.bytes});
}

storage_status saved_state::save(store& into, const std::function<void()>& between) {
  const auto pause = [&] {
    if (between) between();
  };
  // One buffer for all sections; the position is copied out under the lock along with the state.
  std::string bytes;
  journal_position position = 0;
  storage_status status;
  // First what streams have learned together, with these streams: replay takes it from where all of them stood at once.
  const std::uint64_t generation = engine_.generation();
  for (shared_section& one : engine_.cut_shared(++mark_)) {
    if (status.ok()) status = add_shared(one, into);
    pause();
  }
  stream_walk walk(engine_.streams());
  for (const stream_key* key = walk.next(); key != nullptr && status.ok(); key = walk.next()) {
    {
      // One lock a stream, so that no batch waits longer than it takes to copy one state.
      const stream_table::locked_stream locked = engine_.streams().lock(*key);
      if (locked.found == nullptr || is_saved(*locked.found, generation)) continue;
      bytes.clear();
      save_stream(*locked.found, bytes);
      position = locked.found->journal.position;
    }
    status = into.add_section({section_stream, stream_state_version, key->name, position, bytes});
    pause();
  }
  pause();
  // After all streams: whatever a producer was answered is then in a stream's section or in the journal behind it.
  producers_.for_each([&](producer& one) {
    if (!status.ok()) return;
    bytes.clear();
    state_writer out(bytes);
    one.save(out, [](std::string_view kept, std::string& line) { append_kept_line(kept, false, line); });
    status = into.add_section({section_producer, producer_state_version, one.name(), one.journal().position, bytes});
  });
  pause();
  return status;
}

}  // namespace spindrift
