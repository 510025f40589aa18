#include "server/store/journal.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "server/store/journal_reader.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

store_settings settings_for(durability level) {
  store_settings settings;
  settings.directory = "/state";
  settings.durability_level = level;
  settings.segment_bytes = 1024;
  settings.fsync_interval = std::chrono::microseconds(0);
  return settings;
}

// A journal of one stream and what was accepted into it.
class one_stream {
public:
  one_stream(memory_file_system& files, durability level) : log_(files, settings_for(level)) {}

  journal_state append(int points) {
    journal::batch out(log_);
    for (int at = 0; at < points; ++at) {
      const double value = static_cast<double>(n_ + static_cast<std::uint64_t>(at) + 1) / 3;
      out.add({{}, {"cpu", value, {}, 1000, 0, {}}, n_ + static_cast<std::uint64_t>(at) + 1}, name_, nullptr);
    }
    const auto state = out.write();
    if (state == journal_state::open) n_ += static_cast<std::uint64_t>(points);
    return state;
  }

  journal& log() { return log_; }
  std::uint64_t n() const { return n_; }
  const journal_name& name() const { return name_; }

private:
  journal log_;
  journal_name name_;
  std::uint64_t n_ = 0;
};

// The numbers n found by a reader must be 1, 2, 3 …; returns the last.
std::uint64_t read_back(memory_file_system& files, std::size_t notes_wanted = 0) {
  journal_reader reader(files, "/state", false);
  EXPECT_TRUE(reader.open(0, 0).ok()) << reader.status().text();
  journal_entry entry;
  std::uint64_t n = 0;
  while (reader.next(entry)) {
    EXPECT_EQ(entry.record.n, ++n);
    EXPECT_EQ(entry.record.subject.value, static_cast<double>(n) / 3);
  }
  EXPECT_TRUE(reader.status().ok()) << reader.status().text();
  EXPECT_EQ(reader.take_notes().size(), notes_wanted);
  return n;
}

TEST(journal, writes_a_batch_with_one_write) {
  memory_file_system files;
  one_stream stream(files, durability::process);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  for (int batch = 1; batch <= 10; ++batch) {
    ASSERT_EQ(stream.append(7), journal_state::open);
    EXPECT_EQ(files.writes(), static_cast<std::uint64_t>(batch));
  }
  EXPECT_EQ(stream.name().position, stream.log().written_to());
  EXPECT_EQ(read_back(files), 70U);
}

TEST(journal, that_is_never_written_to_changes_nothing) {
  memory_file_system files;
  one_stream stream(files, durability::process);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  stream.append(0);
  {
    journal_name name;
    journal::batch dropped(stream.log());
    dropped.add({{}, {"x", 1, {}, 1, 0, {}}, 1}, name, nullptr);
  }
  EXPECT_EQ(files.writes(), 0U);
  EXPECT_EQ(stream.log().written_to(), 0U);
  EXPECT_EQ(stream.append(1), journal_state::open);
  EXPECT_EQ(read_back(files), 1U);
}

