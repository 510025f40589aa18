// Builds the daemon's parts, runs them, and takes them down.
#include "server/app/server.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <utility>

#include "common/log/log.hpp"
#include "common/log/log_line.hpp"
#include "common/net/endpoint.hpp"
#include "server/app/config.hpp"
#include "server/app/ingest_page.hpp"
#include "server/app/service_manager.hpp"
#include "server/app/shadow_page.hpp"
#include "server/app/status_pages.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/stream_profile.hpp"
#include "server/engine/stream_table.hpp"
#include "server/net/inherited_socket.hpp"
#include "server/net/proxied_transport.hpp"

namespace spindrift {
namespace {

// `--state-dir off` and `--durability off` say the same.
store_settings lasting(store_settings chosen) {
  if (chosen.directory == "off") chosen.durability_level = durability::off;
  return chosen;
}

engine_settings within_memory(const config& chosen) {
  engine_settings bounded = chosen.engine;
  bounded.grown_bytes_max = static_cast<std::size_t>(memory_guard::streams_of(chosen.memory_mib_max << 20U));
  return bounded;
}

std::unique_ptr<shadow> shadow_of(const config& chosen, engine& live) {
  if (chosen.shadow.empty()) return nullptr;
  const shadow_settings beside{chosen.shadow, chosen.shadow_watched,
                               static_cast<std::size_t>(chosen.shadow_memory_mib << 20U)};
  return std::make_unique<shadow>(live, beside, [] { return now(); });
}

format_choice choice_of(const format_settings& chosen) {
  return {chosen.json_only, chosen.pinned, chosen.always_replies};
}

// Conversations by UDP are numbered apart from connections and requests.
constexpr std::uint64_t udp_numbers = std::uint64_t{1} << 62U;
constexpr unsigned udp_number_bits = 48;

constexpr std::chrono::hours shadow_report_interval{1};

}  // namespace

server::server(const config& settings)
    : settings_(settings),
      persistence_(lasting(settings.store), files_),
      engine_(within_memory(settings), counts_, &persistence_),
      producers_(settings.producers_max,
                 memory_guard::kept_of(settings.memory_mib_max << 20U, settings.kept_bytes_max)),
      memory_(engine_, producers_, settings.memory_mib_max << 20U, settings.engine.idle_before_eviction),
      info_(counts_, engine_, producers_, persistence_),
      disk_(persistence_),
      alerts_in_force_(settings.alerts),
      alerts_(settings.alerts, surroundings_of_alerts()),
      alert_sink_(alerts_),
      history_sink_(persistence_.events()),
      shadow_(shadow_of(settings, engine_)),
      history_desk_(persistence_, settings.net.connections_max),
      secrets_(settings),
      context_({engine_, producers_, counts_, info_}) {
  if (!settings.alerts.all().empty()) alerts_.set(settings.alerts, alert_of_streams());
  persistence_.tell_also(alerts_);
  info_.watch(alerts_);
  if (shadow_) {
    info_.watch(*shadow_);
    memory_.allow_besides(settings.shadow_memory_mib << 20U);
  }
  connect_context();
  make_shards();
  info_.watch([this] {
    latency_counts all;
    for (const auto& serving : shards_) serving->latency().add_to(all);
    return all;
  });
}

server::~server() {
  if (others_) others_->stop();
  history_desk_.stop();
  persistence_.stop();
  alerts_.stop();
}

void server::hear(std::unique_ptr<outside_source> others) {
  if (!others) return;
  outside_ = std::make_unique<outside_intake>(
      outside_intake::ways{[this](std::string_view stream) { return engine_.streams().hash_of(stream); },
                           context_.feed_ports, context_.subscriptions, persistence_.events(), alerts_});
  info_.watch(*outside_);
  others_ = std::move(others);
}

alert_desk::surroundings server::surroundings_of_alerts() {
  alert_desk::surroundings around;
  around.clock = [] { return now().wall_ms; };
  around.mark = [this](const alert_clerk::held_mark& mark) {
    history_event row;
    row.stream = mark.of.stream;
    row.ts = mark.of.told;
    row.number = mark.of.number;
    row.writes = history_event::part::held;
    row.is_held = mark.is_held;
    persistence_.events().record(std::move(row));
  };
  return around;
}

chosen_alert server::alert_of_streams() {
  return [this](std::string_view stream) { return engine_.profile_of(stream)->alert; };
}

void server::connect_context() {
  context_.settings = net_settings_of(settings_);
  context_.environment.take_limits(settings_.net.bad_frames_per_s, settings_.net.unsent_bytes_max);
  context_.environment.admission = secrets_.admission();
  context_.environment.formats = choice_of(settings_.formats);
  context_.sinks = {&event_log_, &history_sink_, &alert_sink_};
  if (shadow_) context_.sinks.push_back(shadow_.get());
  if (persistence_.waits_for_disk()) context_.disk = &disk_;
  context_.ask = [this](const question& asked, std::shared_ptr<const identity> who, history_desk::reply done) {
    history_desk_.ask(asked, std::move(who), std::move(done));
  };
  context_.on_drained = [this] { shard_drained(); };
  context_.make_transport = [this](stream_socket socket, const way_in& by) {
    return open_stream(std::move(socket), by);
  };
}

std::unique_ptr<transport> server::open_stream(stream_socket socket, const way_in& by) {
  if (by.is_local) return make_plain_transport(std::move(socket));
  if (!by.is_proxied) return secrets_.open_transport(std::move(socket));
  return make_proxied_transport(std::move(socket),
                                [this](stream_socket behind) { return secrets_.open_transport(std::move(behind)); });
}

// One more than serve connections: a body or a burst of datagrams is heard out at once, and may take as long as it
// does.
void server::make_shards() {
  for (std::size_t i = 0; i <= settings_.threads; ++i) {
    shards_.push_back(std::make_unique<shard>(context_, i));
    shards_.back()->workspace.foreign.set_mapping(settings_.formats.mapping);
    if (i < settings_.threads) context_.shards.push_back(shards_.back().get());
    context_.feed_ports.push_back(shards_.back().get());
  }
  asio::io_context& first = shards_.front()->context();
  signals_ = std::make_unique<signal_watch>(
      first, [this] { reload(); }, reopen_log,
      [this](int signal) {
        if (!stopping_) log_event(log_level::info, "stopping", {{"signal", std::int64_t{signal}}});
        return stop();
      });
  if (shadow_) {
    shadow_reports_ =
        std::make_unique<periodic_call>(first, shadow_report_interval, [this] { report_shadow(shadow_->now()); });
  }
  log_reports_ = std::make_unique<periodic_call>(first, std::chrono::milliseconds(100), report_left_out);
  if (const auto often = watchdog_interval(); often.count() > 0) {
    watchdog_ = std::make_unique<periodic_call>(first, often, [] { tell_service_manager("WATCHDOG=1"); });
  }
}

std::optional<std::string> server::open() {
  for (const std::string& text : settings_.listen) {
    if (auto failed = listen(*parse_listen_address(text))) return "cannot bind " + *failed;
  }
  for (const std::string& unused : drop_inherited())
    log_event(log_level::warning, "socket_unused", {{"socket", unused}});
  ingest_ = std::make_unique<http_ingest>(context_.environment, side_shard().workspace);
  if (auto failed = open_ingest()) return "cannot bind " + *failed;
  return open_http();
}

std::optional<std::string> server::listen(const listen_address& where) {
  format_settings formats = settings_.formats;
  if (!where.format.empty()) set_format(formats, where.format);
  formats.always_replies = where.replies.value_or(formats.always_replies);
  if (where.is == listen_address::kind::by_udp) {
    session_environment heard = context_.environment;
    heard.formats = choice_of(formats);
    const std::uint64_t numbers = udp_numbers + (std::uint64_t{datagrams_.size()} << udp_number_bits);
    shard& side = side_shard();
    datagrams_.push_back(std::make_unique<udp_source>(side.context(), heard, side.workspace, numbers));
    return datagrams_.back()->open(where.where);
  }
  way_in by;
  by.formats = choice_of(formats);
  by.is_local = where.is == listen_address::kind::by_unix;
  by.is_proxied = !by.is_local && where.proxied.value_or(settings_.net.is_proxied);
  listeners_.push_back(std::make_unique<listener>(context_, by));
  return listeners_.back()->open(where);
}

std::optional<std::string> server::open_http() {
  if (settings_.http == "off") return std::nullopt;
  open_data_pages();
  http_limits limits;
  limits.post_bytes_max = http_ingest::body_bytes_max;
  http_ = std::make_unique<http_server>(
      side_shard().context(), *endpoint_meant(settings_.http),
      [this](const http_request& asked) { return answer_http(asked); }, limits, &http_ingest::takes);
  const bool is_encrypted = is_http_for_others() && !settings_.insecure && !settings_.tls_cert.empty();
  if (is_encrypted) http_->use_tls([this] { return secrets_.tls(); });
  const auto failed = http_->start();
  if (!failed) return std::nullopt;
  http_.reset();
  if (settings_.is_http_chosen) return "cannot bind " + *failed;
  // Nobody asked for this very port, and a second server on a machine should start as the first did.
  log_event(log_level::warning, "no_http", {{"reason", *failed}});
  return std::nullopt;
}

bool server::is_http_for_others() const {
  return !is_loopback(*endpoint_meant(settings_.http));
}

void server::open_data_pages() {
  data_pages_ = std::make_unique<data_pages>(side_shard(), settings_.net.refusal_delay);
  feed_house& house = data_pages_->house;
  house.admission = secrets_.admission();
  house.outbox_bytes_max = settings_.net.feed_bytes_max;
  house.count_dropped = [this](std::size_t lines) { add(counts_.feed_lines_dropped, lines); };
  house.ask = [this](const event_page_question& asked, std::shared_ptr<const identity> who, history_desk::reply done) {
    history_desk_.ask(asked, std::move(who), [this, done = std::move(done)](desk_answer given) {
      asio::post(side_shard().context(), [done, given = std::move(given)] { done(given); });
    });
  };
}

// A connection costs a descriptor and what it sends; bodies are bounded by themselves.
std::optional<std::string> server::open_ingest() {
  if (settings_.ingest == "off") return std::nullopt;
  http_limits limits;
  limits.post_bytes_max = http_ingest::body_bytes_max;
  limits.connections_max = config::ingest_connections_max;
  ingest_http_ = std::make_unique<http_server>(
      side_shard().context(), *endpoint_meant(settings_.ingest),
      [this](const http_request& asked) { return answer_ingest(asked); }, limits, &http_ingest::takes);
  if (!settings_.tls_cert.empty()) ingest_http_->use_tls([this] { return secrets_.tls(); });
  return ingest_http_->start();
}

std::optional<http_response> server::answer_http(const http_request& asked) {
  const bool is_health = asked.path == "/healthz" || asked.path == "/readyz";
  std::shared_ptr<const identity> who;
  // Streams' names and what was told of them: like the other pages of data, where there are tokens at all.
  const bool wants_token = is_http_for_others() || asked.path == shadow_page_path;
  if (!is_health && wants_token && !data_pages_->is_admitted(asked, who)) return data_pages_->unauthorized();
  if (auto page = status_page(asked, info_, stopping_)) return page;
  if (auto page = data_pages_->answer(asked)) return page;
  if (auto page = shadow_page(asked, shadow_.get(), who.get())) return page;
  return answer_ingest(asked);
}

std::optional<http_response> server::answer_ingest(const http_request& asked) {
  // What clients of InfluxDB ask before they send anything.
  if (asked.path == "/ping") return http_response{.status = 204, .body = {}};
  // After the drain has begun, what is applied might be answered no more.
  if (stopping_ && http_ingest::takes(asked.path)) return http_response{.status = 503, .body = "shutting down\n"};
  return ingest_page(asked, *ingest_, side_shard().workspace.way, side_shard().settings.refusal_delay);
}

std::optional<std::string> server::recover() {
  producers_.on_reset([](const producer& spoilt) {
    log_event(log_level::warning, "producer_reset", {{"producer", spoilt.name()}, {"last_seq", spoilt.last_seq()}});
  });
  return persistence_.recover(engine_, producers_);
}

// On the first shard's thread. False: it had been called before.
bool server::stop() {
  if (stopping_.exchange(true)) return false;
  tell_service_manager("STOPPING=1");
  for (const auto& open : listeners_) open->stop();
  asio::post(side_shard().context(), [this] {
    for (const auto& open : datagrams_) open->stop();
  });
  for (const auto& serving : shards_) serving->post_drain();
  return true;
}

void server::shard_drained() {
  if (drained_shards_.fetch_add(1) + 1 < shards_.size()) return;
  asio::post(shards_.front()->context(), [this] { end_when_drained(); });
}

// Signals are heard until the very end, for the second one; then nothing may keep the first shard, or the side's,
// running.
void server::end_when_drained() {
  signals_->stop();
  log_reports_->stop();
  if (shadow_reports_) shadow_reports_->stop();
  if (watchdog_) watchdog_->stop();
  asio::post(side_shard().context(), [this] {
    if (http_) http_->stop();
    if (ingest_http_) ingest_http_->stop();
  });
}

// One of the lines of JSON, if that is what others are; who looks for the words finds them in it.
void server::print_address(const std::string& address) const {
  const std::string words = "listening on " + address;
  if (settings_.log.format == log_format::text) {
    std::printf("%s\n", words.c_str());
    return;
  }
  const log_field fields[] = {{"message", words}, {"address", address}};
  std::fputs(
      format_line(log_format::json, std::chrono::system_clock::now(), log_level::info, "listening", fields).c_str(),
      stdout);
  std::fputs("\n", stdout);
}

void server::tell_addresses() const {
  std::vector<std::string> addresses;
  for (const auto& opened : listeners_) addresses.push_back(opened->address());
  for (const auto& opened : datagrams_) addresses.push_back("udp://" + to_text(opened->address()));
  for (const std::string& address : addresses) {
    print_address(address);
    log_event(log_level::info, "listening", {{"address", address}});
  }
  if (http_) log_event(log_level::info, "http", {{"address", to_text(http_->address())}});
  if (ingest_http_) log_event(log_level::info, "ingest", {{"address", to_text(ingest_http_->address())}});
  std::fflush(stdout);
}

bool server::run() {
  for (const auto& opened : listeners_) opened->start();
  for (const auto& opened : datagrams_) opened->start();
  tell_addresses();
  signals_->start();
  log_reports_->start();
  if (watchdog_) watchdog_->start();
  if (shadow_reports_) shadow_reports_->start();
  memory_.start();
  persistence_.start(
      [this] {
        for (const auto& serving : shards_) serving->post_durable();
      },
      [this] { asio::post(shards_.front()->context(), [this] { stop(); }); });
  history_desk_.start();
  for (const auto& serving : shards_) serving->start();
  if (others_) others_->start(*outside_);
  tell_service_manager("READY=1");
  for (auto last = shards_.rbegin(); last != shards_.rend(); ++last) (*last)->join();
  if (others_) others_->stop();
  history_desk_.stop();
  memory_.stop();
  if (shadow_) report_shadow(shadow_->now());
  const bool is_good = persistence_.stop();
  alerts_.stop();
  return is_good;
}

}  // namespace spindrift
