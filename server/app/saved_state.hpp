// What is in the sections of a snapshot: streams and producers as bytes, and from there back into the engine and the
// table of producers.
//
// Loading never fails: what cannot be read is learned anew, and log_losses() says what and why, a line for each kind of
// loss and not one for each stream. For start-up and for the thread that takes snapshots; one thread at a time. Engine
// and producers outlive it. Memory: while a snapshot is taken one section, and before that all streams that learn
// together; at start-up 1,024 sections, and the names of streams that could not be read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "server/app/crew.hpp"
#include "server/engine/moment.hpp"
#include "server/engine/stream_state.hpp"
#include "server/store/store.hpp"

namespace spindrift {

class engine;
struct shared_section;
class producer_table;

class saved_state {
public:
  // Kinds of losses that are told apart; further ones are counted and not named.
  static constexpr std::size_t losses_max = 64;

  saved_state(engine& observer, producer_table& producers);
  ~saved_state();

  // Streams by as many threads as there are cores: they are there once the load was finished.
  void load(const snapshot_section& section, moment now);
  void finish_load();
  // Before an entry of the journal is replayed: a stream whose section could not be read goes on at this point's
  // number, though it knows nothing else of what came before.
  void revive(const journal_entry& entry, moment now);
  // Whether it is such a stream.
  bool is_unreadable(std::string_view stream) const { return !unreadable_.empty() && unreadable_.contains(stream); }
  void log_losses();

  // Adds every section to the snapshot that was begun. `between` is called again and again, with no lock held.
  storage_status save(store& into, const std::function<void()>& between);

private:
  struct loaded_stream;
  // Which section, which part of it, version found and wanted, and why.
  using loss = std::tuple<std::string, std::string, std::uint32_t, std::uint32_t, std::string>;
  struct losers {
    std::uint64_t count = 0;
    std::string first{};  // the name of one
  };

  void load_networks(const snapshot_section& section);
  void load_stream(const snapshot_section& section, moment now);
  void restore(loaded_stream& one);
  void take_stream(const loaded_stream& done);
  bool is_saved(const stream& one, std::uint64_t generation) const;
  static storage_status add_shared(shared_section& one, store& into);
  void load_producer(const snapshot_section& section);
  void lose(std::string_view kind, std::string_view name, const state_loss& lost);

  engine& engine_;
  producer_table& producers_;
  std::unique_ptr<crew<loaded_stream>> loading_;  // while sections are loaded
  moment loaded_at_{};
  std::size_t next_lane_ = 0;
  std::uint32_t mark_ = 0;     // of the newest snapshot, in streams that learn together
  std::string settings_of_1_;  // of a snapshot of version 1: see stream_state.hpp
  std::map<loss, losers> losses_;
  std::uint64_t unnamed_losses_ = 0;
  std::map<std::string, journal_position, std::less<>> unreadable_;  // streams, and up to where they stood for points
};

}  // namespace spindrift
