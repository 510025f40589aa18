#include "server/store/snapshot.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

constexpr const char* path = "/state/snapshot-0000000000001000";

storage_status write_snapshot(memory_file_system& files) {
  snapshot_writer writer(files, "/state");
  auto status = writer.begin(4096, 1'764'000'000'000);
  if (status.ok()) status = writer.add({1, 7, "cpu", 5000, "state"});
  if (status.ok()) status = writer.add({2, 1, "plant-7", 0, ""});
  if (status.ok()) status = writer.publish(6000);
  return status;
}

struct outcome {
  storage_status status;
  std::vector<std::string> sections;
  snapshot_facts facts;
};

outcome read_snapshot(memory_file_system& files) {
  outcome what;
  snapshot_reader reader(files);
  what.status = reader.open(path);
  snapshot_section section;
  while (reader.next(section)) {
    what.sections.push_back(std::to_string(section.type) + " v" + std::to_string(section.version) + " " +
                            std::string(section.name) + " " + std::to_string(section.position) + " " +
                            std::string(section.bytes));
  }
  what.facts = reader.facts();
  return what;
}

TEST(snapshot, gives_back_what_was_put_in) {
  memory_file_system files;
  ASSERT_TRUE(write_snapshot(files).ok());
  EXPECT_EQ(files.paths(), std::vector<std::string>{path});
  const auto what = read_snapshot(files);
  ASSERT_TRUE(what.status.ok()) << what.status.text();
  EXPECT_EQ(what.sections, (std::vector<std::string>{"1 v7 cpu 5000 state", "2 v1 plant-7 0 "}));
  EXPECT_EQ(what.facts.begin, 4096U);
  EXPECT_EQ(what.facts.end, 6000U);
  EXPECT_EQ(what.facts.created_ms, 1'764'000'000'000);
  EXPECT_EQ(what.facts.sections, 2U);
}

TEST(snapshot, holds_many_and_large_sections) {
  memory_file_system files;
  snapshot_writer writer(files, "/state");
  ASSERT_TRUE(writer.begin(4096, 0).ok());
  for (std::size_t at = 0; at < 3'000; ++at) {
    ASSERT_TRUE(writer.add({1, 1, std::to_string(at), at, std::string(at, static_cast<char>(at))}).ok());
  }
  ASSERT_TRUE(writer.add({2, 1, "large", 0, std::string(5U << 20U, 'x')}).ok());
  ASSERT_TRUE(writer.publish(4096).ok());
  snapshot_reader reader(files);
  ASSERT_TRUE(reader.open(path).ok());
  snapshot_section section;
  for (std::size_t at = 0; at < 3'000; ++at) {
    ASSERT_TRUE(reader.next(section));
    ASSERT_EQ(section.name, std::to_string(at));
    ASSERT_EQ(section.bytes, std::string(at, static_cast<char>(at)));
  }
  ASSERT_TRUE(reader.next(section));
  EXPECT_EQ(section.bytes.size(), 5U << 20U);
  EXPECT_FALSE(reader.next(section));
  EXPECT_TRUE(reader.status().ok());
}

TEST(snapshot, refuses_a_section_larger_than_a_reader_would_take) {
  memory_file_system files;
  snapshot_writer writer(files, "/state");
  ASSERT_TRUE(writer.begin(0, 0).ok());
  EXPECT_FALSE(writer.add({1, 1, std::string(300, 'n'), 0, ""}).ok());
  EXPECT_FALSE(writer.publish(0).ok());
}

TEST(snapshot, is_refused_with_any_byte_flipped_or_any_length_cut) {
  memory_file_system original;
  ASSERT_TRUE(write_snapshot(original).ok());
  const std::string good = original.content(path);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int bits : {0x01, 0x80, 0xff}) {
      memory_file_system files;
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ bits);
      files.put(path, bad);
      const auto what = read_snapshot(files);
      ASSERT_EQ(what.status.fault, storage_fault::damaged) << at;
      ASSERT_TRUE(what.sections.empty());
    }
    memory_file_system files;
    files.put(path, good.substr(0, at));
    ASSERT_EQ(read_snapshot(files).status.fault, storage_fault::damaged) << at;
  }
  memory_file_system files;
  files.put(path, good + "x");
  EXPECT_EQ(read_snapshot(files).status.fault, storage_fault::damaged);
}

// Sections that are each intact, but not the ones that were written.
TEST(snapshot, is_refused_with_a_section_left_out_or_twice) {
  memory_file_system files;
  ASSERT_TRUE(write_snapshot(files).ok());
  const std::string good = files.content(path);
  const std::size_t first = 40;
  const std::size_t first_bytes = 24 + 3 + 5;
  for (const bool twice : {false, true}) {
    std::string bad = good;
    twice ? bad.insert(first, good.substr(first, first_bytes)) : bad.erase(first, first_bytes);
    files.put(path, bad);
    EXPECT_EQ(read_snapshot(files).status.fault, storage_fault::damaged);
  }
}

// Whichever write or fsync fails, there is no snapshot and nothing left over; a broken disk is told from a full one.
TEST(snapshot, that_could_not_be_written_is_not_there) {
  for (const int error : {ENOSPC, EIO}) {
    memory_file_system files;
    files.fail_writes(1, 1, error);
    EXPECT_EQ(write_snapshot(files).fault, error == EIO ? storage_fault::failed : storage_fault::full);
    EXPECT_TRUE(files.paths().empty());
    files.restart_after_kill();
    files.fail_syncs(1, 1, error);
    EXPECT_FALSE(write_snapshot(files).ok());
    EXPECT_TRUE(files.paths().empty());
  }
}

TEST(snapshot, has_its_name_only_when_it_is_whole) {
  for (std::uint64_t operation = 1; operation < 8; ++operation) {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      memory_file_system files;
      files.die_at(operation, seed);
      const bool is_written = write_snapshot(files).ok();
      files.restart_after_power_cut(seed);
      ASSERT_EQ(read_snapshot(files).status.ok(), files.has(path)) << operation << " " << seed;
      if (is_written) {
        ASSERT_TRUE(files.has(path));
      }
    }
  }
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

// A snapshot as version 1 wrote it: every later version must read it, so never update this.
constexpr std::string_view snapshot_of_version_1 =
    "53504e44534e41500100000003000000001000000000000000e897b69a01000000000000068f691805000000a89f815e0100"
    "0300000000008813000000000000637075737461746500000000508f296502000700000000000000000000000000706c616e"
    "742d3714000000262b5aa9ffff00000000000070170000000000000200000000000000701700000000000068bdeaf3";

// That file has one version of state for all its sections, 3 in its header.
TEST(snapshot, of_version_1_can_be_read) {
  memory_file_system files;
  files.put(path, from_hex(snapshot_of_version_1));
  const auto what = read_snapshot(files);
  ASSERT_TRUE(what.status.ok()) << what.status.text();
  EXPECT_EQ(what.sections, (std::vector<std::string>{"1 v3 cpu 5000 state", "2 v3 plant-7 0 "}));
}

}  // namespace
}  // namespace spindrift
