// What the server knows of itself: the counters as a stats reply and as Prometheus text. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "server/app/persistence.hpp"
#include "server/engine/producer_table.hpp"
#include "server/net/latency_histogram.hpp"
#include "server/session/session.hpp"

namespace spindrift {

class alert_desk;
class engine;
class outside_intake;
class shadow;

class daemon_info final : public server_info {
public:
  // All outlive the info.
  daemon_info(const counters& counts, const engine& observer, const producer_table& producers, persistence& kept)
      : counts_(counts), engine_(observer), producers_(producers), persistence_(kept) {}

  // The alerts outlive the info.
  void watch(const alert_desk& told) { alerts_ = &told; }
  // The same of other settings that run beside.
  void watch(const shadow& beside) { shadow_ = &beside; }
  // And of what others have judged.
  void watch(const outside_intake& heard) { outside_ = &heard; }

  // Asked for each scrape.
  void watch(std::function<latency_counts()> latency) { latency_ = std::move(latency); }

  void append_stats(std::string& out) const override;
  // The exposition format of Prometheus, version 0.0.4.
  std::string metrics() const;

private:
  struct figure {
    std::string_view name;  // in stats; metrics put spindrift_ before it, and _total behind what only grows
    std::string_view help;
    bool only_grows;
    std::uint64_t value;
  };
  std::vector<figure> figures() const;
  void append_shadow(std::vector<figure>& all) const;
  void append_outside(std::vector<figure>& all) const;
  std::uint64_t memory_full() const;
  void append_latency(std::string& out) const;

  const counters& counts_;
  const engine& engine_;
  const producer_table& producers_;
  persistence& persistence_;
  const alert_desk* alerts_ = nullptr;
  const shadow* shadow_ = nullptr;
  const outside_intake* outside_ = nullptr;
  std::function<latency_counts()> latency_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace spindrift
