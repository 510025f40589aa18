// A non-blocking TCP connection to a port of 127.0.0.1, closed when it dies. Movable, one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace spindrift::bench {

class wire_socket {
public:
  explicit wire_socket(std::uint16_t port);
  wire_socket(wire_socket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  wire_socket(const wire_socket&) = delete;
  wire_socket& operator=(const wire_socket&) = delete;
  ~wire_socket();

  int descriptor() const { return descriptor_; }
  // Bytes taken or given at once; 0: none just now. The end of the stream and every error throw.
  std::size_t send(std::span<const char> bytes);
  std::size_t receive(std::span<char> into);
  // Sleeps until there is something to read (or room to write), at most so long.
  void await(bool readable, int milliseconds) const;

private:
  int descriptor_;
};

}  // namespace spindrift::bench
