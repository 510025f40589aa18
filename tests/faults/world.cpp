#include "tests/faults/world.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "server/engine/engine.hpp"
#include "server/sinks/history_sink.hpp"

namespace spindrift::faults {
namespace {

constexpr std::uint64_t points_of_each = 120;
constexpr int lives = 4;

// No facts are asked for here.
class blank_server_info final : public server_info {
public:
  void append_stats(std::string& /*out*/) const override {}
};

// Which streams differ, for whoever looks for the reason.
std::string difference(const std::map<std::string, std::string>& recovered,
                       const std::map<std::string, std::string>& known) {
  std::string text;
  for (const auto& [name, state] : known) {
    const auto found = recovered.find(name);
    if (found == recovered.end()) {
      text += ", without " + name;
    } else if (found->second != state) {
      text += ", another " + name;
    }
  }
  for (const auto& [name, state] : recovered) {
    if (known.count(name) == 0) text += ", also " + name;
  }
  return text;
}

}  // namespace

// The server, from the session down; the declaration order is the daemon's.
struct world::house {
  house(world& home, const store_settings& lasting, const engine_settings& settings)
      : kept(lasting, home.files_),
        written(kept, home.told_, [&home] { return home.files_.is_dead(); }),
        observer(settings, counts, &written) {
    way.add_sink(events);
  }
  ~house() { kept.stop(); }
  house(const house&) = delete;
  house& operator=(const house&) = delete;

  counters counts;
  persistence kept;
  recording_journal written;
  engine observer;
  producer_table producers{64};
  blank_server_info facts;
  history_sink events{kept.events()};
  pipeline way{observer};
  session_workspace workspace{way};
};

// A connection as both ends see it. The client may have left while its bytes are still on their way.
struct world::link {
  link(std::size_t its_actor, std::uint64_t number, house& at)
      : who(its_actor),
        conversation({at.observer, at.producers, at.counts, at.facts}, at.workspace, number),
        id(number) {}

