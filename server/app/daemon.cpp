#include "server/app/daemon.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/http_server.hpp"
#include "common/net/tls.hpp"
#include "server/access/token_file.hpp"
#include "server/app/daemon_info.hpp"
#include "server/app/history_desk.hpp"
#include "server/app/memory_guard.hpp"
#include "server/app/no_memory.hpp"
#include "server/app/persistence.hpp"
#include "server/net/listener.hpp"
#include "server/net/shard.hpp"
#include "server/net/tls_transport.hpp"
#include "server/sinks/event_log.hpp"
#include "server/sinks/history_sink.hpp"
#include "server/store/posix_file_system.hpp"

namespace spindrift {
namespace {

// Descriptors that are not connections: log, journal, epoll, listeners, HTTP clients.
constexpr rlim_t descriptors_besides = 256;

// Raises the soft limit as far as it may go. Returns what is wrong when even the hard limit cannot hold the
// connections.
std::optional<std::string> provide_descriptors(const config& settings) {
  const std::size_t connections_max = settings.net.connections_max;
  const rlim_t besides = descriptors_besides + (settings.tls_cert.empty() ? 0 : settings.net.handshakes_max);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  const rlim_t wanted = connections_max + besides;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : std::min(wanted, limit.rlim_max);
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted) return std::nullopt;
  return "--max-connections: " + std::to_string(connections_max) + " is not possible: with a limit of " +
         std::to_string(limit.rlim_cur) + " open files (ulimit -n) at most " +
         std::to_string(limit.rlim_cur > besides ? limit.rlim_cur - besides : 0) +
         " connections fit; raise the one or lower the other";
}

// What an acknowledgement waits for, as the journal's keeper knows it.
class journal_on_disk final : public durable_position {
public:
  explicit journal_on_disk(const persistence& kept) : persistence_(kept) {}
  journal_position written_to() const override { return persistence_.written_to(); }
  journal_position durable_to() const override { return persistence_.durable_to(); }
  bool is_lost() const override { return persistence_.is_lost(); }

private:
  const persistence& persistence_;
};

// Everything that runs, in the order in which it is built; it is taken down in the reverse order.
class server {
public:
  explicit server(const config& settings);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  // In this order; each returns why the server must not start.
  std::optional<std::string> load_secrets();
  std::optional<std::string> open();
  std::optional<std::string> recover();
  // False when points had to be refused in the end, because the disk failed.
  bool run();

private:
  static store_settings lasting(store_settings chosen);
  static engine_settings within_memory(const config& chosen);
  static std::size_t kept_bytes(const config& chosen);
  std::unique_ptr<transport> open_transport(tcp::socket socket);
  std::optional<std::string> open_http();
  std::optional<http_response> answer_http(const http_request& asked) const;
  void await_signal();
  void look_around();
  void stop();
  void shard_drained();

