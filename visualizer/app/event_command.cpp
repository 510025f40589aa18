// Asks about one event and shows the answer.
#include "visualizer/app/event_command.hpp"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "common/cli/options.hpp"
#include "common/net/endpoint.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/json_value.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"
#include "visualizer/app/settings.hpp"

namespace spindrift {
namespace {

using nlohmann::json;

// 320 points of at most 130 bytes each, and the rest.
constexpr std::size_t reply_bytes_max = 256 * 1024;

const json& member(const json& of, const char* key) {
  static const json none;
  const auto at = of.is_object() ? of.find(key) : of.end();
  return of.is_object() && at != of.end() ? *at : none;
}

std::string text_of(const json& value) {
  return value.is_string() ? printable(value.get_ref<const std::string&>()) : std::string();
}

std::string time_of(const json& value) {
  if (!value.is_number_integer()) return "-";
  const auto ts = value.get<std::int64_t>();
  return ts >= limits::ts_ms_min && ts <= limits::ts_ms_max ? to_rfc3339(ts) : std::to_string(ts);
}

std::string number_of(const json& value) {
  if (value.is_null()) return "-";
  if (!value.is_number()) return "?";
  std::string text;
  if (value.is_number_float()) {
    append_number(value.get<double>(), text);
  } else {
    text = write_json(value);
  }
  return text;
}

// Columns as wide as their widest cell, numbers to the right.
std::string table_of(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    text += ' ';
    for (std::size_t i = 0; i < row.size(); ++i) text += ' ' + std::string(widths[i] - row[i].size(), ' ') + row[i];
    text += '\n';
  }
  return text;
}

std::string points_of(const json& points, const std::vector<const char*>& columns) {
  if (!points.is_array() || points.empty()) return "  none\n";
  std::vector<std::vector<std::string>> rows = {{}};
  for (const char* const column : columns) rows.front().emplace_back(column);
  for (const json& point : points) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const char* const column : columns) {
      const json& value = member(point, column);
      row.push_back(std::string_view(column) == "ts" ? time_of(value) : number_of(value));
    }
  }
  return table_of(rows);
}

std::string head_of(const json& reply) {
  std::string text = text_of(member(reply, "stream")) + ", event " + number_of(member(reply, "event")) + ": " +
                     text_of(member(reply, "text")) + "\n  " + text_of(member(reply, "kind"));
  for (const char* const key : {"direction", "feature", "state"}) {
    if (const std::string value = text_of(member(reply, key)); !value.empty()) text += ", " + value;
  }
  text += ", severity " + number_of(member(reply, "severity"));
  if (const std::string mark = text_of(member(reply, "marked")); !mark.empty()) text += ", marked as " + mark;
  text += "\n  from " + time_of(member(reply, "from")) + " (point " + number_of(member(reply, "from_n")) + ") to " +
          time_of(member(reply, "to")) + " (point " + number_of(member(reply, "to_n")) + "), " +
          number_of(member(reply, "points")) + " points\n  told " + time_of(member(reply, "told")) + " (point " +
          number_of(member(reply, "told_n")) + ")\n";
  return text;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

std::string first_line_of(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

int show(const std::string& reply) {
  const json read = read_json(reply);
  if (text_of(member(read, "type")) == "explanation") return print(explained(reply));
  if (text_of(member(read, "type")) == "marked") return print("marked as " + text_of(member(read, "as")) + "\n");
  const std::string reason = text_of(member(read, "message"));
  complain(viewer_program, reason.empty() ? "the server does not know this command: " + reply : reason);
  return exit_failure;
}

int refuse_usage() {
  complain(viewer_program,
           "the commands are `explain STREAM EVENT` and `mark STREAM EVENT expected|real`; --help says more");
  return exit_usage;
}

}  // namespace

// The reply's line. What the server says to hello is passed over where it is a welcome.
std::string ask_server(const viewer_settings& settings, const command& asked) {
  namespace asio = boost::asio;
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  const auto where = endpoint_meant(settings.server);
  asio::ip::tcp::resolver resolver(context);
  asio::connect(socket, resolver.resolve(where->host, std::to_string(where->port)));
  std::string lines;
  const bool says_hello = !settings.token_file.empty();
  if (says_hello) encode(command_frame{"", hello_command{"", first_line_of(settings.token_file), false}}, lines);
  encode(command_frame{"", asked}, lines);
  asio::write(socket, asio::buffer(lines));
  std::string received;
  const auto next = [&] {
    const std::size_t length = asio::read_until(socket, asio::dynamic_buffer(received, reply_bytes_max), '\n');
    std::string line = received.substr(0, length - 1);
    received.erase(0, length);
    return line;
  };
  std::string reply = next();
  if (says_hello && reply.starts_with(R"({"type":"welcome")")) reply = next();
  return reply;
}

std::string explained(std::string_view reply) {
  const json read = read_json(reply);
  std::string text = head_of(read);
  text += "why\n";
  std::vector<std::vector<std::string>> rows;
  const json& evidence = member(read, "evidence");
  if (evidence.is_object()) {
    for (const auto& [part, numbers] : evidence.items()) {
      if (!numbers.is_object()) continue;
      for (const auto& [name, value] : numbers.items())
        rows.push_back({printable(part), printable(name), value.is_string() ? text_of(value) : number_of(value)});
    }
  }
  text += rows.empty() ? "  nothing is kept of that\n" : table_of(rows);
  const json& context = member(read, "context");
  text += "before it\n" + points_of(member(context, "before"), {"ts", "value"});
  text += "from its beginning on\n" + points_of(member(context, "from"), {"n", "ts", "value", "expected", "sigma"});
  return text;
}

std::string answered(std::string_view reply) {
  const json read = read_json(reply);
  if (text_of(member(read, "type")) == "explanation") return explained(reply);
  const std::string reason = text_of(member(read, "message"));
  return reason.empty() ? "the server does not know this command" : reason;
}

bool is_event_command(int argc, const char* const* argv) {
  return argc > 1 && (std::string_view(argv[1]) == "explain" || std::string_view(argv[1]) == "mark");
}

int run_event_command(int argc, const char* const* argv) {
  const std::string_view verb = argv[1];
  const bool is_mark = verb == "mark";
  const int words = is_mark ? 5 : 4;
  viewer_settings settings;
  option_set options("spindrift-viz " + std::string(verb),
                     is_mark ? "STREAM EVENT expected|real: says of an event that it was expected, or real"
                             : "STREAM EVENT: shows why an event was told, and the points around it");
  declare_server(settings, options);
  if (argc > 2 && (std::string_view(argv[2]) == "--help" || std::string_view(argv[2]) == "-h")) {
    return print(options.help_text());
  }
  if (argc < words) return refuse_usage();
  const std::string stream = argv[2];
  const auto event = number_in(argv[3]);
  const std::string_view as = is_mark ? argv[4] : "real";
  if (!event || (as != "expected" && as != "real")) return refuse_usage();
  std::vector<const char*> rest = {argv[0]};
  for (int i = words; i < argc; ++i) rest.push_back(argv[i]);
  const parse_result parsed = options.parse(static_cast<int>(rest.size()), rest.data());
  if (!parsed.proceeds) return tell(parsed);
  try {
    const command asked =
        is_mark ? command(mark_command{stream, *event, as == "expected"}) : command(explain_command{stream, *event});
    return show(ask_server(settings, asked));
  } catch (const std::exception& failure) {
    complain(viewer_program, settings.server + ": " + failure.what());
    return exit_failure;
  }
}

}  // namespace spindrift
