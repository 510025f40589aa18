// Puts a run together from its settings, and takes it to its end.
#include "client/run.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "client/producer_session.hpp"
#include "client/progress.hpp"
#include "client/replay.hpp"
#include "client/report.hpp"
#include "client/scenario.hpp"
#include "client/sender.hpp"

namespace spindrift {
namespace {

std::unique_ptr<source> make_source(const client_settings& settings) {
  if (!settings.replay_file.empty()) {
    const replay_settings wanted{settings.replay_file, settings.value_columns, settings.time_column,
                                 settings.label_column, settings.dialect};
    return std::make_unique<replay>(read_recording(wanted), settings.stream_count());
  }
  scenario_settings wanted;
  wanted.name = settings.scenario.value_or(scenario_name::sine);
  wanted.seed = settings.seed;
  wanted.streams = settings.stream_count();
  wanted.anomaly_rate = settings.anomaly_rate;
  wanted.drift_points = settings.drift_points;
  wanted.injected = settings.injected;
  return std::make_unique<scenario>(std::move(wanted));
}

std::string read_token(const std::string& file_name) {
  if (file_name.empty()) return {};
  std::ifstream file(file_name);
  std::string token;
  if (!std::getline(file, token))
    throw bad_setting("token-file: '" + file_name + "'; allowed: a file with the token in its first line");
  if (!token.empty() && token.back() == '\r') token.pop_back();
  return token;
}

// A name nobody else has: two runs at once must not take each other's numbering for their own.
std::string unique_name() {
  std::random_device entropy;
  char text[32] = {};
  std::snprintf(text, sizeof text, "sim-%08x", static_cast<unsigned>(entropy()));
  return text;
}

struct cast {
  std::vector<std::string> streams;
  std::unique_ptr<source> from;
  std::optional<std::uint64_t> total;
  sender::producers producers;
};

void make_producers(const client_settings& settings, run_counters& counts, cast& all) {
  const std::string base = settings.producer.empty() ? unique_name() : settings.producer;
  const std::string token = read_token(settings.token_file);
  load_schedule_settings share;
  share.count = all.total.value_or(std::numeric_limits<std::uint64_t>::max());
  share.streams = all.streams.size();
  share.connections = static_cast<std::size_t>(settings.connections);
  share.rate = settings.rate;
  for (std::size_t i = 0; i < share.connections; ++i) {
    producer_settings made;
    made.name = share.connections == 1 ? base : base + '-' + std::to_string(i + 1);
    made.token = token;
    made.pipeline = static_cast<std::size_t>(settings.pipeline);
    made.is_paced = settings.rate > 0;
    made.replies = reply_choice_named(settings.replies).value_or(reply_choice::all);
    all.producers.push_back(
        std::make_unique<producer_session>(std::move(made), load_schedule(share, i), all.streams, *all.from, counts));
  }
}

run_facts facts_of(const client_settings& settings, const cast& all, const run_counters& counts, bool was_stopped) {
  run_facts facts;
  facts.source = settings.replay_file.empty() ? std::string(name_of(settings.scenario.value_or(scenario_name::sine)))
                                              : settings.replay_file;
  facts.seed = settings.seed;
  facts.streams = all.streams.size();
  facts.connections = all.producers.size();
  facts.rate = settings.rate;
  facts.replies = settings.replies;
  facts.was_stopped = was_stopped;
  facts.unsent = all.total && *all.total > counts.points ? *all.total - counts.points : 0;
  return facts;
}

}  // namespace

int run_client(const client_settings& settings) {
  cast all;
  all.streams = stream_names(settings);
  all.from = make_source(settings);
  all.total = total_count(settings, all.from->points_per_stream());
  // To whoever is told of events, an injected drift is a shift.
  std::vector<injection> injected = settings.injected;
  for (const std::uint64_t at : settings.drift_points) injected.push_back({injected_event::shift, at, 0});
  run_counters counts(score(all.streams.size(), all.from->kinds(), all.from->has_truth(), settings.drift_points),
                      std::move(injected));
  make_producers(settings, counts, all);
  progress news(settings.is_quiet, all.total);

  sender_settings sending;
  sending.server = settings.server;
  const sender_outcome outcome = sender(std::move(sending), all.producers, counts, news).run();
  news.clear();

  const run_facts facts = facts_of(settings, all, counts, outcome.was_stopped);
  const std::string report = settings.report == "json" ? json_report(facts, counts) + '\n' : text_report(facts, counts);
  if (std::fputs(report.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    std::fprintf(stderr, "spindrift-sim: the report cannot be written: %s\n", std::strerror(errno));
    return exit_failure;
  }
  // Who stops a run that sends has what was asked for; one that never found its server has nothing.
  const bool is_unsent = facts.unsent > 0 && (!outcome.was_stopped || counts.points == 0);
  return counts.lost > 0 || counts.errors > 0 || outcome.gave_up || is_unsent ? exit_failure : exit_ok;
}

}  // namespace spindrift
