// A plain client for tests: POSIX sockets, blocking calls with a deadline, lines in and out.
//
// Owns its socket; one thread at a time. A call that reaches its deadline or meets a refused connection throws
// std::runtime_error, which fails the test that made it. An end or a reset by the peer while reading is no exception:
// it reads as the end. read_line keeps what came behind the line for the next call.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"

namespace spindrift::support {

class tcp_client {
public:
  // `receive_buffer_bytes`: SO_RCVBUF, set before connecting so that the window is as small; 0: the system's own.
  explicit tcp_client(std::uint16_t port, int receive_buffer_bytes = 0);
  tcp_client(tcp_client&& other) noexcept;
  tcp_client& operator=(tcp_client&& other) noexcept;
  ~tcp_client();

  // Sends all of it. False: the peer has closed.
  bool send(std::string_view bytes, std::chrono::milliseconds deadline = patience);
  // Sends what the kernel takes within `patience_for_room`; how many bytes that was.
  std::size_t send_some(std::string_view bytes, std::chrono::milliseconds patience_for_room);
  // The next line without its end; nothing at the peer's end.
  std::optional<std::string> read_line(std::chrono::milliseconds deadline = patience);
  // As many lines, fewer where the peer ends before.
  std::vector<std::string> read_lines(std::size_t count, std::chrono::milliseconds deadline = patience);
  // All that comes until the peer ends; an unfinished last line counts as one.
  std::vector<std::string> read_to_end(std::chrono::milliseconds deadline = patience);
  // Sends and reads at once, as a client must that sends more than the buffers of both ends hold.
  std::vector<std::string> exchange(std::string_view bytes, std::size_t lines,
                                    std::chrono::milliseconds deadline = patience);
  // Our FIN; reading goes on.
  void finish_sending();
  // Closes with a reset instead of a FIN.
  void reset();
  void close();
  // Whether the peer's end came as a reset.
  bool was_reset() const { return was_reset_; }
  // Something can be read now: bytes, or the end.
  bool is_readable() const;

private:
  bool wait_for(short events, std::chrono::steady_clock::time_point until) const;
  // False at the peer's end.
  bool receive();
  std::optional<std::string> take_line();

  int socket_ = -1;
  std::string received_;
  std::size_t begin_ = 0;
  bool has_ended_ = false;
  bool was_reset_ = false;
};

}  // namespace spindrift::support
