#include "server/app/config.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "common/log/log_line.hpp"
#include "common/net/endpoint.hpp"

namespace spindrift {
namespace {

constexpr log_level log_levels[] = {log_level::trace,   log_level::debug, log_level::info,
                                    log_level::warning, log_level::error, log_level::off};

constexpr const char* endpoint_rule = "HOST:PORT, with a port from 0 to 65535 and IPv6 addresses in brackets";

void declare_log(log_settings& settings, option_set& options) {
  options.add({.flag = "--log-level",
               .placeholder = "LEVEL",
               .help = "trace, debug, info, warning, error or off",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 for (const log_level each : log_levels) {
                   if (name_of(each) != text) continue;
                   settings.level = each;
                   return std::nullopt;
                 }
                 return "trace, debug, info, warning, error or off";
               },
               .show = [&settings] { return std::vector{std::string(name_of(settings.level))}; }});
  options.add(
      {.flag = "--log-format",
       .placeholder = "text|json",
       .help = "how a line of the log looks",
       .take = [&settings](std::string_view text) -> std::optional<std::string> {
         if (text != "text" && text != "json") return "text or json";
         settings.format = text == "json" ? log_format::json : log_format::text;
         return std::nullopt;
       },
       .show =
           [&settings] { return std::vector<std::string>{settings.format == log_format::json ? "json" : "text"}; }});
  options.add_text("--log-file", "FILE", "where anomalies, drifts and alarms are appended, one line each",
                   settings.file);
}

// Where state goes when nobody says: the place that the XDG base directory specification names.
std::string default_state_directory() {
  if (const char* const state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return std::string(state) + "/spindrift";
  }
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::string(home) + "/.local/state/spindrift";
  }
  return {};
}

void declare_store(store_settings& settings, option_set& options) {
  settings.directory = default_state_directory();
  options.add_text("--state-dir", "DIR|off", "where journal, snapshots and history are kept; off: in memory only",
                   settings.directory);
  options.add({.flag = "--durability",
               .placeholder = "process|fsync|off",
               .help = "what an answered point survives: the end of the process, also that of the machine, or nothing",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (text != "process" && text != "fsync" && text != "off") return "process, fsync or off";
                 settings.durability_level = text == "fsync" ? durability::fsync
                                             : text == "off" ? durability::off
                                                             : durability::process;
                 return std::nullopt;
               },
               .show =
                   [&settings] {
                     constexpr const char* names[] = {"off", "process", "fsync"};
                     return std::vector<std::string>{names[static_cast<std::size_t>(settings.durability_level)]};
                   }});
  options.add_number("--max-journal", "BYTES",
                     "journal on the disk beyond which points are refused, 1048576 and more; 0: no bound",
                     settings.journal_bytes_max, 0, std::uint64_t{1} << 50U);
  options.add_switch("--repair", "set damaged parts of the journal aside and start from what is before them",
                     settings.repair);
}

void declare_security(config& settings, option_set& options) {
  options.add_text("--tls-cert", "FILE", "certificate chain, PEM; with --tls-key all connections speak TLS",
                   settings.tls_cert);
  options.add_text("--tls-key", "FILE", "private key of the certificate, PEM", settings.tls_key);
  options.add_text("--tokens", "FILE", "who may come in and what for; `spindriftd token new NAME` makes a line of it",
                   settings.tokens);
  options.add_switch("--insecure", "listen on addresses that others reach without TLS and tokens", settings.insecure);
}

void add_milliseconds(option_set& options, std::string flag, std::string help, std::chrono::milliseconds& target) {
  options.add({.flag = std::move(flag),
               .placeholder = "MS",
               .help = std::move(help),
               .take = [&target](std::string_view text) -> std::optional<std::string> {
                 std::int64_t number = 0;
                 const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
                 if (wrong != std::errc{} || end != text.data() + text.size() || number < 1 || number > 86'400'000) {
                   return "whole milliseconds from 1 to 86400000";
                 }
                 target = std::chrono::milliseconds(number);
                 return std::nullopt;
               },
               .show = [&target] { return std::vector{std::to_string(target.count())}; }});
}

