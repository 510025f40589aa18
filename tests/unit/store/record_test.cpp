#include "server/store/record.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "common/model/limit.hpp"

namespace spindrift {
namespace {

std::string seal(byte_buffer& buffer, std::uint32_t count, journal_position position) {
  record_header header;
  header.count = count;
  header.position = position;
  seal_record(buffer.at(0), buffer.size(), header);
  return std::string(buffer.view());
}

TEST(record, refuses_what_stands_behind_a_learned_mark_and_is_no_point) {
  for (const char behind : {'\0', '\1', '\4', '\7', '\x0a'}) {
    entry_reader reader;
    reader.begin_segment();
    const std::string bytes{"\1\1a\0", 4};
    const std::string record = bytes + behind + std::string(40, '\0');
    reader.begin_record(record, 0);
    journal_entry entry;
    EXPECT_FALSE(reader.next(entry));
    EXPECT_FALSE(reader.ok());
  }
}

TEST(record, gives_every_field_of_every_kind_of_point_back) {
  const std::vector<feature> features{
      {"temperature", 21.5}, {"p", -0.0}, {"x", std::numeric_limits<double>::denorm_min()}};
  std::vector<point_record> records(4);
  records[0].subject = {"cpu", 0.1, {}, std::numeric_limits<std::int64_t>::max(), 0, {}};
  records[0].n = 1;
  records[1].producer = "plant-7";
  records[1].subject = {"cpu", -1e308, {}, std::numeric_limits<std::int64_t>::min(), (1ULL << 53U) - 1, true};
  records[1].n = std::numeric_limits<std::uint64_t>::max();
  records[2].producer = "plant-7";
  records[2].subject = {"weather", 0, features, -1, 1, false};
  records[2].n = 300;
  records[3].subject = {"weather", 0, std::span(features).first(2), 1'764'000'000'000, 0, {}};
  records[3].n = 301;
  records[3].subject.is_counter = true;
  records[1].subject.is_learned = records[3].subject.is_learned = true;

  journal_name cpu, weather, plant;
  byte_buffer buffer;
  buffer.put_gap(record_header_bytes);
  entry_writer writer;
  writer.begin_segment(0);
  for (auto& each : records) writer.append(each, each.subject.stream == "cpu" ? cpu : weather, &plant, buffer);
  writer.append_forget(false, "cpu", cpu, buffer);
  writer.append_forget(true, "plant-7", plant, buffer);
  const std::string bytes = seal(buffer, 6, 1000);

  entry_reader reader;
  reader.begin_segment();
  reader.begin_record(std::string_view(bytes).substr(record_header_bytes), 1000);
  journal_entry entry;
  journal_position before = 1000;
  for (const auto& wanted : records) {
    ASSERT_TRUE(reader.next(entry));
    const auto& got = entry.record;
    EXPECT_EQ(entry.type, journal_entry::kind::point);
    EXPECT_EQ(got.producer, wanted.producer);
    EXPECT_EQ(got.n, wanted.n);
    EXPECT_EQ(got.subject.stream, wanted.subject.stream);
    EXPECT_EQ(got.subject.ts, wanted.subject.ts);
    EXPECT_EQ(got.subject.seq, wanted.subject.seq);
    EXPECT_EQ(got.subject.label, wanted.subject.label);
    EXPECT_EQ(got.subject.is_counter, wanted.subject.is_counter);
    EXPECT_EQ(got.subject.is_learned, wanted.subject.is_learned);
    ASSERT_EQ(got.subject.values.size(), wanted.subject.values.size());
    for (std::size_t at = 0; at < got.subject.values.size(); ++at) {
      EXPECT_EQ(got.subject.values[at].name, wanted.subject.values[at].name);
      EXPECT_EQ(std::signbit(got.subject.values[at].value), std::signbit(wanted.subject.values[at].value));
      EXPECT_EQ(got.subject.values[at].value, wanted.subject.values[at].value);
    }
    EXPECT_EQ(got.subject.value, wanted.subject.value);
    EXPECT_GT(entry.position, before);
    before = entry.position;
  }
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.type, journal_entry::kind::forget_stream);
  EXPECT_EQ(entry.record.subject.stream, "cpu");
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.type, journal_entry::kind::forget_producer);
  EXPECT_EQ(entry.record.producer, "plant-7");
  EXPECT_EQ(entry.position, 1000 + bytes.size());
  EXPECT_FALSE(reader.next(entry));
  EXPECT_TRUE(reader.ok());
}

TEST(record, of_a_known_stream_costs_about_twenty_bytes) {
  journal_name cpu, plant;
  byte_buffer buffer;
  entry_writer writer;
  writer.begin_segment(0);
  point_record record;
  record.producer = "plant-7";
  std::size_t first = 0;
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    record.subject = {"site-12/line-3/cpu", 0.5, {}, 1'764'000'000'000 + static_cast<std::int64_t>(n) * 100, n, {}};
    record.n = 1'000'000 + n;
    writer.append(record, cpu, &plant, buffer);
    if (n == 1) first = buffer.size();
  }
  EXPECT_LE((buffer.size() - first) / 999, 20U);
}

