#include "server/store/journal_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/store/journal.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

struct written {
  std::vector<std::string> paths;
  std::vector<journal_position> batch_ends;  // of the last segment
  std::uint64_t points = 0;
  std::uint64_t points_before_last_segment = 0;
};

constexpr std::uint64_t points_in_batch = 3;

// Some batches of a few streams, in `segments` files of four batches each.
written write_journal(memory_file_system& files, durability level, int segments) {
  store_settings settings;
  settings.directory = "/state";
  settings.durability_level = level;
  journal log(files, settings);
  EXPECT_TRUE(log.start(0, 0).ok());
  written what;
  journal_name names[2];
  for (int segment = 0; segment < segments; ++segment) {
    journal_position begin = 0;
    EXPECT_TRUE(log.rotate(begin).ok());
    what.points_before_last_segment = what.points;
    what.batch_ends.clear();
    for (int batch = 0; batch < 4; ++batch) {
      journal::batch out(log);
      for (std::uint64_t at = 0; at < points_in_batch; ++at) {
        const std::string_view name = at % 2 == 0 ? "even" : "odd";
        out.add({{}, {name, 0.5, {}, 1000, 0, {}}, ++what.points}, names[at % 2], nullptr);
      }
      EXPECT_EQ(out.write(), journal_state::open);
      EXPECT_TRUE(log.sync().ok());
      what.batch_ends.push_back(log.written_to());
    }
  }
  EXPECT_TRUE(log.close().ok());
  what.paths = files.paths();
  return what;
}

struct outcome {
  storage_status status;
  std::uint64_t points = 0;
  std::vector<storage_note> notes;
  journal_position end = 0;
};

// The points must come back as 1, 2, 3 …, whatever was done to the files: never a wrong record.
outcome read_all(memory_file_system& files, bool repair, journal_position safe_to = 0) {
  outcome what;
  journal_reader reader(files, "/state", repair);
  what.status = reader.open(0, safe_to);
  journal_entry entry;
  while (what.status.ok() && reader.next(entry)) {
    EXPECT_EQ(entry.record.n, ++what.points);
    EXPECT_EQ(entry.record.subject.value, 0.5);
    EXPECT_EQ(entry.record.subject.stream, (what.points - 1) % points_in_batch % 2 == 0 ? "even" : "odd");
  }
  what.status = reader.status();
  what.notes = reader.take_notes();
  what.end = reader.end();
  return what;
}

TEST(journal_reader, finds_nothing_in_an_empty_directory) {
  memory_file_system files;
  const auto what = read_all(files, false);
  EXPECT_TRUE(what.status.ok());
  EXPECT_EQ(what.points, 0U);
  EXPECT_EQ(what.end, 0U);
}

TEST(journal_reader, reads_all_segments_in_order) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 3);
  ASSERT_EQ(wrote.paths.size(), 3U);
  const auto what = read_all(files, false);
  EXPECT_TRUE(what.status.ok()) << what.status.text();
  EXPECT_EQ(what.points, wrote.points);
  EXPECT_EQ(what.end, wrote.batch_ends.back());
  EXPECT_TRUE(what.notes.empty());
}

TEST(journal_reader, skips_what_lies_before_the_asked_position) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 2);
  journal_reader reader(files, "/state", false);
  ASSERT_TRUE(reader.open(wrote.batch_ends[2], 0).ok());
  journal_entry entry;
  std::uint64_t n = wrote.points - points_in_batch;
  while (reader.next(entry)) EXPECT_EQ(entry.record.n, ++n);
  EXPECT_EQ(n, wrote.points);
}

// Every truncation of the last segment is a torn write: what is whole is kept, the rest is cut, and the next start
// finds nothing to complain of.
TEST(journal_reader, cuts_every_torn_tail) {
  memory_file_system original;
  const auto wrote = write_journal(original, durability::process, 2);
  const std::string whole = original.content(wrote.paths[1]);
  const journal_position base = *number_of_name(journal_prefix, wrote.paths[1].substr(7));
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    memory_file_system files;
    files.put(wrote.paths[0], original.content(wrote.paths[0]));
    files.put(wrote.paths[1], whole.substr(0, length));
    const auto what = read_all(files, false);
    ASSERT_TRUE(what.status.ok()) << length << what.status.text();
    std::uint64_t whole_batches = 0;
    for (const auto end : wrote.batch_ends) whole_batches += length >= end - base + segment_header_bytes ? 1 : 0;
    ASSERT_EQ(what.points, wrote.points_before_last_segment + whole_batches * points_in_batch) << length;
    const bool is_clean = length == 0 || (whole_batches > 0 && what.end - base + segment_header_bytes == length);
    ASSERT_EQ(what.notes.size(), is_clean ? 0U : 1U) << length;
    const auto again = read_all(files, false);
    ASSERT_TRUE(again.status.ok());
    ASSERT_EQ(again.points, what.points);
    ASSERT_EQ(again.end, what.end);
    ASSERT_TRUE(again.notes.empty());
  }
}

