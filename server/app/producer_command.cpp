// Resets a producer: an entry in the journal of a server that is stopped, or a hello to one that runs.
#include "server/app/producer_command.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "common/cli/options.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/app/config.hpp"
#include "server/app/server_link.hpp"
#include "server/store/posix_file_system.hpp"
#include "server/store/store.hpp"

namespace spindrift {
namespace {

constexpr int words_of_command = 2;  // "producer reset", in place of the program's name

constexpr std::string_view resetting = "spindriftd producer reset";

// Reads past everything that lasts, so that the journal can go on, and adds that the producer is forgotten. Whether
// there was one is left open: a snapshot's sections are the engine's, and forgetting nobody does no harm.
int reset_in_directory(store& kept, const std::string& name) {
  for (snapshot_section section; kept.next_section(section);) {
  }
  for (journal_entry entry; kept.next_entry(entry);) {
  }
  if (kept.status().ok()) kept.start(std::chrono::steady_clock::now());
  if (!kept.status().ok()) return refuse(resetting, kept.status().text());
  journal_name owner;
  {
    journal::batch out(kept.points());
    out.add_forgotten_producer(name, owner);
    out.write();
  }
  storage_status status = kept.points().status();
  if (status.ok()) status = kept.close();
  return status.ok() ? print("reset in the state directory\n") : refuse(resetting, status.text());
}

int reset_over_wire(const config& settings, const std::string& name) {
  if (!settings.tls_cert.empty()) {
    return refuse(
        resetting,
        "the server runs and speaks TLS: stop it for this command, or say hello with \"reset\":true yourself");
  }
  std::string line;
  encode(command_frame{"", hello_command{name, server_link::token(), true}}, line);
  server_link server(settings);
  server.send(line);
  const std::string reply = server.next_line();
  if (reply.starts_with(R"({"type":"welcome")")) return print("reset in the running server\n");
  return refuse(resetting, reply);
}

}  // namespace

bool is_producer_command(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "producer";
}

int run_producer_command(int argc, const char* const* argv) {
  const std::string_view verb = argc > words_of_command ? argv[words_of_command] : "";
  const bool asks_for_help = verb == "--help" || verb == "-h";
  if (verb != "reset" && !asks_for_help) {
    std::fputs("spindriftd producer: the command is `producer reset NAME`; --help says more\n", stderr);
    return exit_usage;
  }
  config settings;
  std::string name;
  std::string identity_name;
  option_set options("spindriftd producer reset",
                     "lets a named producer begin its numbering anew; takes the server's own options, to find it");
  options.add_positional("NAME", "the producer", name);
  options.add_text("--identity", "NAME", "whose producer it is, where the server asks for tokens", identity_name);
  declare(settings, options);
  if (asks_for_help) return print(options.help_text());
  const parse_result parsed = options.parse(argc - words_of_command, argv + words_of_command);
  if (!parsed.proceeds) return tell(parsed);
  const parse_result judged = options.judge(validate(settings));
  if (!judged.proceeds) return tell(judged);
  if (!is_plain_name(name, limits::producer_bytes_max)) {
    return refuse(resetting, "NAME: '" + name + "' is not allowed: " + std::string(plain_name_rule), exit_bad_config);
  }
  try {
    const bool is_lasting = settings.store.directory != "off" && settings.store.durability_level != durability::off;
    if (!is_lasting) return reset_over_wire(settings, name);
    posix_file_system files;
    store kept(files, settings.store);
    const storage_status opened = kept.open();
    if (opened.fault == storage_fault::locked) return reset_over_wire(settings, name);
    if (!opened.ok()) return refuse(resetting, opened.text());
    return reset_in_directory(kept, identity_name.empty() ? name : identity_name + ' ' + name);
  } catch (const std::exception& failure) {
    return refuse(resetting, failure.what());
  }
}

}  // namespace spindrift
