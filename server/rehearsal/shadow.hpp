// New settings beside the old ones on live traffic: a second engine that hears of every point that was applied, and a
// comparison of what both tell. Nobody but the report hears of what it finds; nothing of it is saved.
//
// A sink that all shards share. It takes no part in answers: what it costs a producer is the CPU of judging its points
// a second time. A stream joins with its first point here: it has what the live one has learned by then, but for
// detectors whose settings differ, as after SIGHUP; so both sides begin alike. Points of a stream that several
// connections send may come swapped, and then the late one is left out.
//
// Bounded by itself: what its streams may grow to is reckoned as in the engine and held under grown_bytes_max; streams
// beyond that are not compared, and counted. The newest notices_max notices are listed; totals go on. Any thread; the
// live engine outlives it. Cost: that of the engine, two look-ups a point, and for a stream that joins a copy of its
// state (some 13 KiB a value).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/counters.hpp"
#include "server/engine/engine_settings.hpp"
#include "server/engine/moment.hpp"
#include "server/engine/profile_book.hpp"
#include "server/pipeline/sink.hpp"
#include "server/rehearsal/notice_comparison.hpp"

namespace spindrift {

class engine;
struct batch;

struct shadow_settings {
  std::string file;  // what the report calls them by
  engine_settings watched;
  std::size_t grown_bytes_max = 0;  // takes the place of the engine's
};

class shadow final : public sink {
public:
  static constexpr std::size_t notices_max = 10'000;  // of both sides, some 400 bytes each
  static constexpr std::size_t rows_max = 200;        // of each list in words

  shadow(engine& live, const shadow_settings& chosen, std::function<moment()> clock);
  ~shadow() override;

  need needs() override { return {}; }
  void offer(const intake& passed) override;
  void hear_refused(std::string_view stream, moment now) override;
  void pass_time(std::size_t at, std::size_t slices, moment now) override;

  // Settings were read again. Where either side has others from now on, what was compared is forgotten, which is told:
  // it was of another pair.
  bool take(const engine_settings& live, const engine_settings& watched);
  // Other limits from now on; what is compared goes on.
  void bound(const engine_settings& watched, std::size_t grown_bytes_max);

  struct figures {
    std::uint64_t points = 0;
    std::uint64_t streams = 0;
    std::uint64_t streams_left_out = 0;
    notice_comparison::tally told;
  };
  figures now() const;
  std::string report_text() const;
  std::string report_json() const;

private:
  struct work;  // what one call works with
  std::unique_ptr<work> take_work();
  void give_back(std::unique_ptr<work> used);
  bool knows(std::string_view name) const;
  bool follows(std::string_view name, std::uint64_t n, moment now);
  void join(std::string_view name, moment now);
  bool has_room(std::size_t grown, moment now);
  void compare(notice_side side, const batch& of, const std::vector<bool>* only);
  std::uint64_t left_out(std::uint64_t followed) const;
  struct comparison_scope scope() const;

  engine& live_;
  const std::string file_;
  std::atomic<std::size_t> streams_max_;
  std::atomic<std::size_t> grown_bytes_max_;
  std::atomic<std::int64_t> idle_ms_;
  const std::function<moment()> clock_;
  counters counts_;
  std::unique_ptr<engine> engine_;
  profile_choice live_choice_;  // of whoever calls take()
  profile_choice own_choice_;
  std::mutex join_lock_;  // one stream joins at a time; held before stripes
  std::mutex pool_lock_;
  std::vector<std::unique_ptr<work>> pool_;  // one a shard at most
  mutable std::mutex compare_lock_;          // of the rest; taken last
  notice_comparison compared_;
  std::int64_t begun_ms_ = 0;
  std::atomic<std::uint64_t> points_{0};
};

}  // namespace spindrift
