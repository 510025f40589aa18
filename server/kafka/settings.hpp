// All settings of spindrift-worker: what it speaks to, what its topics are called, how lanes behave. Plain data.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "server/alerts/alert_settings.hpp"
#include "server/app/client_setting.hpp"
#include "server/engine/engine_settings.hpp"

namespace spindrift {

struct topic_names {
  std::string points = "points";
  std::string verdicts = "verdicts";  // off: none are written; the same of events
  std::string events = "events";
  std::string dead_letters = "dead-letters";
  std::string snapshots = "spindrift-snapshots";
};

struct kafka_settings {
  static constexpr std::uint64_t lanes_max = 256;
  static constexpr std::uint64_t partitions_max = 4'096;
  static constexpr const char* off = "off";

  std::string brokers = "127.0.0.1:9092";
  std::string group = "spindrift";
  std::string worker_id;  // from the host's name; stable for a slot, unique in a group
  topic_names topics;
  bool exactly_once = true;
  std::chrono::milliseconds commit_interval{100};
  std::chrono::milliseconds snapshot_interval{300'000};
  // Kafka's 45 s would be 45 s of silence of a dead worker's partitions; brokers take 6 s and more.
  std::chrono::milliseconds session_timeout{10'000};
  // Kafka's 60 s would let a dead worker hold readers and successors for a minute.
  std::chrono::milliseconds transaction_timeout{15'000};
  std::chrono::milliseconds start_timeout{60'000};
  std::chrono::milliseconds forget_after{7 * 86'400'000LL};
  std::uint64_t lanes = 1;
  std::uint64_t memory_mib_max = 4'096;  // resident; beyond it partitions pause. 0: no ceiling
  std::uint64_t state_version = 0;       // of snapshots that are written; 0: the newest that is known
  bool stops_on_bad = false;
  bool skips_lost_offsets = false;
  bool accepts_repartition = false;
  std::uint64_t create_topics = 0;             // partitions; 0: topics are there
  std::vector<client_setting> client;          // --kafka
  std::string client_file;                     // --kafka-file
  std::vector<client_setting> client_of_file;  // what stands in it: never printed
  std::string http = "127.0.0.1:7173";
  bool is_http_chosen = false;
  bool insecure = false;

  engine_settings engine;
  alerts_settings alerts;  // the daemon's: one file serves both. Checked here, sent by a daemon
  log_settings log;
  bool check_config = false;
  bool print_config = false;

  // All that was given to librdkafka by its own names; the later one of a key holds.
  std::vector<client_setting> all_client_settings() const {
    std::vector<client_setting> all = client;
    all.insert(all.end(), client_of_file.begin(), client_of_file.end());
    return all;
  }
  // A dead worker's partitions are silent for the session and what is left of a heartbeat until the others hear of it:
  // 3 s of the usual 10, and 1 s where the session is the shortest that brokers take, 6 s.
  std::chrono::milliseconds heartbeat() const {
    constexpr std::chrono::milliseconds least{1'000};
    constexpr std::chrono::milliseconds most{3'000};
    const std::chrono::milliseconds wanted = (session_timeout - std::chrono::milliseconds(4'000)) / 2;
    return std::min(std::clamp(wanted, least, most), session_timeout / 3);
  }
  bool writes_verdicts() const { return topics.verdicts != off; }
  bool writes_events() const { return topics.events != off; }
  // `<group>.<worker-id>.<lane>`: what its transactions are under, and the mark of who owns a partition.
  std::string transactional_id(std::size_t lane) const { return transactional_prefix() + instance_id(lane); }
  // What the ids of all workers of the group begin with, and a right to them is for.
  std::string transactional_prefix() const { return group + '.'; }
  // What rights are checked under at the start: nobody of that id is fenced by it.
  std::string check_id() const { return transactional_prefix() + worker_id + ".start"; }
  // group.instance.id of a lane's consumer: a slot that comes back within the session keeps its partitions.
  std::string instance_id(std::size_t lane) const { return worker_id + '.' + std::to_string(lane); }
};

}  // namespace spindrift