  const config& settings_;
  counters counts_;
  posix_file_system files_;
  persistence persistence_;
  engine engine_;
  producer_table producers_;
  memory_guard memory_;
  daemon_info info_;
  journal_on_disk disk_;
  event_log event_log_;
  history_sink history_sink_;
  history_desk history_desk_;
  std::unique_ptr<token_file> tokens_;
  std::mutex tls_lock_;
  std::shared_ptr<asio::ssl::context> tls_;
  shard_context context_;
  std::vector<std::unique_ptr<shard>> shards_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::unique_ptr<http_server> http_;
  std::unique_ptr<asio::signal_set> signals_;
  std::unique_ptr<asio::steady_timer> glance_;
  bool stopping_ = false;
  bool has_drained_ = false;
  std::atomic<std::size_t> drained_shards_{0};
};

server::server(const config& settings)
    : settings_(settings),
      persistence_(lasting(settings.store), files_),
      engine_(within_memory(settings), counts_, &persistence_),
      producers_(settings.producers_max, kept_bytes(settings)),
      memory_(engine_, settings.memory_mib_max << 20U, settings.engine.idle_before_eviction),
      info_(counts_, engine_, producers_, persistence_),
      disk_(persistence_),
      history_sink_(persistence_.events()),
      history_desk_(persistence_, settings.net.connections_max),
      context_({engine_, producers_, counts_, info_}) {
  context_.settings = settings.net;
  context_.environment.bad_frames_per_s = settings.net.bad_frames_per_s;
  context_.environment.replies_bytes_max = settings.net.unsent_bytes_max / 2;
  context_.sinks = {&event_log_, &history_sink_};
  if (persistence_.waits_for_disk()) context_.disk = &disk_;
  context_.ask_history = [this](const history_command& asked, std::shared_ptr<const identity> who,
                                history_desk::answer done) {
    history_desk_.ask(asked, std::move(who), std::move(done));
  };
  context_.on_drained = [this] { shard_drained(); };
  context_.make_transport = [this](tcp::socket socket) { return open_transport(std::move(socket)); };
  if (!settings.tokens.empty()) {
    tokens_ = std::make_unique<token_file>(settings.tokens);
    context_.environment.admission = tokens_.get();
  }
  for (std::uint64_t i = 0; i < settings.threads; ++i) {
    shards_.push_back(std::make_unique<shard>(context_, i));
    context_.shards.push_back(shards_.back().get());
    context_.feed_ports.push_back(shards_.back().get());
  }
  signals_ = std::make_unique<asio::signal_set>(shards_.front()->context(), SIGTERM, SIGINT, SIGHUP);
  glance_ = std::make_unique<asio::steady_timer>(shards_.front()->context());
}

server::~server() {
  history_desk_.stop();
  persistence_.stop();
}

// `--state-dir off` and `--durability off` say the same.
store_settings server::lasting(store_settings chosen) {
  if (chosen.directory == "off") chosen.durability_level = durability::off;
  return chosen;
}

// Streams are taken in until, all grown, they would fill five eighths of the memory; kept verdicts may have a quarter,
// and the rest is for everything else.
engine_settings server::within_memory(const config& chosen) {
  engine_settings bounded = chosen.engine;
  bounded.grown_bytes_max = static_cast<std::size_t>((chosen.memory_mib_max << 20U) / 8 * 5);
  return bounded;
}

std::size_t server::kept_bytes(const config& chosen) {
  const std::uint64_t quarter = (chosen.memory_mib_max << 20U) / 4;
  return quarter == 0 ? chosen.kept_bytes_max : std::min(chosen.kept_bytes_max, quarter);
}

std::unique_ptr<transport> server::open_transport(tcp::socket socket) {
  const std::lock_guard guard(tls_lock_);
  if (tls_) return make_tls_transport(std::move(socket), tls_);
  return make_plain_transport(std::move(socket));
}

// Tokens and certificate, at the start and again on SIGHUP; what cannot be read leaves the old ones in force.
std::optional<std::string> server::load_secrets() {
  if (tokens_) {
    if (auto wrong = tokens_->load()) return "--tokens: " + *wrong;
  }
  if (settings_.tls_cert.empty()) return std::nullopt;
  tls_outcome made = make_tls_context(settings_.tls_cert, settings_.tls_key);
  if (!made.context) return "--tls-cert, --tls-key: " + made.error;
  const std::lock_guard guard(tls_lock_);
  tls_ = std::move(made.context);
  return std::nullopt;
}

std::optional<std::string> server::recover() {
  producers_.on_reset([](const producer& spoilt) {
    log_event(log_level::warning, "producer_reset", {{"producer", spoilt.name()}, {"last_seq", spoilt.last_seq()}});
  });
  return persistence_.recover(engine_, producers_);
}

std::optional<std::string> server::open() {
  for (const std::string& text : settings_.listen) {
    listeners_.push_back(std::make_unique<listener>(context_));
    if (auto failed = listeners_.back()->open(*parse_endpoint(text))) return "cannot bind " + *failed;
  }
  return open_http();
}

std::optional<std::string> server::open_http() {
  if (settings_.http == "off") return std::nullopt;
  http_ = std::make_unique<http_server>(shards_.front()->context(), *parse_endpoint(settings_.http),
                                        [this](const http_request& asked) { return answer_http(asked); });
  const auto failed = http_->start();
  if (!failed) return std::nullopt;
  http_.reset();
  if (settings_.is_http_chosen) return "cannot bind " + *failed;
  // Nobody asked for this very port, and a second server on a machine should start as the first did.
  log_event(log_level::warning, "no_http", {{"reason", *failed}});
  return std::nullopt;
}

std::optional<http_response> server::answer_http(const http_request& asked) const {
  if (asked.path == "/metrics") {
    return http_response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = info_.metrics()};
  }
  if (asked.path == "/healthz") return http_response{.body = "ok\n"};
  if (asked.path == "/readyz") {
    return stopping_ ? http_response{.status = 503, .body = "shutting down\n"} : http_response{.body = "ready\n"};
  }
  return std::nullopt;
}