void declare_limits(config& settings, option_set& options) {
  options.add_number("--max-connections", "N", "connections at once, 1 to 1000000", settings.net.connections_max, 1,
                     1'000'000);
  options.add_number("--max-streams", "N", "streams at once, 1 to 100000000", settings.engine.streams_max, 1,
                     100'000'000);
  options.add_number("--max-producers", "N", "named producers remembered, 1 to 1000000", settings.producers_max, 1,
                     1'000'000);
  options.add_number("--max-kept", "BYTES",
                     "verdicts kept of all named producers for sending again, 1048576 and more; a sixteenth for each",
                     settings.kept_bytes_max, 1U << 20U, std::uint64_t{1} << 44U);
  options.add_number("--max-memory", "MIB", "resident memory beyond which new streams are refused; 0: no ceiling",
                     settings.memory_mib_max, 0, 1U << 24U);
  options.add_number("--max-frame-bytes", "BYTES", "longest frame, 1024 to 65536", settings.net.frame_bytes_max, 1'024,
                     limits::frame_bytes_max);
  options.add_number("--max-bad-frames", "PER_S",
                     "bad frames a second of one connection, beyond which it is slowed down",
                     settings.net.bad_frames_per_s, 1, 1'000'000);
  options.add_number("--max-feed-bytes", "BYTES",
                     "what may wait for one subscriber before its oldest lines are dropped",
                     settings.net.feed_bytes_max, 65'536, std::uint64_t{1} << 32U);
  options.add_number("--max-unsent-bytes", "BYTES",
                     "replies that a connection may have unsent, and as many in the kernel, before it is not read from",
                     settings.net.unsent_bytes_max, 65'536, std::uint64_t{1} << 30U);
  options.add_number("--max-refused", "N", "connections beyond the limit that are told so at once, 0 to 10000",
                     settings.net.refused_max, 0, 10'000);
  add_milliseconds(options, "--frame-timeout", "time to end a frame that was begun", settings.net.frame_timeout);
  add_milliseconds(options, "--object-silence", "silence after an object without a line end that ends it",
                   settings.net.object_silence);
  add_milliseconds(options, "--mute-after", "an anonymous producer that reads nothing for so long is muted",
                   settings.net.mute_after);
  options.add_number("--max-posted-bulletins", "N",
                     "batches on their way to another thread's subscribers before they are dropped, 1 to 1000000",
                     settings.net.posted_batches_max, 1, 1'000'000);
  options.add_number("--feed-send-buffer", "BYTES", "the kernel's send buffer of a subscriber, 4096 to 16777216",
                     settings.net.feed_send_buffer_bytes, 4'096, 1U << 24U);
  add_milliseconds(options, "--feed-timeout", "a subscriber that reads nothing for so long is closed",
                   settings.net.feed_timeout);
  add_milliseconds(options, "--linger", "how long a client may take to close after our last reply",
                   settings.net.linger);
  add_milliseconds(options, "--drain-timeout", "how long clients may take to read their last replies at the end",
                   settings.net.drain_timeout);
  add_milliseconds(options, "--accept-pause", "rest after accept() failed, for want of descriptors for example",
                   settings.net.accept_pause);
  add_milliseconds(options, "--unacknowledged-timeout", "a client whose machine confirms nothing for so long is gone",
                   settings.net.unacknowledged_timeout);
  add_milliseconds(options, "--evict-after", "a stream idle for so long may make room for a new one",
                   settings.engine.idle_before_eviction);
}

void declare_admission(config& settings, option_set& options) {
  add_milliseconds(options, "--admission-timeout", "time to show a token", settings.net.admission_timeout);
  options.add_number("--max-handshakes", "N", "TLS handshakes under way at once, 1 to 100000; the oldest gives way",
                     settings.net.handshakes_max, 1, 100'000);
  add_milliseconds(options, "--refusal-delay", "how much later a wrong token is answered", settings.net.refusal_delay);
}

void declare_keepalive(config& settings, option_set& options) {
  options.add_number("--keepalive-idle", "S", "seconds of silence before a client is probed, 1 to 32767",
                     settings.net.keepalive_idle_s, 1, 32'767);
  options.add_number("--keepalive-interval", "S", "seconds between two probes, 1 to 32767",
                     settings.net.keepalive_interval_s, 1, 32'767);
  options.add_number("--keepalive-probes", "N", "probes without an answer before a client is gone, 1 to 127",
                     settings.net.keepalive_probes, 1, 127);
}

bool is_open_to_others(const config& settings, const std::string& address) {
  const auto where = parse_endpoint(address);
  const bool is_guarded = !settings.tls_cert.empty() && !settings.tokens.empty();
  return where && !is_loopback(*where) && !settings.insecure && !is_guarded;
}

}  // namespace

void declare(config& settings, option_set& options) {
  options.accept_config_file();
  options.add({.flag = "--listen",
               .placeholder = "HOST:PORT",
               .help = "address for producers and subscribers; may be given several times; port 0 picks one",
               .is_repeatable = true,
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (!parse_endpoint(text)) return endpoint_rule;
                 settings.listen.emplace_back(text);
                 return std::nullopt;
               },
               .show = [&settings] { return settings.listen; },
               .clear = [&settings] { settings.listen.clear(); }});
  options.add({.flag = "--http",
               .placeholder = "HOST:PORT|off",
               .help = "address for metrics and health",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (text != "off" && !parse_endpoint(text)) return "off, or " + std::string(endpoint_rule);
                 settings.http = text;
                 settings.is_http_chosen = true;
                 return std::nullopt;
               },
               .show = [&settings] { return std::vector{settings.http}; }});
  options.add_number("--threads", "N", "shards: threads with connections of their own, 1 to 256", settings.threads, 1,
                     256);
  declare(settings.engine.detectors, options);
  declare_store(settings.store, options);
  declare_security(settings, options);
  declare_admission(settings, options);
  declare_limits(settings, options);
  declare_keepalive(settings, options);
  declare_log(settings.log, options);
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
    for (std::string& each : settings.store.validate()) complaints.push_back(std::move(each));
  }
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    complaints.emplace_back("--tls-cert and --tls-key: one without the other is not allowed: give both or neither");
  }
  for (const std::string& each : settings.listen) {
    if (!is_open_to_others(settings, each)) continue;
    complaints.push_back("--listen: " + each +
                         " is not allowed without TLS and tokens, since others can reach it: give --tls-cert, "
                         "--tls-key and --tokens, or a loopback address, or --insecure");
  }
  if (settings.http != "off" && !settings.insecure && !is_loopback(*parse_endpoint(settings.http))) {
    complaints.push_back("--http: " + settings.http +
                         " is not allowed, since others can reach it and HTTP here has neither TLS nor tokens: give a "
                         "loopback address, off, or --insecure");
  }
  return complaints;
}

}  // namespace spindrift
