#include "tests/kafka/stage.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/tcp_client.hpp"

namespace spindrift::kafka_test {
namespace {

constexpr std::chrono::milliseconds between_looks{20};

std::string program(std::string_view name) {
  return std::string(SPINDRIFT_BIN_DIR "/").append(name);
}

// The text between two others; empty where they are not there.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

std::uint64_t number_of(std::string_view line) {
  const std::size_t at = line.find(",\"n\":");
  std::uint64_t n = 0;
  if (at != std::string_view::npos) std::from_chars(line.data() + at + 5, line.data() + line.size(), n);
  return n;
}

template <class Call>
void for_each_line(std::string_view text, Call call) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    call(std::string(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// A key and its certificate for 127.0.0.1, as Java takes them: both in one file.
void make_certificate(const std::filesystem::path& folder) {
  const std::string key = (folder / "key.pem").string();
  const std::string certificate = (folder / "ca.pem").string();
  const auto done =
      support::run_to_end({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
                           "-out", certificate, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"});
  if (done.exit_code != 0) throw std::runtime_error("no certificate: " + done.errors);
  std::ofstream both(folder / "both.pem");
  for (const std::string& part : {key, certificate}) both << std::ifstream(part).rdbuf();
}

}  // namespace

std::size_t setting(const char* name, std::size_t usual) {
  const char* const text = std::getenv(name);
  return text == nullptr ? usual : std::stoul(text);
}

bool eventually(const std::function<bool()>& is_so, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(between_looks);
  }
  return true;
}

broker& shared_broker() {
  static broker* const made = [] {
    const std::string secure = "listener.name.secure.";
    broker_settings settings;
    settings.prepare = make_certificate;
    settings.more_listeners = ",SECURE://127.0.0.1:PORT";
    settings.properties = {
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
        "inter.broker.listener.name=PLAINTEXT",
        secure + "ssl.keystore.type=PEM",
        secure + "ssl.keystore.location=FOLDER/both.pem",
        secure + "sasl.enabled.mechanisms=PLAIN",
        secure +
            "plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
            "user_worker=\"" +
            secure_password + "\" user_stranger=\"" + secure_password + "\";",
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users=User:ANONYMOUS"};
    return new broker(settings);
  }();
  return *made;
}

topics::topics(std::string prefix, int partition_count, bool makes_them, broker& of)
    : name(std::move(prefix)), partitions(partition_count), on(of) {
  if (!makes_them) return;
  for (const std::string& one : {points(), verdicts(), events(), dead_letters(), snapshots()}) {
    make_topic(on.address(), one, partitions);
  }
}

std::vector<std::string> topics::flags() const {
  return {"--group",  name,     "--points",       points(),       "--verdicts",  verdicts(),
          "--events", events(), "--dead-letters", dead_letters(), "--snapshots", snapshots()};
}

worker::worker(const topics& on, std::string id, std::vector<std::string> more) {
  command_ = {
      program("spindrift-worker"), "--worker-id", std::move(id), "--http", "127.0.0.1:0", "--log-level", "info"};
  if (const char* const looked_at = std::getenv("KAFKA_PROOF_DEBUG")) {
    command_.back() = "debug";
    command_.insert(command_.end(), {"--kafka", "debug=" + std::string(looked_at)});
  }
  const auto is_given = [&more](std::string_view flag) {
    return std::find(more.begin(), more.end(), flag) != more.end();
  };
  const auto unless_given = [&](const char* flag, const std::string& value) {
    if (is_given(flag)) return;
    command_.emplace_back(flag);
    command_.push_back(value);
  };
  unless_given("--brokers", on.on.address());
  unless_given("--lanes", "1");
  unless_given("--session-timeout", "6s");
  unless_given("--snapshot-interval", "2s");
  const auto names = on.flags();
  for (std::size_t i = 0; i < names.size(); i += 2) unless_given(names[i].c_str(), names[i + 1]);
  command_.insert(command_.end(), more.begin(), more.end());
  start();
}

void worker::start() {
  process_.reset();
  process_ = std::make_unique<support::child_process>(command_);
}

int worker::wait_end(std::chrono::seconds patience) {
  const auto code = process_->wait_exit(patience);
  if (!code) throw std::runtime_error("the worker does not end: " + errors());
  return *code;
}

std::string worker::get(std::string_view path) {
  const auto is_there = [](const std::string& output, const std::string& /*errors*/) {
    return output.find("listening on 127.0.0.1:") != std::string::npos && output.find('\n') != std::string::npos;
  };
  if (!process_->wait_output(is_there)) throw std::runtime_error("the worker says no address: " + errors());
  const std::string text(between(process_->output(), "listening on 127.0.0.1:", "\n"));
  support::tcp_client client(static_cast<std::uint16_t>(std::stoul(text)));
  client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::string all;
  while (const auto line = client.read_line()) all += *line + '\n';
  return all;
}

void worker::wait_ready() {
  if (!eventually([this] { return get("/readyz").find(" 200 ") != std::string::npos; })) {
    throw std::runtime_error("the worker does not become ready: " + errors());
  }
}

double worker::metric(std::string_view name) {
  double sum = 0;
  for_each_line(get("/metrics"), [&](const std::string& line) {
    const bool is_it = line.starts_with(name) && (line[name.size()] == ' ' || line[name.size()] == '{');
    if (is_it) sum += std::stod(line.substr(line.rfind(' ')));
  });
  return sum;
}

std::vector<measured> make_points(std::size_t count, std::size_t streams, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto unit = [&random] { return static_cast<double>(random() >> 11U) / 9007199254740992.0; };
  constexpr std::int64_t first_ms = 1'764'000'000'000;
  std::vector<measured> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t stream = i % streams;
    const std::size_t at = i / streams;
    double value = 20.0 + static_cast<double>(stream % 7) + unit() + unit();
    if (unit() < 0.002) value += 30;
    if (at % 400 >= 300) value += 5;
    char line[160];
    const int size = std::snprintf(line, sizeof line, "{\"stream\":\"s%zu\",\"ts\":%lld,\"value\":%.3f}", stream,
                                   static_cast<long long>(first_ms + static_cast<std::int64_t>(at) * 1'000), value);
    all.push_back({"s" + std::to_string(stream), std::string(line, static_cast<std::size_t>(size))});
  }
  return all;
}

void write_points(writer& by, const topics& to, const std::vector<measured>& points, std::size_t begin,
                  std::size_t end) {
  const std::string topic = to.points();
  for (std::size_t i = begin; i < end; ++i) {
    by.write(topic, murmur2_partition(points[i].stream, to.partitions), points[i].stream, points[i].line);
  }
}

lines_by_stream expected_of(const std::vector<measured>& points, const std::vector<std::string>& flags) {
  support::child_settings given;
  for (const measured& one : points) given.input += one.line + '\n';
  std::vector<std::string> command = {program("spindrift-detect")};
  command.insert(command.end(), flags.begin(), flags.end());
  const auto done = support::run_to_end(command, std::move(given), std::chrono::minutes(5));
  if (done.exit_code != 0) throw std::runtime_error("spindrift-detect: " + done.errors);
  lines_by_stream all;
  for_each_line(done.output, [&all](const std::string& line) {
    if (number_of(line) > 0 && line.find("\"type\":\"event\"") == std::string::npos) {
      all[std::string(between(line, "\"stream\":\"", "\""))].push_back(line);
    }
  });
  return all;
}

std::string judgement::text() const {
  return std::to_string(lines) + " lines, " + std::to_string(missing) + " missing, " + std::to_string(twice) +
         " twice, " + std::to_string(different) + " different" +
         (first_wrong.empty() ? "" : "; the first: " + first_wrong);
}

judge::judge(const topics& of, lines_by_stream expected, bool may_repeat)
    : reader_(of.on.address(), of.verdicts(), of.partitions), expected_(std::move(expected)), may_repeat_(may_repeat) {
  for (const auto& [stream, lines] : expected_) {
    wanted_ += lines.size();
    seen_[stream].resize(lines.size());
  }
}

void judge::take(const std::string& line) {
  ++so_far_.lines;
  const std::string stream(between(line, "\"stream\":\"", "\""));
  const auto known = expected_.find(stream);
  const std::uint64_t n = number_of(line);
  const bool is_known = known != expected_.end() && n >= 1 && n <= known->second.size();
  if (!is_known || known->second[n - 1] != line) {
    if (so_far_.different++ == 0) {
      so_far_.first_wrong = line + " instead of " + (is_known ? known->second[n - 1] : "nothing");
    }
    if (!is_known) return;
  }
  if (seen_[stream][n - 1]++ == 0) {
    ++found_;
  } else if (!may_repeat_) {
    if (so_far_.twice++ == 0 && so_far_.first_wrong.empty()) so_far_.first_wrong = line + " again";
  }
}

std::size_t judge::look(std::chrono::milliseconds patience) {
  for (const record& one : reader_.read(patience))
    for_each_line(one.value, [this](const std::string& line) { take(line); });
  return found_;
}

bool judge::wait_all(std::chrono::seconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (look() < wanted_) {
    if (std::chrono::steady_clock::now() >= until) return false;
  }
  return true;
}

judgement judge::judged() const {
  judgement all = so_far_;
  all.missing = wanted_ - found_;
  return all;
}

}  // namespace spindrift::kafka_test
