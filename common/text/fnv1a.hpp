// FNV-1a of 64 bits (Fowler, Noll and Vo): the same on every machine and in every build. Not for what an enemy chooses.
// A plain value; a multiplication a byte.
#pragma once

#include <cstdint>
#include <string_view>

namespace spindrift {

class fnv1a {
public:
  void add(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3U; }
  void add(std::string_view bytes) {
    for (const char byte : bytes) add(static_cast<unsigned char>(byte));
  }
  std::uint64_t value() const { return hash_; }

private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace spindrift
