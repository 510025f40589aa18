// Builds the worker's parts, runs them, and takes them down.
#include "server/kafka/worker_process.hpp"

#include <unistd.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/cli/terminal.hpp"
#include "common/log/log.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/http_server.hpp"
#include "server/app/free_pages.hpp"
#include "server/app/no_memory.hpp"
#include "server/app/periodic_call.hpp"
#include "server/app/service_manager.hpp"
#include "server/app/signal_watch.hpp"
#include "server/kafka/cluster.hpp"
#include "server/kafka/figures.hpp"
#include "server/kafka/lane_clients.hpp"
#include "server/kafka/lane_thread.hpp"
#include "server/kafka/settings.hpp"
#include "server/kafka/standstill_watch.hpp"

namespace spindrift::kafka {

namespace asio = boost::asio;

class worker_process::parts {
public:
  explicit parts(const kafka_settings& settings)
      : settings_(settings),
        figures_(settings.lanes),
        guard_(asio::make_work_guard(io_)),
        patience_(io_),
        signals_(
            io_, [] { reopen_log(); }, [] { reopen_log(); }, [this](int signal) { return stop(signal); }),
        reports_(io_, std::chrono::milliseconds(100), report_left_out),
        looks_(io_, standstill_watch::interval, [this] { look_at_lanes(); }),
        gives_back_(io_, free_pages_interval, give_free_pages_back) {}

  ~parts() { join(); }

  int run() {
    if (const auto failed = open_http()) {
      complain("spindrift-worker", "cannot bind " + *failed);
      return exit_failure;
    }
    signals_.start();
    reports_.start();
    looks_.start();
    gives_back_.start();
    starter_ = std::thread([this] { start_lanes(); });
    io_.run();
    join();
    if (!reason_.empty()) complain("spindrift-worker", reason_);
    return exit_code_;
  }

  bool has_left_clients() const { return read(figures_.left_clients) > 0; }

private:
  std::optional<std::string> open_http() {
    if (settings_.http == kafka_settings::off) return std::nullopt;
    http_ = std::make_unique<http_server>(io_, *endpoint_meant(settings_.http),
                                          [this](const http_request& asked) { return answer(asked); });
    auto failed = http_->start();
    if (!failed) {
      const std::string address = to_text(http_->address());
      log_event(log_level::info, "http", {{"address", address}});
      std::printf("listening on %s\n", address.c_str());
      std::fflush(stdout);
      return std::nullopt;
    }
    http_.reset();
    if (settings_.is_http_chosen) return failed;
    // Nobody asked for this very port, and a second worker on a machine should start as the first did.
    log_event(log_level::warning, "no_http", {{"reason", *failed}});
    return std::nullopt;
  }

  std::optional<http_response> answer(const http_request& asked) {
    if (asked.path == "/metrics") {
      return http_response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = figures_.metrics()};
    }
    if (asked.path == "/healthz") {
      const std::size_t stuck = figures_.stuck_lane(stuck_after);
      if (stuck == figures_.lane_count) return http_response{.body = "ok\n"};
      return http_response{.status = 503, .body = "lane " + std::to_string(stuck) + " stands still\n"};
    }
    if (asked.path == "/readyz") {
      if (stops_) return http_response{.status = 503, .body = "shutting down\n"};
      if (figures_.is_ready()) return http_response{.body = "ready\n"};
      return http_response{.status = 503, .body = "waiting for partitions, or replaying them\n"};
    }
    return std::nullopt;
  }

