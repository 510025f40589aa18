// What the integration tests share: where the programs are, points to send, replies to read, a folder to write in.
//
// Everything is deterministic; nothing here keeps state between tests. Functions that talk to a daemon throw
// std::runtime_error at their deadline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/daemon_process.hpp"
#include "tests/support/tcp_client.hpp"

namespace spindrift::scene {

using json = nlohmann::json;
using support::child_process;
using support::child_result;
using support::child_settings;
using support::daemon_process;
using support::patience;
using support::run_to_end;
using support::tcp_client;

// The path of a program of this build.
std::string program(std::string_view name);

// A daemon of this build; see daemon_process.
daemon_process start_daemon(const std::vector<std::string>& arguments = {}, child_settings settings = {});

// A folder that is gone with the object.
class scratch_folder {
public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();
  std::string file(std::string_view name) const { return (path_ / name).string(); }
  // Writes the file and returns its path.
  std::string write(std::string_view name, std::string_view text) const;

private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);
std::vector<std::string> split_lines(std::string_view text);

// Looks again and again until it is so; false at the deadline.
bool eventually(const std::function<bool()>& is_so, std::chrono::milliseconds deadline = patience);

struct series {
  std::string stream = "s";
  std::size_t count = 1;
  std::uint64_t seed = 1;
  std::uint64_t first_seq = 0;  // 0: no seq
  bool has_time = true;         // a second between two points
};

// A noisy level with a spike now and then, one line a point. Any two calls with the same series give the same bytes.
std::string points(const series& wanted);
// One point, with `more` (",\"ts\":1") inside.
std::string point(std::string_view stream, double value, std::string_view more = "");

// The line as JSON; throws when there is none or it is not valid.
json parsed(const std::optional<std::string>& line);
// Sends one line and reads one.
json ask(tcp_client& who, std::string_view line);
json stats(const daemon_process& of);

bool is_verdict(const json& reply);
bool is_error(const json& reply, std::string_view code);
// "verdict", or "error bad_json": for comparing a sequence of replies at one glance.
std::string kind(const json& reply);
std::vector<std::string> kinds(const std::vector<std::string>& lines);

}  // namespace spindrift::scene
