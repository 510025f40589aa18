// Raises the limit of open files.
#include "server/app/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "server/app/config.hpp"

namespace spindrift {
namespace {

// Descriptors that are not connections: log, journal, epoll, listeners, HTTP clients.
constexpr rlim_t descriptors_besides = 256;

}  // namespace

std::optional<std::string> provide_descriptors(const config& settings) {
  const std::size_t connections_max = settings.net.connections_max;
  const rlim_t besides = descriptors_besides + (settings.tls_cert.empty() ? 0 : settings.net.handshakes_max) +
                         (settings.ingest == "off" ? 0 : config::ingest_connections_max);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  const rlim_t wanted = connections_max + besides;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : std::min(wanted, limit.rlim_max);
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted) return std::nullopt;
  return "--max-connections: " + std::to_string(connections_max) + " is not possible: with a limit of " +
         std::to_string(limit.rlim_cur) + " open files (ulimit -n) at most " +
         std::to_string(limit.rlim_cur > besides ? limit.rlim_cur - besides : 0) +
         " connections fit; raise the one or lower the other";
}

}  // namespace spindrift
