// The event layer of one stream: readings in, notices out. What the watches of its features and of its clock find is
// held against what has been told: evidence of an event that is open, or of one that has just been, is taken as that;
// anything else is told, once. Every event closes: by being over, or by being taken as the new normal.
//
// Pure and deterministic: no clock, no I/O, standard library only. Part of the stream's saved state. Movable, of
// one stream, one thread at a time; some 210 bytes, 290 more for each feature, and 200 for each event that is open or
// was lately (at most `entries_max`; 2.5 KiB while its picture grows). Cost about 130 ns a feature; notices and points
// that stand out allocate, others do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "common/model/event.hpp"
#include "server/detect/rare_list.hpp"
#include "server/detect/reading.hpp"
#include "server/events/feature_watch.hpp"
#include "server/events/interval_habit.hpp"
#include "server/events/mark_memory.hpp"
#include "server/events/notice_rules.hpp"
#include "server/events/picture_album.hpp"
#include "server/events/relation_watch.hpp"
#include "server/events/vote_watch.hpp"

namespace spindrift {

class event_watch {
public:
  static constexpr std::size_t entries_max = 8;

  // Which event a point belongs to: 0, none.
  struct membership {
    std::uint64_t number = 0;
    event_kind kind = event_kind::spike;
    bool late = false;
  };

  // context_points: how many points before an event its picture shows.
  explicit event_watch(std::size_t features, std::size_t context_points = context_ring::points_usual)
      : seldom_(features > 1 ? std::make_unique<rarities>(features) : nullptr), album_(context_points) {}

  // values[i] is of the stream's feature i. Appends what there is to tell.
  membership update(std::uint64_t n, std::int64_t ts, std::span<const double> values, const reading& seen,
                    std::vector<event>& told);

  // Takes from `told` what the rules do not want told, and from the point an event that nobody has heard of. One that
  // was held back and has become worse is told as if it opened then.
  membership hold_back(const notice_rules& rules, membership belongs, std::vector<event>& told);
  // After the state was read: which events have been told.
  void recall_told(const notice_rules& rules);

  // The newest point is of the past: what it opened nobody hears of. Events that were told before go on as they did.
  void keep_to_itself(std::vector<event>& told);
  // After the state was read: events that were told at these points were not.
  void keep_to_itself(std::uint64_t from_n, std::uint64_t to_n);
  // The next point, at that time, is the first behind such: what nobody heard of is over, and the time between is no
  // hole.
  void begin_present(std::int64_t ts);

  // For whoever has a clock: nothing has come for so many milliseconds, and point n was the newest. Tells of the
  // silence when it is longer than `limit_ms`, or, where that is 0, than this stream's habit; once, until the next
  // point. The next point closes it.
  void hear_nothing(std::uint64_t n, std::int64_t quiet_ms, std::int64_t limit_ms, std::vector<event>& told);
  // Whether it would.
  bool is_overdue(std::int64_t quiet_ms, std::int64_t limit_ms) const;
  // What the source sends for this stream is refused: so many in a row by now, none taken since point n. Told once they
  // are more than a stray few and go on for longer than the stream is used to be away; closed by the next point.
  // One that was told to be silent turns out to be that.
  void hear_unreadable(std::uint64_t n, std::uint64_t refused, std::int64_t quiet_ms, std::int64_t limit_ms,
                       std::vector<event>& told);
  bool is_unreadable(std::uint64_t refused, std::int64_t quiet_ms, std::int64_t limit_ms) const;
  // A person has called this event, or one like it, expected; or real after all.
  void expect(const event& like) { some().marks.expect(like); }
  void take_seriously(const event& like) { some().marks.forget(like); }
  // What is known by now of the points around an event that is open, or was lately, and whose picture was not complete
  // when its last notice went out. Null: nothing more than was told.
  const event_picture* picture_of(std::uint64_t number) const;
  // The newest points, as many as pictures show before an event, oldest first.
  std::vector<context_point> newest_points(std::size_t feature) const { return album_.newest_points(feature); }

  // See prefetch.hpp; first what leads to the events that are open or were lately, then those.
  void prefetch() const { entries_.prefetch(); }
  void prefetch_entries() const { entries_.prefetch_elements(); }

  const interval_habit& intervals() const { return intervals_; }
  // Of those that were told.
  std::size_t open_count() const;
  bool is_silent() const;
  bool is_told_silent() const;

  // Of what visit_state names and means, in all parts: raise it with every change of either.
  static constexpr std::uint16_t state_version = 10;
  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint8_t run = seldom_ ? seldom_->relation_run : std::uint8_t{0};
    mark_memory none;
    archive(intervals_, seldom_ ? seldom_->marks : none, count_, run, album_);
    if (!none.empty()) some().marks = std::move(none);
    if (seldom_) seldom_->relation_run = run;
    if (feature_count() > 1) archive(*seldom_->relations);
    visit_votes(archive);
    for (std::size_t i = 0; i < feature_count(); ++i) archive(watch_of(i));
    archive.sequence(entries_, entries_max);
  }

private:
  static constexpr std::uint64_t aftermath = 200;  // points in which later signals of one change belong to it
  static constexpr std::uint64_t settle = 24;      // points in which a baseline finds its feet after a change

