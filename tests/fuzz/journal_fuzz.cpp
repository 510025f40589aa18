// Any bytes as the last two segments of a journal. The first byte of the input chooses how the rest is used, so that a
// fuzzer gets past the checksums: as the files themselves, or as the entries of records that are sealed here.
//
// Must hold: no crash, bounded time; what a start accepts, the next start accepts with the same entries and nothing to
// repair; a start that refuses without `repair` changes nothing, and with it succeeds or names what it cannot repair.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/store/crc32c.hpp"
#include "server/store/journal_reader.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

constexpr std::string_view directory = "/state";

void require(bool holds) {
  if (!holds) std::abort();
}

struct reading {
  storage_fault fault = storage_fault::none;
  std::uint32_t checksum = 0;
  std::size_t notes = 0;
};

reading read_all(memory_file_system& files, bool repair) {
  reading what;
  journal_reader reader(files, std::string(directory), repair);
  if (reader.open(0, 0).ok()) {
    journal_entry entry;
    while (reader.next(entry)) {
      const auto& subject = entry.record.subject;
      what.checksum = crc32c(subject.stream, what.checksum + static_cast<std::uint32_t>(entry.record.n));
      what.checksum = crc32c(entry.record.producer, what.checksum);
      for (const auto& each : subject.values) what.checksum = crc32c(each.name, what.checksum);
    }
  }
  what.fault = reader.status().fault;
  what.notes = reader.take_notes().size();
  return what;
}

// Header and records around the input, which is cut into up to three records.
std::string sealed_segment(std::string_view entries, journal_position base, bool ordered) {
  std::string bytes = encode_segment_header({journal_version, base, base});
  const std::size_t part = entries.size() / 3 + 1;
  while (!entries.empty()) {
    const auto now = entries.substr(0, part);
    std::string record(record_header_bytes, '\0');
    record += now;
    record_header header;
    header.ordered = ordered;
    header.position = base + bytes.size() - segment_header_bytes;
    seal_record(record.data(), record.size(), header);
    bytes += record;
    entries.remove_prefix(now.size());
  }
  return bytes;
}

void try_input(std::string_view input) {
  if (input.empty() || input.size() > (64U << 10U)) return;
  const auto kind = static_cast<unsigned char>(input[0]);
  input.remove_prefix(1);
  memory_file_system files;
  const std::string first = numbered_name(journal_prefix, 0);
  if ((kind & 1U) != 0) {
    const auto sealed = sealed_segment(input, 0, (kind & 2U) != 0);
    files.put(std::string(directory) + "/" + first, sealed);
    if ((kind & 4U) != 0) {
      const journal_position base = sealed.size() - segment_header_bytes;
      files.put(std::string(directory) + "/" + numbered_name(journal_prefix, base), sealed_segment(input, base, true));
    }
  } else {
    const std::size_t cut = (kind & 2U) != 0 ? input.size() / 2 : input.size();
    files.put(std::string(directory) + "/" + first, std::string(input.substr(0, cut)));
    if (cut < input.size()) {
      files.put(std::string(directory) + "/" + numbered_name(journal_prefix, cut), std::string(input.substr(cut)));
    }
  }
  auto paths = files.paths();
  const auto bytes = files.bytes_used();
  auto now = read_all(files, false);
  if (now.fault != storage_fault::none) {
    require(now.notes != 0 || (files.paths() == paths && files.bytes_used() == bytes));
    now = read_all(files, true);
  }
  if (now.fault != storage_fault::none) return;
  const auto again = read_all(files, false);
  require(again.fault == storage_fault::none && again.checksum == now.checksum && again.notes == 0);
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spindrift::try_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
