#include "tests/kafka/broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/kafka/topic.hpp"

namespace spindrift::kafka_test {
namespace {

// A JVM on a machine that builds something else.
constexpr std::chrono::seconds start_patience{90};
constexpr std::chrono::milliseconds between_looks{50};
constexpr const char* cluster_id = "MkU3OEVBNTcwNTJENDM2Qg";

// Ports that nobody listens on now. All are held until all are known, so they differ.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<int> held;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const address = reinterpret_cast<sockaddr*>(&where);
    if (descriptor < 0 || ::bind(descriptor, address, size) != 0 || ::getsockname(descriptor, address, &size) != 0) {
      throw std::runtime_error("no free port");
    }
    held.push_back(descriptor);
    ports.push_back(ntohs(where.sin_port));
  }
  for (const int descriptor : held) ::close(descriptor);
  return ports;
}

std::string tail(const std::string& text) {
  constexpr std::size_t bytes_max = 2'000;
  return text.size() <= bytes_max ? text : text.substr(text.size() - bytes_max);
}

}  // namespace

std::optional<std::string> broker::jars() {
  const auto found =
      support::run_to_end({SPINDRIFT_SOURCE_DIR "/tests/kafka/broker_jars.sh"}, {}, std::chrono::minutes(5));
  constexpr int nothing_here = 77;
  if (found.exit_code == nothing_here) return std::nullopt;
  if (found.exit_code != 0) throw std::runtime_error("the broker's jars cannot be fetched: " + tail(found.errors));
  return found.output.substr(0, found.output.find('\n'));
}

broker::broker(broker_settings settings) : settings_(std::move(settings)) {
  auto found = jars();
  if (!found) throw std::runtime_error("no Java or no Maven here");
  jars_ = std::move(*found);
  std::string pattern = (std::filesystem::temp_directory_path() / "spindrift-kafka-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder: " + pattern);
  folder_ = pattern;
  const auto ports = free_ports(3);
  port_ = ports[0];
  controller_port_ = ports[1];
  other_port_ = ports[2];
  if (settings_.prepare) settings_.prepare(folder_);
  mount_disk();
  write_properties();
  format();
  start();
}

broker::~broker() {
  process_.reset();
  if (settings_.disk_mib > 0) ::umount2(data().c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void broker::mount_disk() {
  if (settings_.disk_mib == 0) return;
  std::filesystem::create_directory(data());
  const std::string size = "size=" + std::to_string(settings_.disk_mib) + "m";
  if (::mount("tmpfs", data().c_str(), "tmpfs", 0, size.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    std::filesystem::remove_all(folder_);
    throw std::runtime_error("no disk for the broker: " + why);
  }
}

// By ever smaller pieces, to the last byte.
void broker::fill_disk() {
  std::ofstream out(ballast(), std::ios::binary);
  for (std::size_t piece = 1U << 20U; piece > 0; piece /= 2) {
    const std::string bytes(piece, 'x');
    while (out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) {
    }
    out.clear();
  }
}

void broker::free_disk() {
  std::filesystem::remove(ballast());
}

void broker::write_properties() {
  const std::string controller = "127.0.0.1:" + std::to_string(controller_port_);
  std::string more = settings_.more_listeners;
  if (const std::size_t at = more.find("PORT"); at != std::string::npos)
    more.replace(at, 4, std::to_string(other_port_));
  std::ofstream out(folder_ / "server.properties");
  out << "process.roles=broker,controller\nnode.id=1\n"
      << "controller.quorum.voters=1@" << controller << "\ncontroller.listener.names=CONTROLLER\n"
      << "listeners=PLAINTEXT://" << address() << ",CONTROLLER://" << controller << more << '\n'
      << "advertised.listeners=PLAINTEXT://" << address() << more
      << '\n'
      // One broker: each of these would else wait for three, and no group would ever form.
      << "offsets.topic.replication.factor=1\ntransaction.state.log.replication.factor=1\n"
      << "transaction.state.log.min.isr=1\nshare.coordinator.state.topic.replication.factor=1\n"
      << "share.coordinator.state.topic.min.isr=1\noffsets.topic.num.partitions=4\n"
      << "transaction.state.log.num.partitions=4\ngroup.initial.rebalance.delay.ms=0\n"
      << "auto.create.topics.enable=false\nlog.cleaner.enable=false\n"
      << "log.dirs=" << data().string() << '\n';
  for (std::string one : settings_.properties) {
    if (const std::size_t at = one.find("FOLDER"); at != std::string::npos) one.replace(at, 6, folder_.string());
    out << one << '\n';
  }
  // What it says is read when it does not start; not a line for each topic.
  std::ofstream(folder_ / "log4j2.yaml") << "Configuration:\n  status: error\n  Appenders:\n    Console:\n"
                                         << "      name: STDERR\n      target: SYSTEM_ERR\n      PatternLayout:\n"
                                         << "        pattern: \"%p %m (%c)%n\"\n  Loggers:\n    Root:\n"
                                         << "      level: error\n      AppenderRef:\n        - ref: STDERR\n";
}

void broker::format() {
  const auto done =
      support::run_to_end({"java", "-XX:TieredStopAtLevel=1", "-cp", jars_ + "/*", "kafka.tools.StorageTool", "format",
                           "-t", cluster_id, "-c", (folder_ / "server.properties").string()},
                          {}, start_patience);
  if (done.exit_code != 0) throw std::runtime_error("the broker's folder: " + tail(done.output + done.errors));
}

void broker::start() {
  std::vector<std::string> command = {"java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC",
                                      "-Dlog4j2.configurationFile=" + (folder_ / "log4j2.yaml").string()};
  command.insert(command.end(), settings_.java.begin(), settings_.java.end());
  command.emplace_back("-cp");
  command.push_back(jars_ + "/*");
  command.emplace_back("kafka.Kafka");
  command.push_back((folder_ / "server.properties").string());
  process_ = std::make_unique<support::child_process>(command);
  const auto until = std::chrono::steady_clock::now() + start_patience;
  while (!answers(address())) {
    if (!process_->is_running() || std::chrono::steady_clock::now() >= until) {
      throw std::runtime_error("the broker does not start: " + tail(process_->output() + process_->errors()));
    }
    std::this_thread::sleep_for(between_looks);
  }
}

void broker::grant_transactional_ids(const std::string& user, const std::string& prefix) const {
  const auto done = support::run_to_end(
      {"java", "-XX:TieredStopAtLevel=1", "-cp", jars_ + "/*", "org.apache.kafka.tools.AclCommand",
       "--bootstrap-server", address(), "--add", "--allow-principal", "User:" + user, "--operation", "Write",
       "--operation", "Describe", "--resource-pattern-type", "prefixed", "--transactional-id", prefix},
      {}, start_patience);
  if (done.exit_code != 0) throw std::runtime_error("no rights: " + tail(done.output + done.errors));
}

void broker::stop(int number) {
  process_->send_signal(number);
  if (!process_->wait_exit()) throw std::runtime_error("the broker does not end");
}

}  // namespace spindrift::kafka_test
