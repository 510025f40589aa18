#include "tests/integration/scene.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/noise.hpp"

namespace spindrift::scene {
namespace {

constexpr std::int64_t first_ts_ms = 1'764'000'000'000;
constexpr std::chrono::milliseconds look_interval{5};

std::string number_text(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

}  // namespace

// Of this build, or of another one that is to be tested by the same tests.
std::string program(std::string_view name) {
  const char* const elsewhere = std::getenv("SPINDRIFT_BIN_DIR");
  return std::string(elsewhere != nullptr ? elsewhere : SPINDRIFT_BIN_DIR).append("/").append(name);
}

daemon_process start_daemon(const std::vector<std::string>& arguments, child_settings settings) {
  return daemon_process(program("spindriftd"), arguments, std::move(settings));
}

scratch_folder::scratch_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "spindrift-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder: " + pattern);
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::write(std::string_view name, std::string_view text) const {
  const std::string path = file(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool eventually(const std::function<bool()>& is_so, std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(look_interval);
  }
  return true;
}

std::string points(const series& wanted) {
  support::noise_source noise(wanted.seed);
  std::string text;
  text.reserve(wanted.count * 80);
  for (std::size_t i = 0; i < wanted.count; ++i) {
    const double spike = i % 97 == 96 ? 40.0 : 0.0;
    std::string more;
    if (wanted.first_seq > 0) more += ",\"seq\":" + std::to_string(wanted.first_seq + i);
    if (wanted.has_time) {
      more += ",\"ts\":" + std::to_string(first_ts_ms + static_cast<std::int64_t>(i) * 1'000);
    }
    text += point(wanted.stream, 20.0 + noise.normal() + spike, more);
  }
  return text;
}

std::string point(std::string_view stream, double value, std::string_view more) {
  std::string text = "{\"stream\":\"";
  text.append(stream).append("\",\"value\":").append(number_text(value)).append(more).append("}\n");
  return text;
}

json parsed(const std::optional<std::string>& line) {
  if (!line) throw std::runtime_error("the connection ended where a line was expected");
  json reply = json::parse(*line, nullptr, false);
  if (reply.is_discarded()) throw std::runtime_error("not JSON: " + *line);
  return reply;
}

json ask(tcp_client& who, std::string_view line) {
  who.send(std::string(line) + '\n');
  return parsed(who.read_line());
}

json stats(const daemon_process& of) {
  tcp_client asking = of.connect();
  return ask(asking, R"({"op":"stats"})");
}

bool is_verdict(const json& reply) {
  return reply.at("type") == "verdict";
}

bool is_error(const json& reply, std::string_view code) {
  return reply.at("type") == "error" && reply.at("code") == code;
}

std::string kind(const json& reply) {
  const std::string type = reply.at("type");
  return type == "error" ? type + " " + reply.at("code").get<std::string>() : type;
}

std::vector<std::string> kinds(const std::vector<std::string>& lines) {
  std::vector<std::string> all;
  for (const std::string& each : lines) all.push_back(kind(parsed(each)));
  return all;
}

}  // namespace spindrift::scene
