// One segment, record by record: what is intact is given, what is not is said, and never a byte of it believed.
#include "server/store/segment.hpp"

#include <gtest/gtest.h>

#include <string>

#include "server/store/record.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

constexpr journal_position base = 1'000;
const char* const segment_path = "/state/journal-00000000000003e8";

std::string record(journal_position position, const std::string& entries, bool ordered = true,
                   journal_position durable = 0) {
  std::string bytes(record_header_bytes, '\0');
  bytes += entries;
  seal_record(bytes.data(), bytes.size(), {.ordered = ordered, .count = 1, .position = position, .durable = durable});
  return bytes;
}

// A header and two records, of 40 and 42 bytes.
std::string two_records(bool ordered = true, journal_position durable = 0) {
  return encode_segment_header({journal_version, base, base}) + record(base, "entries1") +
         record(base + 40, "entries no", ordered, durable);
}

class kept_segment : public testing::Test {
protected:
  segment opened(const std::string& bytes) {
    files_.put(segment_path, bytes);
    return segment(files_.open(segment_path).file, base);
  }
  memory_file_system files_;
};

TEST_F(kept_segment, gives_its_records_and_where_each_ends) {
  segment read = opened(two_records());
  ASSERT_EQ(read.read_header(), segment::step::record);
  EXPECT_EQ(read.position(), base);
  ASSERT_EQ(read.next(), segment::step::record) << read.reason();
  EXPECT_EQ(read.entries(), "entries1");
  EXPECT_EQ(read.position(), base + 40);
  ASSERT_EQ(read.next(), segment::step::record) << read.reason();
  EXPECT_EQ(read.entries(), "entries no");
  EXPECT_EQ(read.offset(), read.bytes());
  EXPECT_EQ(read.next(), segment::step::end);
}

TEST_F(kept_segment, stands_where_the_bad_record_begins_wherever_it_is_cut) {
  const std::string whole = two_records();
  for (std::size_t bytes = segment_header_bytes + 41; bytes < whole.size(); ++bytes) {
    segment read = opened(whole.substr(0, bytes));
    ASSERT_EQ(read.read_header(), segment::step::record);
    ASSERT_EQ(read.next(), segment::step::record);
    EXPECT_EQ(read.next(), segment::step::bad) << bytes;
    EXPECT_EQ(read.offset(), segment_header_bytes + 40U);
    EXPECT_FALSE(read.later_record_proves_damage()) << "nothing stands behind it";
  }
}

TEST_F(kept_segment, gives_no_record_of_which_a_bit_was_turned) {
  const std::string whole = two_records();
  for (std::size_t at = segment_header_bytes; at < segment_header_bytes + 40; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    segment read = opened(bytes);
    ASSERT_EQ(read.read_header(), segment::step::record);
    EXPECT_EQ(read.next(), segment::step::bad) << at;
    EXPECT_EQ(read.offset(), segment_header_bytes);
  }
}

TEST_F(kept_segment, refuses_the_header_of_another) {
  segment read = opened(encode_segment_header({journal_version, base + 1, base}));
  EXPECT_EQ(read.read_header(), segment::step::bad);
  EXPECT_STREQ(read.reason(), "the segment header belongs to another segment");
}

TEST_F(kept_segment, refuses_a_record_that_stood_elsewhere) {
  segment read = opened(encode_segment_header({journal_version, base, base}) + record(base + 8, "entries1"));
  ASSERT_EQ(read.read_header(), segment::step::record);
  EXPECT_EQ(read.next(), segment::step::bad);
  EXPECT_STREQ(read.reason(), "the record belongs elsewhere");
}

// A record in order behind a bad one was written after it; one without order may have reached the disk alone, unless
// all before it, the bad one too, was known to be there.
TEST_F(kept_segment, takes_what_stands_behind_a_bad_record_for_a_proof_only_where_it_is_one) {
  const auto is_proof = [this](bool ordered, journal_position durable) {
    std::string bytes = two_records(ordered, durable);
    bytes[segment_header_bytes + record_header_bytes] = '?';
    segment read = opened(bytes);
    EXPECT_EQ(read.read_header(), segment::step::record);
    EXPECT_EQ(read.next(), segment::step::bad);
    return read.later_record_proves_damage();
  };
  EXPECT_TRUE(is_proof(true, 0));
  EXPECT_FALSE(is_proof(false, 0));
  EXPECT_FALSE(is_proof(false, base)) << "durable up to the bad one, not beyond";
  EXPECT_TRUE(is_proof(false, base + 40));
}

}  // namespace
}  // namespace spindrift