  // An event that is open, or was lately.
  struct entry {
    event told;
    double nines = 0;
    double size = 0;
    std::uint64_t seen_n = 0;  // the last point at which evidence of it came
    bool is_open = true;
    bool is_gradual = false;                   // found by ADWIN: more of it may come
    bool is_of_rest = false;                   // a level of what the clock leaves
    bool was_pattern = false;                  // until it got its name
    bool is_told = true;                       // no part of the state: recall_told() knows it again
    std::uint8_t back = 0;                     // points in a row near the level before
    std::unique_ptr<event_picture> picture{};  // until it is complete, and in the history

    template <class Archive>
    void visit_state(Archive& archive);
  };

  // What most streams have nothing of.
  struct rarities {
    explicit rarities(std::size_t features)
        : others(std::vector<feature_watch>(features - 1)),
          relations(features > 1 ? std::make_unique<relation_watch>(features) : nullptr) {}

    mark_memory marks;
    rare_list<feature_watch> others;            // of all features but the first
    std::unique_ptr<relation_watch> relations;  // of points of several values
    std::unique_ptr<vote_watch> votes;          // where a detector of whole points has voted
    std::uint8_t relation_run = 0;              // points in a row at which two values were apart
  };
  rarities& some();
  std::size_t feature_count() const { return seldom_ ? 1 + seldom_->others.size() : 1; }
  feature_watch& watch_of(std::size_t feature) { return feature == 0 ? first_ : seldom_->others[feature - 1]; }
  const feature_watch& watch_of(std::size_t feature) const {
    return feature == 0 ? first_ : seldom_->others[feature - 1];
  }
  const mark_memory& marks() const;
  bool has_votes() const { return seldom_ && seldom_->votes; }
  vote_watch& votes_from(std::uint64_t n);

  template <class Archive>
  void visit_votes(Archive& archive) {
    auto has = static_cast<std::uint8_t>(has_votes());
    archive(has);
    if (has != 0) return archive(votes_from(0));
    if (seldom_) seldom_->votes.reset();
  }
  void take_votes(std::uint8_t voters, std::uint64_t n, std::int64_t ts, std::span<const double> values,
                  const reading& seen, std::vector<event>& told);
  void take(std::size_t feature, const observation& point, const feature_watch::answer& seen, std::vector<event>& told);
  void take_excursion(const observation& point, const excursion_watch::answer& seen, std::size_t feature,
                      std::vector<event>& told);
  void take_spread(const observation& point, const spread_watch::answer& seen, std::size_t feature,
                   std::vector<event>& told);
  bool is_evidence(const finding& found, bool by_alarm, const observation& point, const entry& of) const;
  void take_relation(std::uint64_t n, std::int64_t ts, std::span<const double> values, const reading& seen,
                     std::vector<event>& told);
  void consider(const finding& found, bool by_alarm, const observation& point, std::vector<event>& told);
  void correct(entry& held, const finding& found, const observation& point, std::vector<event>& told);
  entry& open(const finding& found, std::uint64_t n, std::int64_t ts, const observation* point,
              std::vector<event>& told);
  void tell(const entry& of, std::vector<event>& told) const;
  void extend_picture(entry& of, const observation& point, std::vector<event>& told);
  void close(entry& over, std::uint64_t to_n, std::int64_t to, bool accepted, std::vector<event>& told);
  void make_room(std::vector<event>& told, std::uint64_t n, std::int64_t ts);
  void follow_open(const observation& point, std::size_t feature, std::vector<event>& told);
  static bool goes_on(const entry& held, double level);
  double level_of(const entry& held, const observation& point, std::size_t feature) const;
  entry* find_open(event_kind kind, std::size_t feature);
  void close_absences(std::uint64_t n, std::int64_t ts, std::vector<event>& told);
  bool is_absent() const;
  bool is_settling(std::uint64_t n, std::size_t feature) const;
  void forget_old(std::uint64_t n);

  interval_habit intervals_;
  std::unique_ptr<rarities> seldom_;  // from the first of them on
  rare_list<entry> entries_;
  // The end of the album, the count and the beginning of the watches are what few points touch.
  picture_album album_;
  std::uint64_t count_ = 0;
  feature_watch first_;
};

template <class Archive>
void event_watch::entry::visit_state(Archive& archive) {
  const auto maybe = [&archive](auto& field) {
    bool has = field.has_value();
    archive(has);
    if (!has) return field.reset();
    if (!field) field.emplace();
    archive(*field);
  };
  std::uint64_t feature = told.feature;
  archive(told.number, told.state, told.kind, told.direction, feature, told.severity, told.told_n, told.told);
  told.feature = static_cast<std::size_t>(feature);
  archive(told.from_n, told.from, told.points, told.value, told.expected, told.accepted);
  maybe(told.to_n);
  maybe(told.to);
  maybe(told.before);
  maybe(told.after);
  archive(nines, size, seen_n, is_open, is_gradual, is_of_rest, was_pattern, back);
  bool has_picture = picture != nullptr;
  archive(has_picture);
  if (has_picture && !picture) picture = std::make_unique<event_picture>();
  if (has_picture) archive(*picture);
  if constexpr (Archive::reads) {
    if (static_cast<std::size_t>(told.kind) >= event_kind_count) archive.refuse();
  }
}

}  // namespace spindrift
