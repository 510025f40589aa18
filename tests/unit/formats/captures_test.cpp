// Byte streams of real tools, captured as they came over TCP or UDP: what comes of each.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "common/protocol/inbox.hpp"
#include "server/formats/foreign_reader.hpp"
#include "server/formats/opening.hpp"
#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::string bytes_of(const std::string& name) {
  std::ifstream in(SPINDRIFT_SOURCE_DIR "/tests/golden/captures/" + name + ".bin", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct outcome {
  std::size_t points = 0;
  std::size_t unknown = 0;
  std::uint64_t faults = 0;
  std::string first;
  std::string advice;
};

void read_frame(std::string_view frame, foreign_reader& reader, outcome& found) {
  parsed into;
  if (reader.is_joining() || foreign_reader::begins_value(frame)) {
    if (reader.join(frame, 65'536) != foreign_reader::join_result::whole) return;
    frame = reader.joined();
  }
  if (reader.read(frame, into) == frame_result::unknown) ++found.unknown;
  if (found.points == 0 && !into.points().empty()) found.first = shown(into).substr(0, shown(into).find(' '));
  found.points += into.points().size();
  found.faults += into.fault_count();
}

// As a session does it, every frame by this room's readers.
outcome read_capture(std::string_view bytes) {
  outcome found;
  const opening begun = look_at(bytes, true);
  if (begun.is == opening::kind::unreadable) {
    found.advice = begun.advice;
    return found;
  }
  bytes.remove_prefix(begun.skip);
  foreign_reader reader;
  while (begun.is == opening::kind::counted && !bytes.empty()) {
    const counted_frame cut = cut_counted(bytes);
    if (cut.is != counted_frame::kind::whole) break;
    read_frame(bytes.substr(cut.begin, cut.bytes), reader, found);
    bytes.remove_prefix(cut.begin + cut.bytes);
  }
  inbox frames;
  while (!bytes.empty()) {
    const std::span<char> space = frames.space();
    const std::size_t size = std::min(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), size);
    frames.received(size);
    bytes.remove_prefix(size);
    if (bytes.empty()) frames.finish();
    for (inbox::cut cut = frames.next(); cut.kind != inbox::cut_kind::none; cut = frames.next()) {
      read_frame(cut.bytes, reader, found);
    }
  }
  return found;
}

struct capture {
  const char* name;
  std::size_t points;
  std::string_view first;
};

TEST(captures, of_tools_that_send_numbers_are_read) {
  for (const capture& row : {
           capture{"collectd-5.12_write_graphite_tcp", 28, "web01.load.load.shortterm=3.8134765625@1795286073000"},
           {"collectd-5.12_write_tsdb_tcp", 23,
            "load.load.shortterm,fqdn=web01,status=production=3.8134765625@1795286074000"},
           {"jq_c", 2, "t=1"},
           {"jq_default_pretty", 1, "t=1"},
           {"mosquitto_sub_J_pipe_nc", 2, "plant/boiler/temp=21.5@1795286146823"},
           {"node-red-4_tcp_out_json_newline", 10, "temp=21.5"},
           {"node-red-4_tcp_out_json_no_delimiter", 10, "temp=21.5"},
           {"rsyslog-8.2302_omfwd_json_lf", 3, "temp,host=vm=12.5@1795286015470"},
           {"rsyslog-8.2302_omfwd_json_number", 1, "temp,host=vm=7.25@1795286044535"},
           {"rsyslog-8.2302_omfwd_json_octet_counted", 3, "temp,host=vm=12.5@1795286015470"},
           {"rsyslog-8.2302_omfwd_udp_dgram0.udp", 1, "temp,host=vm=12.5@1795286015470"},
           {"statsd-0.9.0_graphite_backend", 68, "stats.counters.statsd.bad_lines_seen.rate=0@1795286083000"},
           {"statsd-0.9.0_repeater_dgram0.udp", 1, "api.latency=10"},
           {"syslog-ng-3.38_network_bsd", 2, "temp,host=vm=12.5"},
           {"syslog-ng-3.38_network_format-json", 2, "temp,host=vm=12.5@1795286214000"},
           {"syslog-ng-3.38_syslog_rfc5424_octet", 2, "temp,host=vm=12.5@1795286141000"},
           {"util-linux_logger_tcp", 2, "temp,host=vm=21.5@1795286212613"},
           {"util-linux_logger_tcp_octet_count", 1, "temp,host=vm=21.5@1795286145596"},
           {"fluentbit_out_tcp_json_array", 2, "cpu_p=12.5@1795286073221"},
           {"fluentbit_out_tcp_json_lines", 4, "cpu_p=12.5@1795286073221"},
           {"fluentbit_out_tcp_json_stream", 2, "cpu_p=12.5@1795286073221"},
           {"telegraf_socket_writer_influx", 4, "cpu_usage_user,cpu=cpu-total,host=web01=12.5@1795286073000"},
           {"telegraf_socket_writer_json", 2, "cpu_usage_idle,cpu=cpu-total,host=web01=83.1@1795286073000"},
           {"vector_metric_to_log", 1, "host_cpu_usage,host=web01=12.5@1795286073221"},
           {"vector_socket_json_log", 1, "temp,host=web01=21.5@1795286073221"},
       }) {
    const std::string bytes = bytes_of(row.name);
    ASSERT_FALSE(bytes.empty()) << row.name;
    const outcome found = read_capture(bytes);
    EXPECT_EQ(found.points, row.points) << row.name;
    EXPECT_EQ(found.first, row.first) << row.name;
    EXPECT_EQ(found.unknown + found.faults, 0U) << row.name;
    EXPECT_EQ(found.advice, "") << row.name;
  }
}

TEST(captures, of_tools_that_send_none_make_no_points) {
  for (const capture& row : {
           capture{"python_json_nan_inf", 0, ""},
           {"rsyslog-8.2302_omfwd_default", 0, ""},
           {"vmstat", 0, ""},
           {"logstash_out_tcp_default", 0, ""},
       }) {
    const outcome found = read_capture(bytes_of(row.name));
    EXPECT_EQ(found.points, 0U) << row.name << ": " << found.first;
    EXPECT_GT(found.unknown + found.faults, 0U) << row.name;
  }
}

TEST(captures, of_what_does_not_belong_on_this_port_are_told_what_to_do) {
  EXPECT_NE(read_capture(bytes_of("collectd-5.12_write_http_json")).advice.find("HTTP port"), std::string::npos);
  EXPECT_NE(read_capture(bytes_of("node-red-4_tcp_out_object_payload")).advice.find("json node"), std::string::npos);
}

TEST(captures, cut_anywhere_never_give_more_points_than_whole_ones) {
  for (const char* const name :
       {"collectd-5.12_write_graphite_tcp", "telegraf_socket_writer_influx", "jq_default_pretty",
        "syslog-ng-3.38_syslog_rfc5424_octet", "collectd-5.12_write_tsdb_tcp"}) {
    const std::string bytes = bytes_of(name);
    const std::size_t whole = read_capture(bytes).points;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_LE(read_capture(std::string_view(bytes).substr(0, size)).points, whole) << name << " " << size;
    }
  }
}

}  // namespace
}  // namespace spindrift::formats
