// The figures of the server, for stats and for Prometheus.
#include "server/app/daemon_info.hpp"

#include <initializer_list>

#include "common/cli/build_info.hpp"
#include "common/log/log.hpp"
#include "common/model/event.hpp"
#include "common/protocol/encode.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/app/outside_intake.hpp"
#include "server/app/process_metrics.hpp"
#include "server/engine/engine.hpp"
#include "server/formats/parsed.hpp"
#include "server/rehearsal/shadow.hpp"
#include "server/session/reply_line.hpp"
#include "server/session/version.hpp"

namespace spindrift {

std::uint64_t daemon_info::memory_full() const {
  if (engine_.allowed_growth() == growth::none) return 2;
  return engine_.allowed_growth() != growth::unlimited || engine_.is_reckoned_full() ? 1 : 0;
}

std::vector<daemon_info::figure> daemon_info::figures() const {
  const alert_desk::figures told = alerts_ != nullptr ? alerts_->now() : alert_desk::figures{};
  const auto uptime = std::chrono::steady_clock::now() - started_;
  std::vector<figure> all = {
      {"uptime_seconds", "Seconds since the server started.", false,
       static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(uptime).count())},
      {"streams", "Streams in the table.", false, engine_.stream_count()},
      {"producers", "Producers with a name that are remembered.", false, producers_.size()},
      {"kept_bytes", "Verdicts kept of named producers, in bytes.", false, producers_.kept_bytes()},
      {"connections", "Open connections.", false, read(counts_.connections_open)},
      {"subscribers", "Subscribers among them.", false, read(counts_.subscribers)},
      {"resident_bytes", "Resident memory of the process.", false, resident_bytes()},
      {"memory_full", "For want of memory, 1: new streams are refused; 2: points of those that still grow as well.",
       false, memory_full()},
      {"storage_full", "1 while the journal cannot be written.", false, persistence_.is_full() ? 1U : 0U},
      {"journal_bytes", "Where the journal's end is, in bytes ever written.", false, persistence_.written_to()},
      {"journal_kept_bytes", "Bytes of journal on the disk.", false, persistence_.journal_bytes()},
      {"snapshots", "Snapshots taken.", true, persistence_.snapshots()},
      {"snapshots_failed", "Snapshots that could not be taken.", true, persistence_.snapshots_failed()},
      {"history_dropped", "Events that the history's queue could not take.", true, persistence_.events_dropped()},
      {"points", "Points applied.", true, read(counts_.points)},
      {"duplicates", "Points that had been applied before and got the same verdict again.", true,
       read(counts_.duplicates)},
      {"anomalies", "Points found anomalous.", true, read(counts_.anomalies)},
      {"drifts", "Cuts of ADWIN.", true, read(counts_.drifts)},
      {"alarms", "Alarms of the ensemble.", true, read(counts_.alarms)},
      {"events_open", "Events that are open.", false, read(counts_.events_open)},
      {"streams_silent", "Streams among them that are silent.", false, read(counts_.streams_silent)},
      {"frames", "Frames received.", true, read(counts_.frames)},
      {"points_foreign", "Points read from other formats than the contract's JSON.", true,
       read(counts_.points_foreign)},
      {"fields_skipped", "Fields of other formats that are no numbers.", true, read(counts_.fields_skipped)},
      {"datagrams", "Datagrams received.", true, read(counts_.datagrams)},
      {"datagrams_refused", "Datagrams of which nothing, or not all, could be read.", true,
       read(counts_.datagrams_refused)},
      {"datagrams_dropped", "Datagrams that the kernel dropped, since the server was too slow.", true,
       read(counts_.datagrams_dropped)},
      {"connections_accepted", "Connections accepted.", true, read(counts_.connections_accepted)},
      {"handshakes_shed", "TLS handshakes ended because too many were under way.", true, read(counts_.handshakes_shed)},
      {"streams_created", "Streams created.", true, read(counts_.streams_created)},
      {"streams_evicted", "Streams forgotten to make room.", true, read(counts_.streams_evicted)},
      {"bytes_received", "Bytes read from clients.", true, read(counts_.bytes_received)},
      {"bytes_sent", "Bytes written to clients.", true, read(counts_.bytes_sent)},
      {"replies_muted", "Verdicts dropped for anonymous producers that never read.", true, read(counts_.replies_muted)},
      {"feed_lines_sent", "Verdict lines sent to subscribers.", true, read(counts_.feed_lines_sent)},
      {"feed_lines_dropped", "Verdict lines dropped for subscribers that were too slow.", true,
       read(counts_.feed_lines_dropped)},
      {"alerts_queued", "What events have to say that alerts have not handed over yet.", false, told.queued},
      {"alerts_sent", "Messages of alerts that their receivers acknowledged.", true, told.sent},
      {"alerts_failed", "Attempts to send a message of an alert that failed.", true, told.failed},
      {"alerts_held", "Events that an alert's budget held back.", true, told.held},
      {"alerts_silenced", "Events that were not told because of maintenance.", true, told.silenced},
      {"alerts_dropped", "What events had to say that alerts could not keep, or a receiver refused for good.", true,
       told.dropped},
      {"findings_left_out", "Lines that the log's rate limit left out.", true, findings_left_out()},
  };
  append_shadow(all);
  append_outside(all);
  return all;
}

