// Keys of librdkafka that are ours, keys that are secret, and the file for them.
#include "server/kafka/client_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/text/printable.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift {
namespace {

struct owned_key {
  std::string_view key;
  std::string_view instead;
};

// Exactly-once, the take-over and the one owner of a partition rest on these.
constexpr std::array owned_keys = {
    owned_key{"bootstrap.servers", "give --brokers"},
    owned_key{"metadata.broker.list", "give --brokers"},
    owned_key{"group.id", "give --group"},
    owned_key{"group.instance.id", "give --worker-id"},
    owned_key{"group.protocol.type", "leave it out"},
    owned_key{"transactional.id", "give --group and --worker-id"},
    owned_key{"transaction.timeout.ms", "give --transaction-timeout"},
    owned_key{"session.timeout.ms", "give --session-timeout"},
    owned_key{"heartbeat.interval.ms", "give --session-timeout: it is 3 s at 10 s and more, 1 s at 6 s"},
    owned_key{"max.poll.interval.ms", "leave it out"},
    owned_key{"partition.assignment.strategy", "leave it out"},
    owned_key{"enable.auto.commit", "leave it out"},
    owned_key{"auto.commit.enable", "leave it out"},
    owned_key{"auto.commit.interval.ms", "give --commit-interval"},
    owned_key{"enable.auto.offset.store", "leave it out"},
    owned_key{"offset.store.method", "leave it out"},
    owned_key{"enable.partition.eof", "leave it out"},
    owned_key{"isolation.level", "leave it out"},
    owned_key{"auto.offset.reset", "give --on-offset-lost"},
    owned_key{"enable.idempotence", "give --delivery"},
    owned_key{"enable.gapless.guarantee", "leave it out"},
    owned_key{"acks", "leave it out"},
    owned_key{"request.required.acks", "leave it out"},
    owned_key{"retries", "leave it out"},
    owned_key{"message.send.max.retries", "leave it out"},
    owned_key{"max.in.flight", "leave it out"},
    owned_key{"max.in.flight.requests.per.connection", "leave it out"},
    owned_key{"queuing.strategy", "leave it out"},
    owned_key{"message.timeout.ms", "give --transaction-timeout"},
    owned_key{"delivery.timeout.ms", "give --transaction-timeout"},
    owned_key{"delivery.report.only.error", "leave it out"},
    owned_key{"allow.auto.create.topics", "give --create-topics"},
    owned_key{"partitioner", "leave it out, verdicts go to the partition of their points"},
    owned_key{"enabled_events", "leave it out"},
    owned_key{"log.queue", "leave it out"},
    owned_key{"plugin.library.paths", "leave it out"},
};

constexpr std::array<std::string_view, 8> secret_keys = {"sasl.password",
                                                         "ssl.key.password",
                                                         "ssl.keystore.password",
                                                         "ssl.key.pem",
                                                         "ssl_key",
                                                         "sasl.oauthbearer.client.secret",
                                                         "sasl.oauthbearer.config",
                                                         "sasl.jaas.config"};

constexpr std::size_t file_bytes_max = 1U << 20U;

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The whole file, or why it may not be used.
std::optional<std::string> read_private_file(const std::string& path, std::string& into) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return path + ": " + std::strerror(errno);
  std::optional<std::string> wrong;
  struct stat found {};
  constexpr unsigned others = 077;
  if (::fstat(descriptor, &found) != 0) {
    wrong = path + ": " + std::strerror(errno);
  } else if (!S_ISREG(found.st_mode)) {
    wrong = path + " is no file";
  } else if ((found.st_mode & others) != 0) {
    wrong = path + " can be read by others, and passwords may be in it: chmod 600 " + path;
  }
  std::array<char, 4'096> some;
  while (!wrong) {
    const ssize_t bytes = ::read(descriptor, some.data(), some.size());
    if (bytes == 0) break;
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) {
      wrong = path + ": " + std::strerror(errno);
    } else {
      into.append(some.data(), static_cast<std::size_t>(bytes));
      if (into.size() > file_bytes_max) wrong = path + " is larger than 1 MiB";
    }
  }
  ::close(descriptor);
  return wrong;
}

}  // namespace

std::optional<std::string> refused_client_key(std::string_view key, client_key_source from) {
  const auto is_same = [key](const owned_key& one) { return one.key == key; };
  const auto* const owned = std::find_if(owned_keys.begin(), owned_keys.end(), is_same);
  if (owned != owned_keys.end()) {
    return std::string(key) + " is the worker's own: " + std::string(owned->instead);
  }
  const bool is_secret = std::find(secret_keys.begin(), secret_keys.end(), key) != secret_keys.end();
  if (is_secret && from == client_key_source::flag) {
    return std::string(key) + " is a secret, and others can read a process's flags: put it into --kafka-file";
  }
  return std::nullopt;
}

void read_client_file(kafka_settings& settings, std::vector<std::string>& complaints) {
  if (settings.client_file.empty()) return;
  std::string text;
  if (const auto wrong = read_private_file(settings.client_file, text)) {
    complaints.push_back("--kafka-file: " + *wrong);
    return;
  }
  std::string_view left = text;
  for (std::size_t number = 1; !left.empty(); ++number) {
    const std::size_t end = left.find('\n');
    const std::string_view line = trimmed(left.substr(0, end));
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::string where = "--kafka-file: " + settings.client_file + ':' + std::to_string(number) + ": ";
    const std::size_t equals = line.find('=');
    const std::string_view key = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      complaints.push_back(where + "this is not KEY=VALUE");  // not quoted: a password may stand in it
      continue;
    }
    if (const auto wrong = refused_client_key(key, client_key_source::file)) {
      complaints.push_back(where + printable(*wrong));
      continue;
    }
    settings.client_of_file.push_back({std::string(key), std::string(trimmed(line.substr(equals + 1)))});
  }
}

}  // namespace spindrift
