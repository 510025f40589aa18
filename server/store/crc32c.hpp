// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), the checksum of journal records and snapshot sections.
//
// crc32c(b, crc32c(a)) == crc32c(a then b). Uses the SSE 4.2 instruction where the processor has it (about 8 bytes a
// cycle, of less than 1.5 KiB 8 in 3 cycles), else eight tables (Kounavis and Berry, "A systematic approach to building
// high performance software-based CRC generators", 2005). Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace spindrift {

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

// The way without special instructions; gives the same numbers.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t before = 0);

}  // namespace spindrift
