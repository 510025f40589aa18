// The server takes settings that were read again.
#include <boost/asio/post.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "common/log/log.hpp"
#include "common/log/log_change.hpp"
#include "server/alerts/delivery.hpp"
#include "server/app/config.hpp"
#include "server/app/descriptor_limit.hpp"
#include "server/app/server.hpp"
#include "server/app/service_manager.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/engine.hpp"

namespace spindrift {

net_settings server::net_settings_of(const config& chosen) {
  net_settings made = chosen.net;
  const std::uint64_t feeds = memory_guard::feeds_of(chosen.memory_mib_max << 20U);
  if (feeds != 0) made.all_feeds_bytes_max = static_cast<std::size_t>(feeds);
  return made;
}

void server::reread_with(settings_source again) {
  again_ = std::move(again);
  if (again_) begun_with_ = again_().for_restart;
}

void server::warn_of_secrets(const alerts_settings& alerts) {
  for (const std::string& unread : unreadable_secrets(alerts.all())) {
    log_event(log_level::warning, "no_secret", {{"reason", unread}});
  }
}

void server::reload() {
  tell_of_reload();
  take_settings();
  tell_service_manager("READY=1");
}

void server::take_settings() {
  const std::int64_t began_ms = steady_ms();
  std::string waiting;
  reopen_log();
  const reread_settings fresh = again_ ? again_() : reread_settings{};
  if (!fresh.wrong.empty()) return log_event(log_level::error, "not_reloaded", {{"reason", fresh.wrong}});
  auto wrong = again_ ? provide_descriptors(fresh.chosen) : std::nullopt;
  if (!wrong) wrong = load_secrets();
  if (wrong) return log_event(log_level::error, "not_reloaded", {{"reason", *wrong}});
  if (again_) {
    change_log_level(fresh.chosen.log.level);
    take_limits(fresh.chosen);
    for (const std::string& name : engine_.watch_with(fresh.chosen.engine)) {
      log_event(log_level::info, "shared_changed", {{"match", name}, {"learned_anew", "autoencoder, lstm"}});
    }
    if (fresh.chosen.alerts != alerts_in_force_) {
      alerts_.set(alerts_in_force_ = fresh.chosen.alerts, alert_of_streams());
    }
    warn_of_secrets(alerts_in_force_);
    take_shadow(fresh);
    waiting = keys_that_differ(begun_with_, fresh.for_restart);
    if (!waiting.empty()) log_event(log_level::warning, "needs_restart", {{"settings", waiting}});
  }
  for (const auto& serving : shards_) serving->post_check_tokens();
  const std::int64_t took_ms = steady_ms() - began_ms;
  if (waiting.empty()) return log_event(log_level::info, "reloaded", {{"milliseconds", took_ms}});
  log_event(log_level::info, "reloaded", {{"milliseconds", took_ms}, {"needs_restart", waiting}});
}

void server::take_limits(const config& chosen) {
  const std::uint64_t ceiling = chosen.memory_mib_max << 20U;
  producers_.limit(chosen.producers_max, memory_guard::kept_of(ceiling, chosen.kept_bytes_max));
  memory_.hold_to(ceiling, chosen.engine.idle_before_eviction);
  persistence_.bound_journal(chosen.store.journal_bytes_max);
  history_desk_.limit(chosen.net.connections_max);
  const net_settings limits = net_settings_of(chosen);
  for (const auto& serving : shards_) serving->post_settings(limits);
  asio::post(side_shard().context(), [this, limits] {
    if (!data_pages_) return;
    data_pages_->delay_refusals(limits.refusal_delay);
    data_pages_->house.outbox_bytes_max = limits.feed_bytes_max;
  });
}

// The last of what was compared is told before it is forgotten.
void server::take_shadow(const reread_settings& fresh) {
  if (!shadow_ || fresh.chosen.shadow != settings_.shadow) return;
  shadow_->bound(fresh.chosen.shadow_watched, static_cast<std::size_t>(fresh.chosen.shadow_memory_mib << 20U));
  memory_.allow_besides(fresh.chosen.shadow_memory_mib << 20U);
  const shadow::figures before = shadow_->now();
  if (shadow_->take(fresh.chosen.engine, fresh.chosen.shadow_watched)) report_shadow(before);
}

void server::report_shadow(const shadow::figures& seen) const {
  log_event(log_level::info, "shadow",
            {{"file", settings_.shadow},
             {"points", seen.points},
             {"streams", seen.streams},
             {"gone", seen.told.gone},
             {"new", seen.told.fresh},
             {"changed", seen.told.changed},
             {"same", seen.told.same()}});
}

}  // namespace spindrift
