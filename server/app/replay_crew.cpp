// Replays the journal on several threads, a window at a time, by streams.
#include "server/app/replay_crew.hpp"

#include <algorithm>
#include <utility>

#include "common/model/verdict.hpp"
#include "server/app/free_pages.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/stream_table.hpp"
#include "server/pipeline/kept_verdict.hpp"

namespace spindrift {

namespace {

// Below this the threads take longer to wake than the work takes.
constexpr std::size_t entries_for_threads = 256;
// Of what streams may grow to.
constexpr std::size_t share_of_streams = 8;
// What a step of the heap holds of what young streams grow by in a window.
constexpr std::size_t chains_of_a_step = 512;

bool is_mark(const stream_note& note) {
  return note.says == stream_note::kind::expected || note.says == stream_note::kind::real;
}

}  // namespace

replay_crew::replay_crew(engine& observer, const size& of, moment now, takers done)
    : engine_(observer),
      size_(of),
      now_moment_(now),
      done_(std::move(done)),
      windows_{replay_window(observer), replay_window(observer)},
      full_at_(bytes_of_window()),
      team_(of.threads) {
  outcomes_.resize(team_.size());
}

replay_crew::~replay_crew() = default;

std::size_t replay_crew::bytes_of_window() const {
  return std::clamp(engine_.grown_bytes() / share_of_streams, size_.bytes_min, size_.bytes_max) / 2;
}

void replay_crew::gather(const journal_entry& entry) {
  if (filled().bytes() >= full_at_) begin_next();
  if (filled().add(entry)) return;
  begin_next();
  filled().add(entry);
}

void replay_crew::begin_next() {
  hand_out(other());
  begin(filled());
  now_ = 1 - now_;
  full_at_ = bytes_of_window();
}

void replay_crew::finish() {
  hand_out(other());
  begin(filled());
  hand_out(filled());
}

void replay_crew::begin(replay_window& of) {
  next_lane_.store(0, std::memory_order_relaxed);
  if (of.size() <= entries_for_threads) return replay_lanes(of, 0);
  team_.begin([this, &of](std::size_t worker) { replay_lanes(of, worker); });
}

void replay_crew::hand_out(replay_window& of) {
  if (of.size() == 0) return;
  team_.wait();
  hand_out_told(of);
  while (!of.is_done()) {
    begin(of);
    team_.wait();
    hand_out_told(of);
  }
  for (std::size_t i = 0; i < of.answer_count(); ++i) {
    const replay_window::answer& one = of.answer_at(i);
    if (one.verdict.empty()) continue;
    done_.verdict({of.producer_named(one.producer), one.seq, of.position_of(one.entry), one.verdict});
  }
  for (outcome_of_worker& one : outcomes_) one.verdicts.clear();
  of.clear();
}

void replay_crew::hand_out_told(const replay_window& of) {
  std::vector<told_at*> all;
  for (outcome_of_worker& one : outcomes_) {
    for (told_at& told : one.told) all.push_back(&told);
  }
  std::sort(all.begin(), all.end(), [](const told_at* a, const told_at* b) { return a->at.entry < b->at.entry; });
  for (const told_at* one : all) done_.notices({of.stream_of(one->at), of.note_of(one->at), one->told});
  for (outcome_of_worker& one : outcomes_) one.told.clear();
}

void replay_crew::replay_lanes(replay_window& of, std::size_t worker) {
  for (;;) {
    const std::size_t next = next_lane_.fetch_add(1, std::memory_order_relaxed);
    if (next >= of.lanes().size() || !replay_lane(of, of.lanes()[next], outcomes_[worker])) return;
  }
}

// False: so much was told that it has to be handed out first.
bool replay_crew::replay_lane(replay_window& of, replay_window::lane& work, outcome_of_worker& into) {
  for (; work.done < work.chains.size(); ++work.done) {
    if (work.done % chains_of_a_step == 0) grow_heap_ahead();
    engine_.prefetch_replay(work.hashes, work.done);
    of.prefetch(work, work.done);
    into.stream_row = replay_window::none;
    for (;;) {
      if (into.told.size() >= size_.told_max) return false;
      const replay_window::place next = of.take(work.chains[work.done]);
      if (next.entry == replay_window::none) break;
      replay(of, next, into);
    }
  }
  return true;
}

void replay_crew::replay(replay_window& of, const replay_window::place& at, outcome_of_worker& into) {
  into.scratch.clear();
  const journal_position position = of.position_of(at.entry);
  switch (of.kind_of(at)) {
    case journal_entry::kind::point:
      replay_point(of, at, into);
      break;
    case journal_entry::kind::note:
      engine_.replay_note(of.stream_of(at), *of.note_of(at), position, into.scratch);
      break;
    case journal_entry::kind::forget_stream:
      into.stream_row = replay_window::none;
      return engine_.replay_forget(of.stream_of(at), position);
    case journal_entry::kind::forget_producer:
      return;
  }
  const stream_note* const note = of.note_of(at);
  if (into.scratch.empty() && (note == nullptr || !is_mark(*note))) return;
  into.told.push_back({at, std::exchange(into.scratch, {})});
}

void replay_crew::replay_point(replay_window& of, const replay_window::place& at, outcome_of_worker& into) {
  of.unpack(at, into.record, into.values);
  if (std::exchange(into.stream_row, at.stream) != at.stream) into.known = nullptr;
  const auto again = engine_.replay(into.record, of.hash_of(at), of.position_of(at.entry), now_moment_, into.scratch,
                                    into.by_feature, into.known);
  if (!again || into.record.producer.empty()) return;
  pack_verdict(*again, into.packed);
  of.keep_verdict(at, into.verdicts.keep(into.packed));
}

}  // namespace spindrift