void server::await_signal() {
  signals_->async_wait([this](socket_error cancelled, int signal) {
    if (cancelled) return;
    if (signal == SIGHUP) {
      reopen_log();
      const auto wrong = load_secrets();
      if (wrong) log_event(log_level::error, "not_reloaded", {{"reason", *wrong}});
      if (!wrong) log_event(log_level::info, "reloaded");
      for (const auto& each : shards_) each->post_check_tokens();
    } else if (stopping_) {
      ::_exit(128 + signal);
    } else {
      log_event(log_level::info, "stopping", {{"signal", std::int64_t{signal}}});
      stop();
    }
    if (!has_drained_) await_signal();
  });
}

// On the first shard's thread.
void server::look_around() {
  glance_->expires_after(std::chrono::milliseconds(100));
  glance_->async_wait([this](socket_error cancelled) {
    if (cancelled) return;
    report_left_out();
    if (!has_drained_) look_around();
  });
}

// On the first shard's thread.
void server::stop() {
  if (stopping_) return;
  stopping_ = true;
  for (const auto& each : listeners_) each->stop();
  for (const auto& each : shards_) each->post_drain();
}

// Signals are heard until the very end, for the second one; then nothing may keep the first shard running.
void server::shard_drained() {
  if (drained_shards_.fetch_add(1) + 1 < shards_.size()) return;
  asio::post(shards_.front()->context(), [this] {
    has_drained_ = true;  // a handler that is already on its way cannot be cancelled any more
    signals_->cancel();
    glance_->cancel();
    if (http_) http_->stop();
  });
}

bool server::run() {
  for (const auto& each : listeners_) {
    each->start();
    const std::string address = to_text(each->address());
    std::printf("listening on %s\n", address.c_str());
    log_event(log_level::info, "listening", {{"address", address}});
  }
  if (http_) log_event(log_level::info, "http", {{"address", to_text(http_->address())}});
  std::fflush(stdout);
  await_signal();
  look_around();
  persistence_.start(
      [this] {
        for (const auto& each : shards_) each->post_durable();
      },
      [this] { asio::post(shards_.front()->context(), [this] { stop(); }); });
  history_desk_.start();
  memory_.start();
  for (const auto& each : shards_) each->start();
  for (auto each = shards_.rbegin(); each != shards_.rend(); ++each) (*each)->join();
  memory_.stop();
  history_desk_.stop();
  return persistence_.stop();
}

int complain(const std::string& what, int exit_code) {
  spindrift::complain("spindriftd", what);
  return exit_code;
}

}  // namespace

int check_daemon(const config& settings) {
  auto wrong = provide_descriptors(settings);
  if (!wrong) wrong = server(settings).load_secrets();
  return wrong ? complain(*wrong, exit_bad_config) : exit_ok;
}

int run_daemon(const config& settings) {
  end_without_memory();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes shall read as a full disk
  open_log(settings.log);
  if (const auto wrong = provide_descriptors(settings)) return complain(*wrong, exit_bad_config);
  server built(settings);
  auto failed = built.load_secrets();
  if (failed) return complain(*failed, exit_bad_config);
  failed = built.open();
  // The journal comes after the addresses: a second server is told which of the two it collides with first.
  if (!failed) failed = built.recover();
  if (failed) return complain(*failed, exit_failure);
  const bool is_good = built.run();
  log_event(log_level::info, "stopped");
  close_log();
  return is_good ? exit_ok : exit_failure;
}

}  // namespace spindrift
