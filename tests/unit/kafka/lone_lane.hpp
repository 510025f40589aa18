// A lane's thread on a mock of a cluster of its own, alone in its group. So often as is said, when it joins, it is
// told that another has its name.
//
// Begins with the object, and ends with it. Used by one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/kafka/lane_thread.hpp"
#include "server/kafka/settings.hpp"
#include "tests/unit/kafka/mock_cluster.hpp"

namespace spindrift::kafka {

class lone_lane {
public:
  explicit lone_lane(std::size_t usurpations, bool exactly_once = true) {
    settings_.exactly_once = exactly_once;
    settings_.brokers = cluster_.address();
    settings_.group = "alone";
    settings_.worker_id = "a";
    cluster_.refuse(request_join_group, std::vector(usurpations, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID));
    figures_.partitions = std::make_unique<partition_figures[]>(1);
    figures_.partition_count = 1;
    thread_ = std::make_unique<lane_thread>(settings_, 0, 1, figures_, stops_, [this](int code, std::string why) {
      exit_code_ = code;
      reason_ = std::move(why);
      has_ended_ = true;
    });
    thread_->start();
  }
  ~lone_lane() {
    stops_ = true;
    thread_.reset();
  }
  lone_lane(const lone_lane&) = delete;
  lone_lane& operator=(const lone_lane&) = delete;

  mock_cluster& cluster() { return cluster_; }
  bool is_member() const { return figures_.lanes[0].is_member; }
  std::uint64_t fresh_starts() const { return read(figures_.lanes[0].counts.fresh_starts); }
  bool has_ended() const { return has_ended_; }
  // Once it has ended.
  int exit_code() const { return exit_code_; }
  const std::string& reason() const { return reason_; }

  template <class Call>
  static bool eventually(Call is_so) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() >= until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }

private:
  mock_cluster cluster_;
  kafka_settings settings_;
  worker_figures figures_{1};
  std::atomic<bool> stops_{false};
  std::atomic<bool> has_ended_{false};
  int exit_code_ = -1;
  std::string reason_;
  std::unique_ptr<lane_thread> thread_;
};

}  // namespace spindrift::kafka