  std::size_t who;
  inbox received;
  session conversation;
  std::uint64_t id;
  std::string to_server;
  std::string to_client;
  // Replies that wait for the disk, and where the journal was when they were made.
  std::deque<std::pair<journal_position, std::string>> waiting;
  bool client_left = false;
  bool closed = false;
};

world::world(std::uint32_t seed, std::string folder) : chance_(seed), folder_(std::move(folder)) {
  for (int warm = 0; warm < 3; ++warm) chance_();  // the first values of neighbouring seeds are neighbours
  store_settings_.directory = folder_;
  store_settings_.durability_level = pick(chance_, 3) == 0 ? durability::fsync : durability::process;
  store_settings_.segment_bytes = 2'048;
  store_settings_.fsync_interval = std::chrono::microseconds(0);
  engine_settings_.streams_max = 9;
  engine_settings_.name_seed = seed;
  engine_settings_.idle_before_eviction = std::chrono::milliseconds(400);
  engine_settings_.detectors.ensemble_on = pick(chance_, 4) == 0;
  engine_settings_.detectors.isolation_forest_on = pick(chance_, 12) == 0;
  for (const char* name : {"north", "south", "west"}) actors_.emplace_back(name, points_of_each);
  for (int passers_by = 0; passers_by < 2; ++passers_by) actors_.emplace_back("", points_of_each);
}

world::~world() = default;

std::uint64_t world::points_told() const {
  std::uint64_t count = 0;
  for (const told_batch& each : told_) count += each.points.size();
  return count;
}

std::string world::run() {
  for (int life = 0; life < lives; ++life) {
    if (std::string wrong = recover(); !wrong.empty()) return wrong;
    live();
    if (std::string wrong = complaints(); !wrong.empty()) return wrong;
    crash();
  }
  if (std::string wrong = recover(); !wrong.empty()) return wrong;
  return finish_all();
}

std::string world::recover() {
  house_ = std::make_unique<house>(*this, store_settings_, engine_settings_);
  // Starting is a time to die as well; whatever that leaves must be as good as what was there before.
  if (pick(chance_, 4) == 0) {
    files_.reset_counts();
    const std::uint32_t last_call = 1 + pick(chance_, 8);
    files_.die_at(last_call, any(chance_));
    house_->kept.recover(house_->observer, house_->producers);
    crash();
    house_ = std::make_unique<house>(*this, store_settings_, engine_settings_);
  }
  if (auto wrong = house_->kept.recover(house_->observer, house_->producers)) return "does not start: " + *wrong;
  return check_recovered();
}

std::string world::check_recovered() {
  const journal_position end = house_->kept.written_to();
  while (!told_.empty() && told_.back().end > end) told_.pop_back();
  const truth known = replay(told_, engine_settings_);
  if (!known.repeated.empty()) return "a point was applied twice: " + known.repeated;
  if (states_of(house_->observer) != known.streams)
    return "the recovered streams are not those of an undisturbed run" +
           difference(states_of(house_->observer), known.streams);
  for (const actor& each : actors_) {
    for (const std::string& line : each.verdicts()) {
      if (known.lines.count(line) == 0) return "an answered point is lost or has another verdict: " + line;
    }
  }
  return {};
}

void world::live() {
  files_.reset_counts();
  const std::uint32_t last_call = 30 + pick(chance_, 200);
  files_.die_at(last_call, any(chance_));
  for (int step = 0; step < 1'500 && !files_.is_dead(); ++step) act();
}

void world::act() {
  now_.steady_ms += pick(chance_, 30);
  now_.wall_ms += pick(chance_, 30);
  const std::uint32_t what = pick(chance_, 100);
  if (what < 6) return connect(pick(chance_, static_cast<std::uint32_t>(actors_.size())));
  if (what < 9) return cut();
  if (what < 35) return send_something();
  if (what < 65) return deliver_to_server();
  if (what < 92) return deliver_to_client();
  if (what < 94) return trouble_disk();
  if (what < 96 && !is_snapshotting_) return take_snapshot();
  if (store_settings_.durability_level == durability::fsync) house_->kept.sync_now();
}

// A later connection of the same actor, with the earlier one cut or, as a second process would, still open.
void world::connect(std::size_t who) {
  actors_[who].lose();
  for (const auto& each : links_) {
    if (each->who == who) each->client_left = true;
  }
  links_.push_back(std::make_unique<link>(who, ++connections_, *house_));
  links_.back()->to_server = actors_[who].greet();
}

// Of the bytes that are on their way a part arrives, now or later; the rest never does.
void world::cut() {
  if (links_.empty()) return;
  const std::size_t at = pick(chance_, static_cast<std::uint32_t>(links_.size()));
  link& torn = *links_[at];
  if (!torn.client_left) actors_[torn.who].lose();
  torn.client_left = true;
  torn.to_server.resize(pick(chance_, static_cast<std::uint32_t>(torn.to_server.size() + 1)));
  if (pick(chance_, 2) == 0) links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(at));
}

void world::send_something() {
  if (links_.empty()) return connect(pick(chance_, static_cast<std::uint32_t>(actors_.size())));
  link& through = *links_[pick(chance_, static_cast<std::uint32_t>(links_.size()))];
  if (through.client_left || through.closed) return;
  if (actors_[through.who].wants_to_begin_again()) return connect(through.who);
  through.to_server += actors_[through.who].say(chance_);
}

void world::deliver_to_server() {
  if (links_.empty()) return;
  link& to = *links_[pick(chance_, static_cast<std::uint32_t>(links_.size()))];
  if (to.closed || to.to_server.empty()) return;
  const std::size_t bytes = 1 + pick(chance_, static_cast<std::uint32_t>(to.to_server.size()));
  for (std::size_t done = 0; done < bytes;) {
    const std::span<char> space = to.received.space();
    const std::size_t part = std::min(space.size(), bytes - done);
    std::copy_n(to.to_server.begin() + static_cast<std::ptrdiff_t>(done), part, space.begin());
    to.received.received(part);
    done += part;
    advance(to);
  }
  to.to_server.erase(0, bytes);
}

// What a connection does with a step: replies first, the rest in the order of its fields.
void world::advance(link& of) {
  step out;
  do {
    out.clear();
    if (of.closed || files_.is_dead()) return;
    of.conversation.advance(of.received, now_, out);
    if (!out.replies.empty()) of.waiting.emplace_back(house_->kept.written_to(), out.replies);
    of.closed = of.closed || out.closes.has_value();
    for (const auto& each : links_) {
      if (each->id != out.supersedes || each->closed) continue;
      step last;
      each->conversation.superseded(last);
      each->waiting.emplace_back(house_->kept.written_to(), last.replies);
      each->closed = true;
    }
  } while (out.has_more);
}

// Replies leave the server once their points are as safe as was promised, and never after its death.
void world::release(link& of) {
  const bool waits = store_settings_.durability_level == durability::fsync;
  while (!of.waiting.empty() && (!waits || of.waiting.front().first <= house_->kept.durable_to())) {
    of.to_client += of.waiting.front().second;
    of.waiting.pop_front();
  }
}

void world::deliver_to_client() {
  if (links_.empty() || files_.is_dead()) return;
  link& from = *links_[pick(chance_, static_cast<std::uint32_t>(links_.size()))];
  release(from);
  if (from.client_left || from.to_client.empty()) return;
  const std::size_t bytes = 1 + pick(chance_, static_cast<std::uint32_t>(from.to_client.size()));
  actors_[from.who].hear(std::string_view(from.to_client).substr(0, bytes));
  from.to_client.erase(0, bytes);
}

void world::trouble_disk() {
  const std::uint32_t good = 1 + pick(chance_, 8);
  const std::uint32_t times = 1 + pick(chance_, 4);
  const std::uint32_t bytes_taken = pick(chance_, 200);
  files_.fail_writes(files_.writes() + good, times, ENOSPC, bytes_taken);
}

void world::take_snapshot() {
  is_snapshotting_ = true;
  house_->kept.take_snapshot([this] {
    for (std::uint32_t left = pick(chance_, 8); left > 0 && !files_.is_dead(); --left) act();
  });
  is_snapshotting_ = false;
}

void world::crash() {
  ++crashes_;
  for (actor& each : actors_) each.lose();
  links_.clear();
  house_.reset();  // what a destructor would still write goes to a disk that is dead, or is what SIGTERM would do
  if (store_settings_.durability_level == durability::fsync && pick(chance_, 2) == 0) {
    files_.restart_after_power_cut(any(chance_));
  } else {
    files_.restart_after_kill();
  }
}

// No more faults: every producer comes to its end.
std::string world::finish_all() {
  for (int round = 0; round < 400; ++round) {
    for (std::size_t who = 0; who < actors_.size(); ++who) {
      if (actors_[who].is_done()) continue;
      now_.steady_ms += 500;
      connect(who);
      link& through = *links_.back();
      through.to_server += actors_[who].say(chance_);
      const std::string bytes = std::exchange(through.to_server, {});
      through.received = inbox();
      const std::span<char> space = through.received.space();
      const std::size_t part = std::min(space.size(), bytes.size());
      std::copy_n(bytes.begin(), part, space.begin());
      through.received.received(part);
      advance(through);
      house_->kept.sync_now();
      release(through);
      actors_[who].hear(through.to_client);
      links_.clear();
    }
  }
  if (std::string wrong = complaints(); !wrong.empty()) return wrong;
  return check_end();
}

std::string world::check_end() {
  if (std::string wrong = check_recovered(); !wrong.empty()) return wrong;
  const truth known = replay(told_, engine_settings_);
  for (const actor& each : actors_) {
    if (!each.is_done()) return each.name() + " never got all its verdicts";
    for (const auto& [seq, line] : each.answers()) {
      const auto found = known.named.find({each.name(), seq});
      if (found == known.named.end() || found->second != line) return "another verdict than it should be: " + line;
    }
  }
  return {};
}

std::string world::complaints() const {
  for (const actor& each : actors_) {
    if (!each.complaints().empty()) return each.name() + " heard: " + each.complaints().front();
  }
  return {};
}

}  // namespace spindrift::faults
