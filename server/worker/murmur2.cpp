// MurmurHash2 as Kafka's producers compute it.
#include "server/worker/murmur2.hpp"

#include <cstddef>
#include <cstring>

namespace spindrift::worker {

std::uint32_t murmur2(std::string_view key) {
  constexpr std::uint32_t seed = 0x9747b28cU;
  constexpr std::uint32_t m = 0x5bd1e995U;
  constexpr unsigned r = 24;
  std::uint32_t h = seed ^ static_cast<std::uint32_t>(key.size());
  while (key.size() >= 4) {
    std::uint32_t k = 0;
    std::memcpy(&k, key.data(), 4);
    k *= m;
    k ^= k >> r;
    k *= m;
    h *= m;
    h ^= k;
    key.remove_prefix(4);
  }
  if (!key.empty()) {
    for (std::size_t i = key.size(); i-- > 0;) {
      h ^= static_cast<std::uint32_t>(static_cast<unsigned char>(key[i])) << (8U * static_cast<unsigned>(i));
    }
    h *= m;
  }
  h ^= h >> 13U;
  h *= m;
  h ^= h >> 15U;
  return h;
}

}  // namespace spindrift::worker
