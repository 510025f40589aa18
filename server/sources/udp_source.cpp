// Receives datagrams and hears each out.
#include "server/sources/udp_source.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <cstring>
#include <utility>

#include "common/log/log.hpp"
#include "server/clock/clock.hpp"
#include "server/sources/one_way.hpp"

namespace spindrift {
namespace {

using error = boost::system::error_code;
using udp = boost::asio::ip::udp;

constexpr std::int64_t note_interval_ms = 60'000;

}  // namespace

udp_source::udp_source(boost::asio::io_context& io, const session_environment& environment,
                       session_workspace& workspace, std::uint64_t numbers)
    : environment_(environment), workspace_(workspace), numbers_(numbers), socket_(io), bytes_(datagram_bytes_max) {
  environment_.is_one_way = true;
}

std::optional<std::string> udp_source::open(const endpoint& where) {
  error failed;
  udp::resolver resolver(socket_.get_executor());
  const auto found = resolver.resolve(where.host, std::to_string(where.port), udp::resolver::passive, failed);
  if (failed || found.empty()) return to_text(where) + ": " + (failed ? failed.message() : "no such address");
  const udp::endpoint at = found.begin()->endpoint();
  socket_.open(at.protocol(), failed);
  if (!failed && at.address().is_v6()) socket_.set_option(boost::asio::ip::v6_only(true), failed);
  if (!failed) socket_.bind(at, failed);
  if (failed) return to_text(where) + ": " + failed.message();
  // A smaller buffer, or no count of what was dropped, is no reason not to start.
  error ignored;
  socket_.set_option(boost::asio::socket_base::receive_buffer_size(receive_buffer_bytes), ignored);
  socket_.non_blocking(true, ignored);
  const int on = 1;
  (void)::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  return std::nullopt;
}

endpoint udp_source::address() const {
  error failed;
  const udp::endpoint at = socket_.local_endpoint(failed);
  return {at.address().to_string(), at.port()};
}

void udp_source::start() {
  await();
}

void udp_source::stop() {
  while (socket_.is_open() && take_one()) {
  }
  error ignored;
  socket_.close(ignored);
}

void udp_source::await() {
  socket_.async_wait(udp::socket::wait_read, [this](error cancelled) {
    if (cancelled || !socket_.is_open()) return;
    take_turn();
    await();
  });
}

void udp_source::take_turn() {
  turn_bytes_ = 0;
  for (std::size_t i = 0; i < datagrams_a_turn && turn_bytes_ < bytes_a_turn && take_one(); ++i) {
  }
}

bool udp_source::take_one() {
  iovec piece{bytes_.data(), bytes_.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint32_t))> notes{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = notes.data();
  message.msg_controllen = notes.size();
  const ssize_t size = ::recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT);
  if (size < 0) return false;
  for (const cmsghdr* note = CMSG_FIRSTHDR(&message); note != nullptr; note = nullptr) {
    if (note->cmsg_level != SOL_SOCKET || note->cmsg_type != SO_RXQ_OVFL) continue;
    std::uint32_t dropped = 0;
    std::memcpy(&dropped, CMSG_DATA(note), sizeof dropped);
    note_dropped(dropped);
  }
  counters& counts = environment_.counts;
  turn_bytes_ += static_cast<std::size_t>(size);
  add(counts.datagrams, 1);
  add(counts.bytes_received, static_cast<std::uint64_t>(size));
  session conversation(environment_, workspace_, numbers_++);
  replies_.clear();
  const moment at = now();
  const one_way_result heard =
      hear_out(conversation, workspace_, std::string_view(bytes_.data(), static_cast<std::size_t>(size)), at, replies_);
  const bool is_bad = heard.closed.has_value() || !heard.unread_cause.empty() ||
                      replies_.find(R"("type":"error")") != std::string::npos;
  if (!is_bad) return true;
  if (heard.closed) add(counts.datagrams_refused, 1);
  if (noted_ms_ != 0 && at.steady_ms - noted_ms_ < note_interval_ms) return true;
  noted_ms_ = at.steady_ms;
  if (!heard.unread_cause.empty()) {
    log_event(
        log_level::info, "unread_line",
        {{"listener", "udp://" + to_text(address())}, {"cause", heard.unread_cause}, {"line", heard.unread_line}});
  } else {
    log_event(log_level::info, "unread_datagram",
              {{"listener", "udp://" + to_text(address())}, {"answer", replies_.substr(0, 512)}});
  }
  return true;
}

void udp_source::note_dropped(std::uint32_t dropped) {
  add(environment_.counts.datagrams_dropped, std::uint32_t{dropped - dropped_});
  dropped_ = dropped;
}

}  // namespace spindrift