TEST(record, that_was_rolled_back_leaves_no_name_defined) {
  journal_name one, two;
  byte_buffer kept, dropped, after;
  entry_writer writer;
  writer.begin_segment(0);
  const std::vector<feature> features{{"a", 1}, {"b", 2}};
  point_record first{{}, {"one", 1, features, 1, 0, {}}, 1};
  point_record second{{}, {"two", 2, {}, 2, 0, {}}, 1};
  writer.append(first, one, nullptr, kept);
  writer.settle(100);
  const point_record other_shape{{}, {"one", 1, std::span(features).first(1), 1, 0, {}}, 2};
  writer.begin_record();
  writer.append(second, two, nullptr, dropped);
  writer.append(other_shape, one, nullptr, dropped);
  writer.roll_back();
  EXPECT_EQ(one.position, 100U);
  EXPECT_EQ(two.position, 0U);
  writer.begin_record();
  writer.append(first, one, nullptr, after);
  writer.append(second, two, nullptr, after);

  entry_reader reader;
  reader.begin_segment();
  journal_entry entry;
  reader.begin_record(kept.view(), 0);
  ASSERT_TRUE(reader.next(entry));
  reader.begin_record(after.view(), 0);
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.record.subject.stream, "one");
  EXPECT_EQ(entry.record.subject.values.size(), 2U);
  ASSERT_TRUE(reader.next(entry));
  EXPECT_EQ(entry.record.subject.stream, "two");
  EXPECT_FALSE(reader.next(entry));
  EXPECT_TRUE(reader.ok());
}

TEST(record, reader_refuses_every_cut_and_survives_random_bytes) {
  journal_name cpu;
  byte_buffer buffer;
  entry_writer writer;
  writer.begin_segment(0);
  const std::vector<feature> features{{"a", 1}, {"b", 2}};
  writer.append({{}, {"cpu", 0, features, 5, 9, true}, 1}, cpu, nullptr, buffer);
  journal_entry entry;
  for (std::size_t length = 0; length < buffer.size(); ++length) {
    entry_reader reader;
    reader.begin_segment();
    reader.begin_record(buffer.view().substr(0, length), 0);
    EXPECT_FALSE(reader.next(entry)) << length;
  }
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(buffer.view());
    for (int flips = 0; flips < 3; ++flips) bytes[random() % bytes.size()] = static_cast<char>(random());
    entry_reader reader;
    reader.begin_segment();
    reader.begin_record(bytes, 0);
    for (int entries = 0; entries < 100 && reader.next(entry); ++entries) {
      ASSERT_LE(entry.record.subject.values.size(), model::features_max);
    }
  }
}

TEST(record, header_of_a_segment_notices_every_flipped_bit) {
  const std::string good = encode_segment_header({journal_version, 4711, 4000});
  ASSERT_EQ(good.size(), segment_header_bytes);
  segment_header header;
  ASSERT_TRUE(decode_segment_header(good, header));
  EXPECT_EQ(header.base, 4711U);
  EXPECT_EQ(header.previous_end, 4000U);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_segment_header(bad, header)) << bit;
  }
}

TEST(record, gives_every_field_of_every_kind_of_note_back) {
  using kind = stream_note::kind;
  std::vector<stream_note> notes(5);
  notes[0] = {kind::quiet, 17, 0, 90'000, 0};
  notes[1] = {kind::refused, 18, 40, std::numeric_limits<std::int64_t>::max(), 5'000};
  notes[2].says = kind::expected;
  notes[2].n = 3;
  notes[2].event_kind = 8;
  notes[2].direction = 2;
  notes[2].height = -0.1;
  notes[2].told = -1;
  notes[3].says = kind::real;
  notes[3].n = std::numeric_limits<std::uint64_t>::max();
  notes[4] = {kind::unit, 1, 3};
  journal_name cpu;
  byte_buffer buffer;
  buffer.put_gap(record_header_bytes);
  entry_writer writer;
  writer.begin_segment(0);
  for (const stream_note& note : notes) writer.append_note(note, "cpu", cpu, buffer);
  const std::string bytes = seal(buffer, 5, 0);
  entry_reader reader;
  reader.begin_segment();
  reader.begin_record(std::string_view(bytes).substr(record_header_bytes), 0);
  journal_entry entry;
  for (const stream_note& wanted : notes) {
    ASSERT_TRUE(reader.next(entry));
    EXPECT_EQ(entry.type, journal_entry::kind::note);
    EXPECT_EQ(entry.record.subject.stream, "cpu");
    EXPECT_EQ(entry.note.says, wanted.says);
    EXPECT_EQ(entry.note.n, wanted.n);
    EXPECT_EQ(entry.note.count, wanted.count);
    EXPECT_EQ(entry.note.quiet_ms, wanted.quiet_ms);
    EXPECT_EQ(entry.note.limit_ms, wanted.limit_ms);
    EXPECT_EQ(entry.note.event_kind, wanted.event_kind);
    EXPECT_EQ(entry.note.direction, wanted.direction);
    EXPECT_EQ(entry.note.height, wanted.height);
    EXPECT_EQ(entry.note.told, wanted.told);
  }
  EXPECT_FALSE(reader.next(entry));
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace spindrift
