// The options of the daemon and what is wrong with their values.
#include "server/app/config.hpp"

#include <algorithm>
#include <utility>

#include "common/cli/nearest_name.hpp"
#include "common/log/log_options.hpp"
#include "common/net/endpoint.hpp"
#include "common/text/printable.hpp"
#include "server/alerts/alert_options.hpp"
#include "server/engine/engine_options.hpp"
#include "server/net/listen_address.hpp"
#include "server/net/net_options.hpp"
#include "server/store/store_options.hpp"

namespace spindrift {
namespace {

void declare_security(config& settings, option_set& options) {
  options.add_text("--tls-cert", "FILE", "certificate chain, PEM; with --tls-key all connections speak TLS",
                   settings.tls_cert);
  options.add_text("--tls-key", "FILE", "private key of the certificate, PEM", settings.tls_key);
  options.add_text("--tokens", "FILE", "who may come in and what for; `spindriftd token new NAME` makes a line of it",
                   settings.tokens);
  options.add_switch("--insecure", "listen on addresses that others reach without TLS and tokens", settings.insecure);
}

void declare_listen(config& settings, option_set& options) {
  options.add({.flag = "--listen",
               .placeholder = "ADDRESS",
               .help =
                   "address for producers and subscribers: HOST:PORT (port 0 picks one), unix:/PATH, udp://HOST:PORT; "
                   "?format=graphite behind it says what is spoken there; may be given several times",
               .is_repeatable = true,
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 const auto wanted = parse_listen_address(text);
                 format_settings known;
                 if (!wanted || !set_format(known, wanted->format.empty() ? "auto" : wanted->format)) {
                   return listen_rule;
                 }
                 settings.listen.emplace_back(text);
                 return std::nullopt;
               },
               .show = [&settings] { return settings.listen; },
               .clear = [&settings] { settings.listen.clear(); }});
}

// Of a listening address, why it must not be opened like this; null: it may be. A Unix socket is guarded by its mode,
// datagrams by nothing.
const char* open_to_others(const config& settings, const listen_address& address) {
  const bool is_guarded = !settings.tls_cert.empty() && !settings.tokens.empty();
  if (address.is == listen_address::kind::by_unix || is_loopback(address.where) || settings.insecure) return nullptr;
  if (address.is == listen_address::kind::by_udp) {
    return " is not allowed, since others can reach it and datagrams are not encrypted: give a loopback address, or "
           "--insecure";
  }
  if (is_guarded) return nullptr;
  return " is not allowed without TLS and tokens, since others can reach it: give --tls-cert, --tls-key and --tokens, "
         "or a loopback address, or --insecure";
}

}  // namespace

void declare(config& settings, option_set& options) {
  options.accept_config_file();
  declare_listen(settings, options);
  options.add({.flag = "--http",
               .placeholder = "HOST:PORT|off",
               .help = "address for metrics, health, streams, events and points by HTTP",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (text != "off" && !endpoint_meant(text)) return "off, or " + std::string(endpoint_rule);
                 settings.http = text;
                 settings.is_http_chosen = true;
                 return std::nullopt;
               },
               .show = [&settings] { return std::vector{settings.http}; }});
  options.add({.flag = "--ingest",
               .placeholder = "HOST:PORT|off",
               .help = "another address for points by HTTP, with TLS and tokens as --listen has them",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (text != "off" && !endpoint_meant(text)) return "off, or " + std::string(endpoint_rule);
                 settings.ingest = text;
                 return std::nullopt;
               },
               .show = [&settings] { return std::vector{settings.ingest}; }});
  options.add_number("--threads", "N", "shards: threads with connections of their own, 1 to 256", settings.threads, 1,
                     256);
  {
    const option_set::live_part live(options);
    declare(settings.engine.detectors, options);
  }
  declare(settings.store, options);
  declare_security(settings, options);
  declare(settings.engine, options);
  declare_streams(settings.engine, options);
  {
    const option_set::live_part live(options);
    options.add_number("--max-producers", "N", "named producers remembered, 1 to 1000000", settings.producers_max, 1,
                       1'000'000);
    options.add_number("--max-kept", "BYTES",
                       "verdicts kept of all named producers for sending again, 1048576 and more; a sixteenth for each",
                       settings.kept_bytes_max, 1U << 20U, std::uint64_t{1} << 44U);
    options.add_number("--max-memory", "MIB",
                       "resident memory beyond which new streams are refused, and a twentieth above it growth; 0: none",
                       settings.memory_mib_max, 0, 1U << 24U);
  }
  declare(settings.net, options);
  declare(settings.formats, options);
  options.add_text("--shadow", "FILE",
                   "another file of settings that runs beside these and tells nobody; `spindriftd shadow-report` says "
                   "which notices would be gone and which new",
                   settings.shadow);
  {
    const option_set::live_part live(options);
    options.add_number("--shadow-memory", "MIB",
                       "what the streams of --shadow may grow to, besides --max-memory, 16 to 16777216",
                       settings.shadow_memory_mib, 16, 1U << 24U);
  }
  declare(settings.feed, options);
  declare(settings.log, options);
  declare(settings.alerts, options);
  options.add_action("--check-config", "say whether the configuration is good, and end", settings.check_config);
  options.add_action("--print-config", "print the configuration in force as TOML, and end", settings.print_config);
}

std::vector<std::string> validate(const config& settings) {
  std::vector<std::string> complaints = validate(settings.engine.detectors);
  const bool is_lasting = settings.store.durability_level != durability::off && settings.store.directory != "off";
  if (is_lasting && settings.store.directory.empty()) {
    complaints.emplace_back(
        "--state-dir: empty is not allowed (neither XDG_STATE_HOME nor HOME is set): give a directory, or off");
  } else if (is_lasting) {
    for (std::string& wrong : settings.store.validate()) complaints.push_back(std::move(wrong));
  }
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    complaints.emplace_back("--tls-cert and --tls-key: one without the other is not allowed: give both or neither");
  }
  for (const std::string& address : settings.listen) {
    const char* const wrong = open_to_others(settings, *parse_listen_address(address));
    if (wrong != nullptr) complaints.push_back("--listen: " + address + wrong);
  }
  if (settings.ingest != "off") {
    const char* const wrong =
        open_to_others(settings, {listen_address::kind::by_tcp, *endpoint_meant(settings.ingest), {}, 0, {}, {}, {}});
    if (wrong != nullptr) complaints.push_back("--ingest: " + settings.ingest + wrong);
  }
  if (settings.http != "off") {
    const char* const wrong =
        open_to_others(settings, {listen_address::kind::by_tcp, *endpoint_meant(settings.http), {}, 0, {}, {}, {}});
    if (wrong != nullptr) complaints.push_back("--http: " + settings.http + wrong);
  }
  for (std::string& wrong : validate(settings.feed)) complaints.push_back(std::move(wrong));
  for (std::string& wrong : validate(settings.alerts)) complaints.push_back(std::move(wrong));
  for (std::string& wrong : validate(settings.engine.streams)) complaints.push_back(std::move(wrong));
  complain_of_unknown_alerts(settings.alerts, settings.engine.streams, complaints);
  return complaints;
}

}  // namespace spindrift
