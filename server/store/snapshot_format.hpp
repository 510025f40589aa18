// The bytes of a snapshot that its writer and its reader must agree on. Layout: see snapshot.hpp.
//
//   header   8 magic, 4 version, 4 zero, 8 begin, 8 created_ms, 4 zero, 4 checksum of all before
//   section  4 length of bytes, 4 checksum, 2 type, 2 length of name, 4 version, 8 position, name, bytes
//   end      a section of type 65535 without a name: 8 sections, 8 end, 4 chained checksum
//
// In files of version 1 the header has the version of all sections after its own, and the sections have zeros there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/store/crc32c.hpp"

namespace spindrift {

inline constexpr std::string_view snapshot_magic{"SPNDSNAP", 8};
constexpr std::size_t snapshot_header_bytes = 40;
constexpr std::size_t section_header_bytes = 24;
constexpr std::size_t end_section_bytes = 20;
constexpr std::uint16_t snapshot_end_type = 65535;

// `section` is header, name and bytes; its checksum covers everything but itself.
inline std::uint32_t section_checksum(std::string_view section) {
  return crc32c(section.substr(8), crc32c(section.substr(0, 4)));
}

}  // namespace spindrift