// Every byte of every segment flipped, one at a time. In the last record it looks like a torn write and is cut;
// anywhere else the start is refused, with the file and an offset at or before the byte.
class flipped_byte : public ::testing::TestWithParam<durability> {};

TEST_P(flipped_byte, is_cut_at_the_end_and_refused_elsewhere) {
  memory_file_system original;
  const auto wrote = write_journal(original, GetParam(), 2);
  const journal_position base = *number_of_name(journal_prefix, wrote.paths[1].substr(7));
  const std::uint64_t last_record = wrote.batch_ends[2] - base + segment_header_bytes;
  for (const auto& path : wrote.paths) {
    for (std::size_t at = 0; at < original.content(path).size(); ++at) {
      for (const int bits : {0x01, 0x80, 0xff}) {
        memory_file_system files;
        for (const auto& each : wrote.paths) files.put(each, original.content(each));
        auto& byte = files.content(path)[at];
        byte = static_cast<char>(byte ^ bits);
        const auto what = read_all(files, false);
        if (path == wrote.paths[1] && at >= last_record) {
          ASSERT_TRUE(what.status.ok()) << at << what.status.text();
          ASSERT_EQ(what.points, wrote.points - points_in_batch);
          ASSERT_EQ(what.notes.size(), 1U);
          ASSERT_EQ(what.notes[0].offset, last_record);
        } else {
          ASSERT_EQ(what.status.fault, storage_fault::damaged) << path << " " << at;
          ASSERT_EQ(what.status.file, path);
          ASSERT_LE(what.status.offset, at);
          ASSERT_EQ(files.content(path).size(), original.content(path).size()) << "it was changed";
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(journal_reader, flipped_byte, ::testing::Values(durability::process, durability::fsync));

TEST(journal_reader, with_repair_sets_aside_what_follows_the_damage) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 3);
  const std::string before = files.content(wrote.paths[1]);
  auto& byte = files.content(wrote.paths[1])[before.size() / 2];
  byte = static_cast<char>(byte ^ 1);
  const std::string damaged = files.content(wrote.paths[1]);
  const auto what = read_all(files, true);
  ASSERT_TRUE(what.status.ok()) << what.status.text();
  EXPECT_GE(what.points, 4 * points_in_batch);
  EXPECT_LT(what.points, 8 * points_in_batch);
  ASSERT_EQ(what.notes.size(), 2U);
  EXPECT_EQ(what.notes[0].event, "journal_set_aside");
  // Nothing is lost: the good part and the rest together are the damaged file.
  EXPECT_EQ(files.content(wrote.paths[1]) + files.content(what.notes[1].file), damaged);
  EXPECT_FALSE(files.has(wrote.paths[2]));
  const auto again = read_all(files, false);
  EXPECT_TRUE(again.status.ok());
  EXPECT_EQ(again.points, what.points);
  EXPECT_TRUE(again.notes.empty());
}

TEST(journal_reader, notices_a_segment_that_is_gone) {
  for (const std::size_t gone : {0U, 1U}) {
    memory_file_system files;
    const auto wrote = write_journal(files, durability::process, 3);
    files.remove(wrote.paths[gone]);
    EXPECT_EQ(read_all(files, false).status.fault, storage_fault::damaged) << gone;
  }
}

TEST(journal_reader, notices_whole_records_that_are_gone_before_the_last_segment) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 2);
  auto& first = files.content(wrote.paths[0]);
  // The batches of a segment are of equal size but for the first, which defines the names.
  const std::size_t last_batch = static_cast<std::size_t>(wrote.batch_ends[3] - wrote.batch_ends[2]);
  first.resize(first.size() - last_batch);
  const auto what = read_all(files, false);
  EXPECT_EQ(what.status.fault, storage_fault::damaged);
  EXPECT_NE(what.status.reason.find("missing"), std::string::npos);
}

TEST(journal_reader, calls_a_cut_tail_damage_when_a_snapshot_relies_on_it) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 1);
  auto& only = files.content(wrote.paths[0]);
  only.resize(only.size() - 1);
  const auto what = read_all(files, false, wrote.batch_ends.back());
  EXPECT_EQ(what.status.fault, storage_fault::damaged);
  EXPECT_EQ(files.content(wrote.paths[0]).size(), only.size());
  files.remove(wrote.paths[0]);
  EXPECT_EQ(read_all(files, false, wrote.batch_ends.back()).status.fault, storage_fault::damaged);
}

