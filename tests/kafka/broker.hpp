// A real Kafka broker of a test's own: KRaft, one node, on ports that are free, from the jars that broker_jars.sh has
// fetched. Its data live in a scratch folder and survive stop() and start(), not the object.
//
// Owns the process: it is killed with the object, and dies with the thread that made it. Every wait has a deadline;
// what goes wrong throws std::runtime_error with what the broker said.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"

namespace spindrift::kafka_test {

struct broker_settings {
  std::vector<std::string> properties{};  // more of server.properties: "NAME=value"
  std::string more_listeners{};           // ",SSL://127.0.0.1:PORT"; PORT stands for a free one
  std::vector<std::string> java{};        // more of java's options
  std::size_t disk_mib = 0;               // its data on a disk of so many MiB, which takes root; 0: in the folder
  // Called with the broker's folder before it starts; FOLDER in the properties stands for it.
  std::function<void(const std::filesystem::path&)> prepare{};
};

class broker {
public:
  // Where the jars are; nothing: there is no Java or no Maven here.
  static std::optional<std::string> jars();

  explicit broker(broker_settings settings = {});
  ~broker();
  broker(const broker&) = delete;
  broker& operator=(const broker&) = delete;

  // Comes back once it answers.
  void start();
  // Sends the signal and waits for the end.
  void stop(int signal);
  void signal(int number) { process_->send_signal(number); }
  bool is_running() const { return process_ && process_->is_running(); }

  // True once it has ended of itself.
  bool wait_end(std::chrono::seconds patience) { return process_->wait_exit(patience).has_value(); }

  // Until nothing more goes onto its disk, and again as before.
  void fill_disk();
  void free_disk();

  // With Kafka's own tool: WRITE and DESCRIBE of all transactional ids that begin like this.
  void grant_transactional_ids(const std::string& user, const std::string& prefix) const;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // Of the listener in `more_listeners`.
  std::string other_address() const { return "127.0.0.1:" + std::to_string(other_port_); }
  const std::filesystem::path& folder() const { return folder_; }

private:
  std::filesystem::path data() const { return folder_ / "data"; }
  std::filesystem::path ballast() const { return data() / "ballast"; }
  void mount_disk();
  void write_properties();
  void format();

  broker_settings settings_;
  std::string jars_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::uint16_t controller_port_ = 0;
  std::uint16_t other_port_ = 0;
  std::unique_ptr<support::child_process> process_;
};

}  // namespace spindrift::kafka_test
