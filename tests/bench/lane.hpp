// One connection of the pipelined load: points out up to a window, answers counted as they come back. Cheap on purpose:
// points are sent from where they were made, answers are counted by their line ends and looked at only here and there.
// Where fewer replies are asked for, acknowledgements say how far the server is.
// One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/line_count.hpp"
#include "tests/bench/point_source.hpp"
#include "tests/bench/wire_socket.hpp"

namespace spindrift::bench {

class lane {
public:
  // `replies`: what a hello asks for; empty: no hello.
  lane(std::uint16_t port, const point_source& points, std::string expect, const std::string& replies = {})
      : socket_(port), points_(points), expect_(std::move(expect)), has_acks_(!replies.empty()) {
    if (!has_acks_) return;
    const std::string hello = R"({"op":"hello","replies":")" + replies + "\"}\n";
    if (socket_.send(hello) != hello.size()) throw std::runtime_error("a new connection takes no hello");
  }

  int descriptor() const { return socket_.descriptor(); }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t answered() const { return answered_; }
  std::uint64_t in_flight() const { return sent_ - answered_; }
  bool is_sending() const { return !unsent_.empty(); }

  // Sends up to `wanted` more points. False: the kernel takes no more for now. Points are counted when they are begun.
  bool send(std::size_t wanted) {
    while (wanted > 0 || !unsent_.empty()) {
      if (unsent_.empty()) {
        unsent_ = points_.next(wanted);
        const std::size_t count = unsent_.size() / points_.record_bytes();
        sent_ += count;
        wanted -= count;
      }
      unsent_ = unsent_.subspan(socket_.send(unsent_));
      if (!unsent_.empty()) return false;
    }
    return true;
  }

  // Reads what is there; how many answers came.
  std::size_t receive(std::span<char> scratch) {
    const std::string_view came(scratch.data(), socket_.receive(scratch));
    if (came.empty()) return 0;
    if (has_acks_) return acknowledged(came);
    check(came);
    const std::size_t lines = line_count(came);
    answered_ += lines;
    is_line_begin_ = came.back() == '\n';
    return lines;
  }

  void await(bool readable, int milliseconds) const { socket_.await(readable, milliseconds); }

private:
  // By the last acknowledgement among the whole lines; the hello was a frame as well.
  std::size_t acknowledged(std::string_view came) {
    rest_ += came;
    const std::size_t end = rest_.rfind('\n');
    if (end == std::string::npos) return 0;
    constexpr std::string_view key = R"({"type":"ack","frames":)";
    const std::size_t at = rest_.rfind(key, end);
    std::uint64_t points = answered_;
    if (at != std::string::npos) points = std::strtoull(rest_.c_str() + at + key.size(), nullptr, 10) - 1;
    if (rest_.find(R"("type":"error")") < end) throw std::runtime_error("an answer is an error: " + rest_);
    rest_.erase(0, end + 1);
    const std::uint64_t more = points - answered_;
    answered_ = points;
    return more;
  }

  // The first line that begins in what came.
  void check(std::string_view came) const {
    if (expect_.empty()) return;
    if (!is_line_begin_) came.remove_prefix(std::min(came.find('\n'), came.size() - 1) + 1);
    const std::string_view begin = came.substr(0, expect_.size());
    if (begin != std::string_view(expect_).substr(0, begin.size())) {
      throw std::runtime_error("an answer is not what it should be: " + std::string(came.substr(0, 200)));
    }
  }

  wire_socket socket_;
  point_source points_;
  std::string expect_;
  std::span<const char> unsent_;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  bool is_line_begin_ = true;
  bool has_acks_;
  std::string rest_;  // the beginning of a line
};

}  // namespace spindrift::bench