// What a server that was stopped leaves: the segment that its last snapshot made needless, and one without a record.
TEST(journal_reader, removes_an_empty_segment_that_a_snapshot_covers_and_says_so) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 1);
  const journal_position end = wrote.batch_ends.back();
  files.content(wrote.paths[0]).clear();
  EXPECT_EQ(read_all(files, false, end).status.fault, storage_fault::damaged) << "its points are needed";
  ASSERT_TRUE(files.has(wrote.paths[0]));

  journal_reader reader(files, "/state", false);
  journal_entry entry;
  ASSERT_TRUE(reader.open(end, end).ok());
  EXPECT_FALSE(reader.next(entry));
  EXPECT_TRUE(reader.status().ok()) << reader.status().text();
  EXPECT_EQ(reader.end(), end);
  EXPECT_EQ(reader.last_segment_end(), end) << "an older snapshot must find the hole";
  const auto notes = reader.take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].event, "journal_missing");
  EXPECT_EQ(notes[0].file, wrote.paths[0]);
  EXPECT_EQ(notes[0].bytes, end);
  EXPECT_FALSE(files.has(wrote.paths[0]));
}

// When the power fails between two fsyncs, a later batch can be on the disk and an earlier one not. Neither was
// answered, so this is a torn tail, not damage.
TEST(journal_reader, cuts_writes_that_reached_the_disk_out_of_order) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::fsync, 1);
  store_settings settings;
  settings.directory = "/state";
  settings.durability_level = durability::fsync;
  journal log(files, settings);
  ASSERT_TRUE(log.start(wrote.batch_ends.back(), wrote.batch_ends.back()).ok());
  journal_name name;
  std::vector<journal_position> ends;
  for (int batch = 0; batch < 2; ++batch) {
    journal::batch out(log);
    out.add({{}, {"even", 0.5, {}, 1000, 0, {}}, wrote.points + 1}, name, nullptr);
    ASSERT_EQ(out.write(), journal_state::open);
    ends.push_back(log.written_to());
  }
  auto& last = files.content(files.paths().back());
  for (std::size_t at = segment_header_bytes; at < segment_header_bytes + ends[0] - wrote.batch_ends.back(); ++at) {
    last[at] = '\0';
  }
  const auto what = read_all(files, false);
  EXPECT_TRUE(what.status.ok()) << what.status.text();
  EXPECT_EQ(what.points, wrote.points);
  EXPECT_EQ(what.notes.size(), 1U);
}

TEST(journal_reader, refuses_a_later_version) {
  memory_file_system files;
  files.put("/state/journal-0000000000000000",
            encode_segment_header({journal_version + 1, 0, 0}) + std::string(50, 'x'));
  EXPECT_EQ(read_all(files, true).status.fault, storage_fault::too_new);
}

// Else what is opened after the journal, the history, would have been set aside by a start that is refused.
TEST(journal_reader, refuses_a_later_version_before_it_reads_or_mends_anything) {
  memory_file_system files;
  const auto wrote = write_journal(files, durability::process, 1);
  files.put("/state/journal-00000000000fffff",
            encode_segment_header({journal_version + 1, 0xfffff, wrote.batch_ends.back()}));
  const auto before = files.paths();
  journal_reader reader(files, "/state", true);
  const storage_status opened = reader.open(0, 0);
  EXPECT_EQ(opened.fault, storage_fault::too_new);
  EXPECT_EQ(opened.file, "/state/journal-00000000000fffff");
  EXPECT_EQ(files.paths(), before) << "a segment without a record is one whose first write was torn, if it is ours";
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

// A segment as version 1 wrote it (on little-endian x86-64): every later version must read it, so never update this.
constexpr std::string_view segment_of_version_1 =
    "53504e444a524e4c010000000000000000000000000000000000000000000000ad5d29010000000044000000d18275cb0101"
    "00000300000000000000000000000000000000000000010363707503000180a0bfe9d666000000000000e03f010361697201"
    "07706c616e742d3702010201740170fb010201c8012200000000008035400000000000aa8f400400";

TEST(journal_reader, reads_the_bytes_of_version_1) {
  memory_file_system files;
  files.put("/state/journal-0000000000000000", from_hex(segment_of_version_1));
  journal_reader reader(files, "/state", false);
  ASSERT_TRUE(reader.open(0, 0).ok());
  journal_entry entry;
  ASSERT_TRUE(reader.next(entry)) << reader.status().text();
  EXPECT_EQ(entry.record.subject.stream, "cpu");
  EXPECT_EQ(entry.record.subject.value, 0.5);
  EXPECT_EQ(entry.record.subject.ts, 1'764'000'000'000);
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.record.producer, "plant-7");
  EXPECT_EQ(entry.record.subject.stream, "air");
  EXPECT_EQ(entry.record.subject.seq, 17U);
  EXPECT_EQ(entry.record.subject.label, true);
  ASSERT_EQ(entry.record.subject.values.size(), 2U);
  EXPECT_EQ(entry.record.subject.values[1].name, "p");
  EXPECT_EQ(entry.record.subject.values[1].value, 1013.25);
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.type, journal_entry::kind::forget_stream);
  EXPECT_FALSE(reader.next(entry));
  EXPECT_TRUE(reader.status().ok());
}

}  // namespace
}  // namespace spindrift
