// Starts the daemon, or says why it must not start.
#include "server/app/daemon.hpp"

#include <csignal>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "server/alerts/delivery.hpp"
#include "server/app/descriptor_limit.hpp"
#include "server/app/no_memory.hpp"
#include "server/app/server.hpp"

namespace spindrift {
namespace {

int complain(const std::string& reason, int exit_code) {
  spindrift::complain("spindriftd", reason);
  return exit_code;
}

std::optional<std::string> make_source(const config& settings, outside_maker make,
                                       std::unique_ptr<outside_source>& made) {
  if (!settings.feed.is_on()) return std::nullopt;
  if (make == nullptr) {
    return "--feed-from-kafka: this spindriftd was built without librdkafka: install librdkafka-dev (2.0.2 or newer) "
           "and build it again";
  }
  std::vector<std::string> complaints;
  made = make(settings.feed, settings.insecure, complaints);
  if (made) return std::nullopt;
  std::string all;
  for (const std::string& one : complaints) all.append(all.empty() ? "" : "; ").append(one);
  return all;
}

}  // namespace

int check_daemon(const config& settings, outside_maker make_outside) {
  std::unique_ptr<outside_source> others;
  auto wrong = make_source(settings, make_outside, others);
  if (!wrong) wrong = provide_descriptors(settings);
  if (!wrong) wrong = server(settings).load_secrets();
  if (wrong) return complain(*wrong, exit_bad_config);
  for (const std::string& unread : unreadable_secrets(settings.alerts.all())) complain("warning: " + unread, exit_ok);
  return exit_ok;
}

int run_daemon(const config& settings, settings_source again, outside_maker make_outside) {
  end_without_memory();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes shall read as a full disk
  try {
    open_log(settings.log);
  } catch (const std::runtime_error& failure) {
    return complain(std::string("--log-file: ") + failure.what(), exit_bad_config);
  }
  if (const auto wrong = provide_descriptors(settings)) return complain(*wrong, exit_bad_config);
  std::unique_ptr<outside_source> others;
  if (const auto wrong = make_source(settings, make_outside, others)) return complain(*wrong, exit_bad_config);
  server built(settings);
  built.hear(std::move(others));
  built.reread_with(std::move(again));
  auto failed = built.load_secrets();
  if (failed) return complain(*failed, exit_bad_config);
  server::warn_of_secrets(settings.alerts);
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
