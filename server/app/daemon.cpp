// Starts the daemon, or says why it must not start.
#include "server/app/daemon.hpp"

#include <csignal>
#include <string>
#include <utility>

#include "common/log/log.hpp"
#include "server/app/descriptor_limit.hpp"
#include "server/app/no_memory.hpp"
#include "server/app/server.hpp"

namespace spindrift {
namespace {

int complain(const std::string& reason, int exit_code) {
  spindrift::complain("spindriftd", reason);
  return exit_code;
}

}  // namespace

int check_daemon(const config& settings) {
  auto wrong = provide_descriptors(settings);
  if (!wrong) wrong = server(settings).load_secrets();
  return wrong ? complain(*wrong, exit_bad_config) : exit_ok;
}

int run_daemon(const config& settings, settings_source again) {
  end_without_memory();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes shall read as a full disk
  open_log(settings.log);
  if (const auto wrong = provide_descriptors(settings)) return complain(*wrong, exit_bad_config);
  server built(settings);
  built.reread_with(std::move(again));
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