// Where there is one. The lists grow and shrink: a notice may find its like on the other side a little later.
void daemon_info::append_shadow(std::vector<figure>& all) const {
  if (shadow_ == nullptr) return;
  const shadow::figures seen = shadow_->now();
  const notice_comparison::tally& told = seen.told;
  all.insert(all.end(),
             {
                 {"shadow_points", "Points that the shadow has judged.", true, seen.points},
                 {"shadow_streams", "Streams that the shadow follows.", false, seen.streams},
                 {"shadow_streams_left_out", "Streams that the shadow has no room for.", false, seen.streams_left_out},
                 {"shadow_notices_gone", "Notices that the shadow's settings would not have told.", false, told.gone},
                 {"shadow_notices_new", "Notices that only the shadow's settings would have told.", false, told.fresh},
                 {"shadow_notices_changed", "Notices of both that differ in severity or kind.", false, told.changed},
                 {"shadow_notices_same", "Notices of both that are alike.", false, told.same()},
             });
}

void daemon_info::append_outside(std::vector<figure>& all) const {
  if (outside_ == nullptr) return;
  const outside_intake::figures seen = outside_->now();
  all.insert(
      all.end(),
      {
          {"kafka_feed_events", "What events had to say that came from Kafka.", true, seen.events},
          {"kafka_feed_verdicts", "Verdicts that came from Kafka while somebody subscribed.", true, seen.verdicts},
          {"kafka_feed_unreadable", "Lines from Kafka that were neither.", true, seen.unreadable},
          {"kafka_feed_lag_records", "Records of the topic of events that are still to be read.", false, seen.lag},
      });
}

void daemon_info::append_stats(std::string& out) const {
  out += ",\"server\":";
  append_json_string(server_name, out);
  for (const figure& shown : figures()) {
    out += ",\"";
    out += shown.name;
    out += "\":";
    append_number(shown.value, out);
  }
  out += ",\"events\":{";
  for (std::size_t i = 0; i < counters::event_kinds; ++i) {
    out += i == 0 ? "\"" : ",\"";
    out.append(name_of(static_cast<event_kind>(i))).append("\":");
    append_number(read(counts_.events[i]), out);
  }
  out += '}';
  append_errors(counts_.errors, out);
  out += ",\"lines_unread\":{";
  bool is_first = true;
  for (std::size_t i = 0; i < counters::fault_causes; ++i) {
    const std::uint64_t count = read(counts_.lines_unread[i]);
    if (count == 0) continue;
    out += is_first ? "\"" : ",\"";
    is_first = false;
    out += formats::name_of(static_cast<formats::fault_cause>(i));
    out += "\":";
    append_number(count, out);
  }
  out += '}';
}

// Buckets are cumulative there.
void daemon_info::append_latency(std::string& out) const {
  if (!latency_) return;
  const latency_counts seen = latency_();
  append_metric_head(
      "spindrift_point_seconds",
      "Of each frame of a connection, from where its shard began with what had been read until the replies were "
      "sent.",
      "histogram", out);
  std::uint64_t count = 0;
  const auto seconds = [](std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); };
  for (std::size_t i = 0; i < seen.buckets.size(); ++i) {
    count += seen.buckets[i];
    out += "spindrift_point_seconds_bucket{le=\"";
    if (i < latency_counts::bounds.size()) {
      append_number(seconds(latency_counts::bounds[i]), out);
    } else {
      out += "+Inf";
    }
    out += "\"} " + std::to_string(count) + '\n';
  }
  out += "spindrift_point_seconds_sum ";
  append_number(static_cast<double>(seen.sum_ns) / 1e9, out);
  out += "\nspindrift_point_seconds_count " + std::to_string(count) + '\n';
}

std::string daemon_info::metrics() const {
  std::string out;
  const auto head = [&out](std::string_view name, std::string_view help, std::string_view kind) {
    append_metric_head(name, help, kind, out);
  };
  for (const figure& shown : figures()) {
    const std::string name = "spindrift_" + std::string(shown.name) + (shown.only_grows ? "_total" : "");
    head(name, shown.help, shown.only_grows ? "counter" : "gauge");
    out += name + ' ' + std::to_string(shown.value) + '\n';
  }
  head("spindrift_errors_total", "Errors sent, by code.", "counter");
  for (std::size_t i = 0; i < counters::error_codes; ++i) {
    // Codes are our own words: nothing from the wire stands in a label.
    out.append("spindrift_errors_total{code=\"").append(name_of(static_cast<error_code>(i))).append("\"} ");
    out += std::to_string(read(counts_.errors[i])) + '\n';
  }
  head("spindrift_events_total", "Events told, by the kind that they were first told as.", "counter");
  for (std::size_t i = 0; i < counters::event_kinds; ++i) {
    out.append("spindrift_events_total{kind=\"").append(name_of(static_cast<event_kind>(i))).append("\"} ");
    out += std::to_string(read(counts_.events[i])) + '\n';
  }
  head("spindrift_lines_unread_total", "Lines and fields of other formats that gave no point, by cause.", "counter");
  for (std::size_t i = 0; i < counters::fault_causes; ++i) {
    out.append("spindrift_lines_unread_total{cause=\"").append(formats::name_of(static_cast<formats::fault_cause>(i)));
    out.append("\"} ");
    out += std::to_string(read(counts_.lines_unread[i])) + '\n';
  }
  head("spindrift_build_info", "1; the version that was built.", "gauge");
  out.append("spindrift_build_info{version=\"").append(this_build().version);
  out.append("\",commit=\"").append(this_build().commit).append("\"} 1\n");
  append_latency(out);
  append_process_metrics(out);
  return out;
}

}  // namespace spindrift