TEST(journal, splits_a_huge_batch_into_records_but_not_into_writes) {
  memory_file_system files;
  one_stream stream(files, durability::process);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  ASSERT_EQ(stream.append(200'000), journal_state::open);
  EXPECT_GT(stream.log().written_to(), 2 * record_bytes_full);
  EXPECT_EQ(files.writes(), 1U);
  EXPECT_EQ(read_back(files), 200'000U);
}

TEST(journal, begins_new_segments_and_deletes_those_no_longer_needed) {
  memory_file_system files;
  one_stream stream(files, durability::process);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  for (int batch = 0; batch < 100; ++batch) ASSERT_EQ(stream.append(5), journal_state::open);
  const auto before = files.paths().size();
  EXPECT_GT(before, 5U);
  EXPECT_EQ(read_back(files), 500U);
  journal_position begin = 0;
  ASSERT_TRUE(stream.log().rotate(begin).ok());
  EXPECT_EQ(begin, stream.log().written_to());
  ASSERT_EQ(stream.append(5), journal_state::open);
  stream.log().remove_before(begin);
  EXPECT_EQ(files.paths().size(), 1U);
  journal_reader reader(files, "/state", false);
  ASSERT_TRUE(reader.open(begin, begin).ok());
  journal_entry entry;
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.record.n, 501U);
}

TEST(journal, is_full_without_space_and_goes_on_by_itself_when_there_is_some) {
  memory_file_system files;
  one_stream stream(files, durability::process);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  files.set_capacity(3000);
  int accepted = 0;
  while (stream.append(5) == journal_state::open) ++accepted;
  EXPECT_GT(accepted, 5);
  EXPECT_EQ(stream.log().state(), journal_state::full);
  EXPECT_EQ(stream.log().status().fault, storage_fault::full);
  const auto size = files.bytes_used();
  EXPECT_EQ(stream.append(5), journal_state::full);
  EXPECT_EQ(files.bytes_used(), size) << "half a batch was left in the file";
  files.set_capacity(100'000);
  EXPECT_EQ(stream.append(5), journal_state::open);
  EXPECT_EQ(stream.log().state(), journal_state::open);
  EXPECT_EQ(read_back(files), stream.n());
}

TEST(journal, stays_in_its_segment_while_no_new_one_can_be_made) {
  memory_file_system files;
  one_stream stream(files, durability::process);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  files.fail_creates(EMFILE);
  for (int batch = 0; batch < 50; ++batch) ASSERT_EQ(stream.append(5), journal_state::open);
  EXPECT_EQ(files.paths().size(), 1U);
  files.fail_creates(0);
  ASSERT_EQ(stream.append(5), journal_state::open);
  EXPECT_EQ(files.paths().size(), 2U);
  EXPECT_EQ(read_back(files), stream.n());
}

// The Nth write of a run fails, for each N: as a full disk, as a short write, or as a broken disk. What was accepted is
// what is read back, no more and no less; only the broken disk ends the run.
TEST(journal, keeps_exactly_what_it_accepted_whichever_write_fails) {
  for (std::uint64_t nth = 1; nth <= 200; ++nth) {
    for (const int error : {ENOSPC, EDQUOT, EFBIG, EIO}) {
      // Fewer bytes than the smallest batch has, else that one would not fail at all.
      for (const std::size_t taken : {0U, 1U, 20U, 31U}) {
        SCOPED_TRACE("write " + std::to_string(nth) + " error " + std::to_string(error));
        memory_file_system files;
        one_stream stream(files, durability::process);
        ASSERT_TRUE(stream.log().start(0, 0).ok());
        files.fail_writes(nth, taken == 0 ? 1 : 2, error, taken);
        int refused = 0;
        for (int batch = 0; batch < 210; ++batch)
          refused += stream.append(1 + batch % 3) != journal_state::open ? 1 : 0;
        ASSERT_EQ(refused, error == EIO ? 210 - static_cast<int>(nth) + 1 : 1);
        ASSERT_EQ(stream.log().state(), error == EIO ? journal_state::failed : journal_state::open);
        ASSERT_EQ(read_back(files), stream.n());
      }
    }
  }
}

TEST(journal, finishes_a_write_that_was_only_short) {
  for (std::size_t taken = 1; taken < 100; ++taken) {
    memory_file_system files;
    one_stream stream(files, durability::process);
    ASSERT_TRUE(stream.log().start(0, 0).ok());
    files.fail_writes(1, 1, 0, taken);
    ASSERT_EQ(stream.append(10), journal_state::open);
    ASSERT_EQ(read_back(files), 10U);
  }
}

// The Nth fsync fails, for each N, and would succeed if tried again, as on Linux. Nothing is accepted any more, and a
// power cut takes nothing that had been durable.
TEST(journal, never_retries_a_failed_fsync) {
  for (std::uint64_t nth = 1; nth <= 200; ++nth) {
    for (const int error : {EIO, ENOSPC}) {
      memory_file_system files;
      one_stream stream(files, durability::fsync);
      files.fail_syncs(nth, 1, error);
      std::uint64_t durable = 0;
      journal_position durable_to = 0;
      bool has_failed = !stream.log().start(0, 0).ok();
      for (int batch = 0; batch < 210 && !has_failed; ++batch) {
        has_failed = stream.append(2) != journal_state::open || !stream.log().sync().ok();
        if (has_failed) break;
        durable = stream.n();
        durable_to = stream.log().durable_to();
      }
      ASSERT_TRUE(has_failed) << nth;
      ASSERT_EQ(stream.log().state(), journal_state::failed);
      const auto syncs = files.syncs();
      ASSERT_EQ(stream.append(1), journal_state::failed);
      ASSERT_FALSE(stream.log().sync().ok());
      ASSERT_FALSE(stream.log().sync_next());
      ASSERT_EQ(stream.log().durable_to(), durable_to);
      ASSERT_EQ(files.syncs(), syncs) << "it tried again";
      files.restart_after_power_cut(static_cast<std::uint32_t>(nth));
      journal_reader reader(files, "/state", false);
      ASSERT_TRUE(reader.open(0, 0).ok());
      journal_entry entry;
      std::uint64_t n = 0;
      while (reader.next(entry)) ASSERT_EQ(entry.record.n, ++n);
      ASSERT_TRUE(reader.status().ok()) << reader.status().text();
      ASSERT_GE(n, durable);
    }
  }
}

TEST(journal, group_commit_syncs_for_all_who_wait) {
  memory_file_system files;
  one_stream stream(files, durability::fsync);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  std::thread commit([&] {
    while (stream.log().sync_next()) {
    }
  });
  for (int batch = 0; batch < 200; ++batch) {
    ASSERT_EQ(stream.append(2), journal_state::open);
    if (batch % 20 != 19) continue;
    const auto position = stream.log().written_to();
    ASSERT_TRUE(stream.log().wait_durable(position));
    ASSERT_GE(stream.log().synced_to(), position);
  }
  stream.log().stop_syncing();
  commit.join();
  EXPECT_TRUE(stream.log().close().ok());
  files.restart_after_power_cut(1);
  EXPECT_EQ(read_back(files), 400U);
}

TEST(journal, waiting_for_durability_ends_when_the_disk_breaks) {
  memory_file_system files;
  one_stream stream(files, durability::fsync);
  ASSERT_TRUE(stream.log().start(0, 0).ok());
  files.fail_syncs(files.syncs() + 1, 1, EIO);
  ASSERT_EQ(stream.append(2), journal_state::open);
  std::thread commit([&] {
    while (stream.log().sync_next()) {
    }
  });
  EXPECT_FALSE(stream.log().wait_durable(stream.log().written_to()));
  commit.join();
}

TEST(journal, takes_batches_from_several_threads_in_the_order_of_its_lock) {
  memory_file_system files;
  auto settings = settings_for(durability::process);
  settings.segment_bytes = 64U << 10U;
  journal log(files, settings);
  ASSERT_TRUE(log.start(0, 0).ok());
  constexpr std::uint64_t batches = 400;
  const auto work = [&](const std::string& stream) {
    journal_name name;
    for (std::uint64_t n = 1; n <= batches * 5; n += 5) {
      journal::batch out(log);
      for (std::uint64_t at = n; at < n + 5; ++at) out.add({{}, {stream, 1, {}, 1, 0, {}}, at}, name, nullptr);
      ASSERT_EQ(out.write(), journal_state::open);
    }
  };
  std::thread one(work, "one"), two(work, "two"), three(work, "three");
  one.join();
  two.join();
  three.join();
  std::map<std::string, std::uint64_t, std::less<>> last;
  journal_reader reader(files, "/state", false);
  ASSERT_TRUE(reader.open(0, 0).ok());
  journal_entry entry;
  while (reader.next(entry)) ASSERT_EQ(entry.record.n, ++last[std::string(entry.record.subject.stream)]);
  ASSERT_TRUE(reader.status().ok());
  EXPECT_EQ(last["one"] + last["two"] + last["three"], 3 * batches * 5);
}

}  // namespace
}  // namespace spindrift
