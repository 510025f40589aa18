// Accepts connections and deals them to the shards.
#include "server/net/listener.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <utility>

#include "common/log/log.hpp"
#include "server/net/inherited_socket.hpp"
#include "server/net/socket_option.hpp"

namespace spindrift {
namespace {

// What a server left behind when it was killed. Not what somebody listens on: then connecting does not fail, or fails
// for want of rights or of room in its queue.
bool is_stale(const std::string& path, asio::io_context& context) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return false;
  asio::local::stream_protocol::socket probe(context);
  socket_error failed;
  probe.open({}, failed);
  probe.non_blocking(true, failed);
  probe.connect({path}, failed);
  return failed == asio::error::connection_refused;
}

}  // namespace

listener::listener(shard_context& shared, const way_in& by)
    : shared_(shared), by_(by), acceptor_(shared.shards.front()->context()), pause_(shared.shards.front()->context()) {}

listener::~listener() {
  remove_file();
}

std::optional<std::string> listener::open(const listen_address& where) {
  socket_error failed;
  if (where.is == listen_address::kind::by_unix) {
    bind_unix(where, failed);
  } else {
    bind_tcp(where.where, failed);
  }
  if (!failed) acceptor_.listen(1'024, failed);
  if (failed) return to_text(where) + ": " + failed.message();
  return std::nullopt;
}

void listener::bind_tcp(const endpoint& where, socket_error& failed) {
  tcp::resolver resolver(shared_.shards.front()->context());
  const auto found = resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, failed);
  if (failed || found.empty()) {
    if (!failed) failed = asio::error::host_not_found;
    return;
  }
  const tcp::endpoint at = found.begin()->endpoint();
  if (const int passed = take_inherited(at.data(), at.size()); passed >= 0) {
    acceptor_.assign(protocol(at.protocol()), passed, failed);
    return;
  }
  acceptor_.open(protocol(at.protocol()), failed);
  if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed && at.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor_.bind(at, failed);
}

void listener::bind_unix(const listen_address& where, socket_error& failed) {
  const asio::local::stream_protocol::endpoint at(where.path);
  // Its file is systemd's, mode and all.
  if (const int passed = take_inherited(at.data(), at.size()); passed >= 0) {
    acceptor_.assign(protocol(at.protocol()), passed, failed);
    return;
  }
  acceptor_.open(protocol(at.protocol()), failed);
  if (!failed) acceptor_.bind(at, failed);
  if (failed == asio::error::address_in_use && is_stale(where.path, shared_.shards.front()->context())) {
    ::unlink(where.path.c_str());
    acceptor_.bind(at, failed);
  }
  if (failed) return;
  struct stat made {};
  // Nobody can connect before listen(), so the mode is in force for the first.
  if (::chmod(where.path.c_str(), where.mode) != 0 || ::stat(where.path.c_str(), &made) != 0) {
    failed = socket_error(errno, boost::system::system_category());
    return;
  }
  path_ = where.path;
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

// Unless somebody has put another one in its place.
void listener::remove_file() {
  struct stat found {};
  const std::string path = std::exchange(path_, {});
  if (path.empty() || ::lstat(path.c_str(), &found) != 0) return;
  if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path.c_str());
}

std::string listener::address() const {
  socket_error failed;
  const auto at = acceptor_.local_endpoint(failed);
  return failed ? "unknown" : text_of(at);
}

void listener::start() {
  accept();
}

void listener::stop() {
  socket_error ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  remove_file();
}

void listener::accept() {
  shard& target = *shared_.shards[next_shard_];
  acceptor_.async_accept(target.context(), [this, &target](socket_error failed, stream_socket accepted) {
    if (!acceptor_.is_open()) return;
    if (failed && failed != asio::error::connection_aborted) {
      if (!std::exchange(is_failing_, true)) {
        log_event(log_level::warning, "accept_failed", {{"reason", failed.message()}});
      }
      return accept_later();
    }
    if (!failed) {
      if (std::exchange(is_failing_, false)) log_event(log_level::info, "accepts_again");
      next_shard_ = (next_shard_ + 1) % shared_.shards.size();
      target.adopt(std::move(accepted), by_);
    }
    accept();
  });
}

// Out of descriptors, most likely. They come back as connections close.
void listener::accept_later() {
  pause_.expires_after(shared_.shards.front()->settings.accept_pause);
  pause_.async_wait([this](socket_error cancelled) {
    if (!cancelled && acceptor_.is_open()) accept();
  });
}

}  // namespace spindrift
