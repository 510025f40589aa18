// Any bytes as a snapshot. The first byte of the input chooses how the rest is used, so that a fuzzer gets past the
// checksums: as the file itself, or as pieces whose checksums are put right here.
//
// Must hold: no crash, memory in proportion to the file; a snapshot that opens gives exactly as many sections as it
// claims, and written again it reads the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "server/store/crc32c.hpp"
#include "server/store/snapshot.hpp"
#include "server/store/snapshot_format.hpp"
#include "server/store/state_directory.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Makes the checksums of header, sections and end fit, as far as the lengths lead from one to the next.
void mend(std::string& bytes) {
  if (bytes.size() < snapshot_header_bytes) return;
  std::copy(snapshot_magic.begin(), snapshot_magic.end(), bytes.begin());
  const std::uint32_t version = bytes[8] == 1 ? 1 : snapshot_version;
  std::memcpy(bytes.data() + 8, &version, 4);
  const std::uint32_t header = crc32c(std::string_view(bytes).substr(0, snapshot_header_bytes - 4));
  std::memcpy(bytes.data() + snapshot_header_bytes - 4, &header, 4);
  std::uint32_t chain = 0;
  std::uint64_t sections = 0;
  for (std::size_t at = snapshot_header_bytes; at + section_header_bytes <= bytes.size();) {
    std::uint32_t length = 0;
    std::uint16_t type = 0, name_length = 0;
    std::memcpy(&length, bytes.data() + at, 4);
    std::memcpy(&type, bytes.data() + at + 8, 2);
    std::memcpy(&name_length, bytes.data() + at + 10, 2);
    const std::size_t whole = section_header_bytes + name_length + length;
    if (whole > bytes.size() - at) return;
    const bool is_end = type == snapshot_end_type && length == end_section_bytes && name_length == 0;
    if (is_end) {
      std::memcpy(bytes.data() + at + section_header_bytes, &sections, 8);
      std::memcpy(bytes.data() + at + section_header_bytes + 16, &chain, 4);
    }
    const std::uint32_t checksum = section_checksum(std::string_view(bytes).substr(at, whole));
    std::memcpy(bytes.data() + at + 4, &checksum, 4);
    if (is_end) return;
    chain = crc32c({bytes.data() + at + 4, 4}, chain);
    ++sections;
    at += whole;
  }
}

void try_input(std::string_view input) {
  if (input.empty()) return;
  const bool mends = (static_cast<unsigned char>(input[0]) & 1U) != 0;
  std::string bytes(input.substr(1));
  if (mends) mend(bytes);
  memory_file_system files;
  files.put("/state/snapshot", bytes);
  snapshot_reader reader(files);
  if (!reader.open("/state/snapshot").ok()) return;

  snapshot_writer writer(files, "/state");
  require(writer.begin(reader.facts().begin, reader.facts().created_ms).ok());
  std::uint64_t sections = 0;
  snapshot_section section;
  while (reader.next(section)) {
    ++sections;
    require(writer.add(section).ok());
  }
  require(reader.status().ok() && sections == reader.facts().sections);
  require(writer.publish(reader.facts().end).ok());
  const auto path = "/state/" + numbered_name(snapshot_prefix, reader.facts().begin);
  snapshot_reader again(files);
  require(again.open(path).ok() && again.facts().sections == sections && again.facts().end == reader.facts().end);
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spindrift::try_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
