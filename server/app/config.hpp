// All settings of the daemon: defaults, flags, validation. No other room reads flags, the environment or files of
// settings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/cli/options.hpp"
#include "common/log/log.hpp"
#include "server/alerts/alert_settings.hpp"
#include "server/app/detector_options.hpp"
#include "server/app/feed_options.hpp"
#include "server/engine/engine_settings.hpp"
#include "server/formats/format_options.hpp"
#include "server/net/settings.hpp"
#include "server/store/settings.hpp"

namespace spindrift {

struct config {
  // Each is a tool that posts every few seconds; beyond it the one that has waited the longest makes room.
  static constexpr std::size_t ingest_connections_max = 512;

  std::vector<std::string> listen{"127.0.0.1:7171"};  // each as listen_address.hpp has it
  std::string http = "127.0.0.1:7172";
  std::string ingest = "off";   // HTTP again, for points alone, with TLS and tokens where the server has them
  bool is_http_chosen = false;  // by the user: then a port that is taken is an error
  std::uint64_t threads = 1;
  engine_settings engine;
  net_settings net;
  format_settings formats;
  store_settings store;
  std::uint64_t producers_max = 4'096;  // some 250 KiB each once it has 1,024 verdicts to keep
  // What these verdicts may take together; never more than a quarter of the ceiling of memory.
  std::uint64_t kept_bytes_max = std::uint64_t{1} << 30U;
  // 100,000 streams of the default detectors are some 2 GiB: twice that is a flood of names. 0: no ceiling.
  std::uint64_t memory_mib_max = 4'096;
  std::string tls_cert;  // PEM files; empty: plain TCP
  std::string tls_key;
  std::string tokens;  // file of identities; empty: everybody may do everything
  bool insecure = false;
  alerts_settings alerts;
  feed_settings feed;  // of workers on Kafka
  std::string shadow;  // a file of other settings that run beside these and tell nobody; empty: none
  // What their streams may grow to, besides memory_mib_max: 80,000 of the default detectors.
  std::uint64_t shadow_memory_mib = 1'024;
  engine_settings shadow_watched;  // what that file says, with the environment and the flags; see reread.hpp
  log_settings log;
  bool check_config = false;
  bool print_config = false;
};

// Declares every flag of the daemon on `options`; the config must outlive it.
void declare(config& settings, option_set& options);
// All complaints, each naming its flag, the value and what is allowed; empty when the daemon may start.
std::vector<std::string> validate(const config& settings);

}  // namespace spindrift
