// Everything of the daemon that runs, in the order in which it is built; it is taken down in the reverse order.
//
// Built by the main thread, which then runs it; the shards are the threads that serve. Each step of starting returns
// why the server must not start. Stopping is a drain: listeners close, shards answer what was read and end, the last of
// them lets go of signals and HTTP, then the journal is closed.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/http_server.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/alerts/alert_sink.hpp"
#include "server/app/daemon_info.hpp"
#include "server/app/data_pages.hpp"
#include "server/app/history_desk.hpp"
#include "server/app/memory_guard.hpp"
#include "server/app/outside_intake.hpp"
#include "server/app/periodic_call.hpp"
#include "server/app/persistence.hpp"
#include "server/app/reread.hpp"
#include "server/app/secrets.hpp"
#include "server/app/signal_watch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"
#include "server/net/listener.hpp"
#include "server/net/shard.hpp"
#include "server/pipeline/durable_position.hpp"
#include "server/rehearsal/shadow.hpp"
#include "server/sinks/event_log.hpp"
#include "server/sinks/history_sink.hpp"
#include "server/sources/http_ingest.hpp"
#include "server/sources/udp_source.hpp"
#include "server/store/posix_file_system.hpp"

namespace spindrift {

struct config;

class server {
public:
  // The settings outlive it.
  explicit server(const config& settings);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  // In this order; each returns why the server must not start.
  std::optional<std::string> load_secrets() { return secrets_.load(); }
  // Secrets of alerts that cannot be read as it is now; they are read for each message, so it goes on.
  static void warn_of_secrets(const alerts_settings& alerts);
  // Where SIGHUP finds the settings; without it, it reads secrets alone. Called on the first shard's thread.
  void reread_with(settings_source again);
  // Before open(): who has judged what this server is to serve as well. Null: nobody else.
  void hear(std::unique_ptr<outside_source> others);
  std::optional<std::string> open();
  std::optional<std::string> recover();
  // False when points had to be refused in the end, because the disk failed.
  bool run();

private:
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

  alert_desk::surroundings surroundings_of_alerts();
  chosen_alert alert_of_streams();
  void connect_context();
  void make_shards();
  // HTTP and datagrams are heard on its thread; no connection of the other kinds is dealt to it.
  shard& side_shard() { return *shards_.back(); }
  std::optional<std::string> listen(const listen_address& where);
  std::unique_ptr<transport> open_stream(stream_socket socket, const way_in& by);
  std::optional<std::string> open_http();
  void open_data_pages();
  bool is_http_for_others() const;
  std::optional<std::string> open_ingest();
  std::optional<http_response> answer_http(const http_request& asked);
  std::optional<http_response> answer_ingest(const http_request& asked);
  void reload();
  void take_settings();
  // With what all subscribers may have waiting, by the ceiling of memory.
  static net_settings net_settings_of(const config& chosen);
  void take_limits(const config& chosen);
  void take_shadow(const reread_settings& fresh);
  void report_shadow(const shadow::figures& seen) const;
  bool stop();
  void shard_drained();
  void end_when_drained();
  void tell_addresses() const;
  void print_address(const std::string& address) const;

  const config& settings_;
  settings_source again_;
  settings_for_restart begun_with_;
  counters counts_;
  posix_file_system files_;
  persistence persistence_;
  engine engine_;
  producer_table producers_;
  memory_guard memory_;
  daemon_info info_;
  journal_on_disk disk_;
  alerts_settings alerts_in_force_;  // the first shard's thread
  alert_desk alerts_;
  alert_sink alert_sink_;
  event_log event_log_;
  history_sink history_sink_;
  std::unique_ptr<shadow> shadow_;  // --shadow
  history_desk history_desk_;
  std::unique_ptr<outside_intake> outside_;
  std::unique_ptr<outside_source> others_;  // calls outside_
  secrets secrets_;
  shard_context context_;
  std::vector<std::unique_ptr<shard>> shards_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::vector<std::unique_ptr<udp_source>> datagrams_;  // of the side shard's thread
  std::unique_ptr<http_ingest> ingest_;                 // of the side shard's thread, as both HTTP servers are
  std::unique_ptr<data_pages> data_pages_;              // as the ingest is
  std::unique_ptr<http_server> http_;
  std::unique_ptr<http_server> ingest_http_;  // --ingest
  std::unique_ptr<signal_watch> signals_;
  std::unique_ptr<periodic_call> watchdog_;     // where systemd waits for a sign of life
  std::unique_ptr<periodic_call> log_reports_;  // of what the log's rate limit left out
  std::unique_ptr<periodic_call> shadow_reports_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> drained_shards_{0};
};

}  // namespace spindrift