  // On a thread of its own.
  void start_lanes() {
    cluster_view seen = look_at_cluster(settings_, stops_);
    if (seen.exit_code != 0) return end(seen.exit_code, std::move(seen.reason));
    if (stops_) return end(exit_ok, {});
    figures_.partitions = std::make_unique<partition_figures[]>(seen.partitions);
    figures_.partition_count.store(seen.partitions, std::memory_order_release);
    log_event(log_level::info, "started",
              {{"brokers", settings_.brokers},
               {"group", settings_.group},
               {"worker_id", settings_.worker_id},
               {"partitions", std::int64_t{seen.partitions}},
               {"lanes", static_cast<std::int64_t>(settings_.lanes)}});
    running_ = settings_.lanes;
    for (std::size_t i = 0; i < settings_.lanes; ++i) {
      lanes_.push_back(
          std::make_unique<lane_thread>(settings_, i, seen.partitions, figures_, stops_,
                                        [this](int code, std::string reason) { lane_ended(code, std::move(reason)); }));
    }
    tell_service_manager("READY=1");
    for (const auto& lane : lanes_) lane->start();
  }

  // On the lane's thread.
  void lane_ended(int code, std::string reason) {
    if (code != exit_ok) {
      asio::post(io_, [this, code, reason = std::move(reason)] {
        keep_reason(code, reason);
        stop(0);
      });
    }
    if (running_.fetch_sub(1) == 1) end(exit_ok, {});
  }

  void keep_reason(int code, const std::string& reason) {
    if (exit_code_ != exit_ok) return;
    exit_code_ = code;
    reason_ = reason;
  }

  // The main thread's loop has nothing to wait for any more. Any thread.
  void end(int code, std::string reason) {
    asio::post(io_, [this, code, reason = std::move(reason)] {
      if (code != exit_ok) keep_reason(code, reason);
      signals_.stop();
      reports_.stop();
      looks_.stop();
      gives_back_.stop();
      patience_.cancel();
      if (http_) http_->stop();
      guard_.reset();
    });
  }

  void look_at_lanes() {
    if (standstill_.look(figures_))
      say_broker_away(settings_, figures_, "a lane waits for an answer within librdkafka");
  }

  // False: it had begun before, and this is a person who has lost patience.
  bool stop(int signal) {
    if (stops_.exchange(true)) return signal == 0;
    if (signal != 0) log_event(log_level::info, "stopping", {{"signal", std::int64_t{signal}}});
    tell_service_manager("STOPPING=1");
    patience_.expires_after(stop_patience);
    patience_.async_wait([](boost::system::error_code cancelled) {
      if (cancelled) return;
      complain("spindrift-worker", "the lanes did not end in time; nothing is lost, others begin where they committed");
      ::_exit(exit_failure);
    });
    return true;
  }

  void join() {
    if (starter_.joinable()) starter_.join();
    for (const auto& lane : lanes_) lane->join();
  }

  const kafka_settings& settings_;
  worker_figures figures_;
  std::atomic<bool> stops_{false};
  std::atomic<std::size_t> running_{0};
  int exit_code_ = exit_ok;  // the main thread's, as is the next
  std::string reason_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  asio::steady_timer patience_;
  signal_watch signals_;
  periodic_call reports_;
  periodic_call looks_;
  periodic_call gives_back_;
  standstill_watch standstill_;
  std::unique_ptr<http_server> http_;
  std::vector<std::unique_ptr<lane_thread>> lanes_;
  std::thread starter_;
};

worker_process::worker_process(const kafka_settings& settings) : parts_(std::make_unique<parts>(settings)) {}

worker_process::~worker_process() = default;

int worker_process::run() {
  return parts_->run();
}

bool worker_process::has_left_clients() const {
  return parts_->has_left_clients();
}

int run_worker(const kafka_settings& settings) {
  end_without_memory();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    open_log(settings.log);
  } catch (const std::runtime_error& failure) {
    complain("spindrift-worker", std::string("--log-file: ") + failure.what());
    return exit_bad_config;
  }
  int code = exit_ok;
  {
    worker_process built(settings);
    code = built.run();
    log_event(log_level::info, "stopped");
    close_log();
    if (built.has_left_clients()) {
      std::fflush(nullptr);
      ::_exit(code);
    }
  }
  return code;
}

}  // namespace spindrift::kafka
