// Entries and sections to bytes and back; their form is in docs/store_format.md.
#include "server/store/record.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "common/model/limit.hpp"
#include "server/store/crc32c.hpp"

namespace spindrift {

namespace {

constexpr std::string_view segment_magic{"SPNDJRNL", 8};

constexpr std::uint8_t entry_learned = 0;
constexpr std::uint8_t entry_define = 1;
constexpr std::uint8_t entry_shape = 2;
constexpr std::uint8_t entry_point = 3;
constexpr std::uint8_t entry_forget_stream = 4;
constexpr std::uint8_t entry_forget_producer = 5;
constexpr std::uint8_t entry_counter = 6;
constexpr std::uint8_t entry_note = 7;
constexpr std::uint8_t entry_mask = 0x07;
constexpr std::uint8_t with_producer = 0x08;
constexpr std::uint8_t with_seq = 0x10;
constexpr std::uint8_t with_shape = 0x20;
constexpr std::uint8_t with_label = 0x40;
constexpr std::uint8_t label_true = 0x80;

constexpr std::uint8_t record_ordered = 0x01;

void append_shape(const point& subject, std::string& out) {
  out.clear();
  for (const auto& feature : subject.values) {
    out.push_back(static_cast<char>(feature.name.size()));
    out.append(feature.name);
  }
}

// Wraps around instead of overflowing: any two times have a difference that leads back.
std::int64_t difference(std::int64_t now, std::int64_t before) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(before));
}
std::int64_t sum(std::int64_t before, std::int64_t step) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(before) + static_cast<std::uint64_t>(step));
}

}  // namespace

std::string encode_segment_header(const segment_header& header) {
  byte_buffer out;
  out.room(segment_header_bytes);
  out.put_text(segment_magic);
  out.put_fixed(header.version);
  out.put_fixed(std::uint32_t{0});
  out.put_fixed(header.base);
  out.put_fixed(header.previous_end);
  out.put_fixed(crc32c(out.view()));
  out.put_fixed(std::uint32_t{0});
  return std::string(out.view());
}

bool decode_segment_header(std::string_view bytes, segment_header& header) {
  if (bytes.size() < segment_header_bytes) return false;
  byte_reader in(bytes.substr(0, segment_header_bytes));
  if (in.text(segment_magic.size()) != segment_magic) return false;
  header.version = in.fixed<std::uint32_t>();
  in.fixed<std::uint32_t>();
  header.base = in.fixed<std::uint64_t>();
  header.previous_end = in.fixed<std::uint64_t>();
  const auto checksum = in.fixed<std::uint32_t>();
  // The last four bytes are nobody's; that they are zero is checked so that no flipped byte goes unseen.
  return in.fixed<std::uint32_t>() == 0 && checksum == crc32c(bytes.substr(0, segment_header_bytes - 8));
}

void seal_record(char* record, std::size_t bytes, record_header header) {
  assert(bytes >= record_header_bytes && bytes - record_header_bytes <= record_bytes_max);
  header.length = static_cast<std::uint32_t>(bytes - record_header_bytes);
  const std::uint8_t flags = header.ordered ? record_ordered : 0;
  std::memcpy(record, &header.length, 4);
  std::memset(record + 8, 0, 4);
  std::memcpy(record + 8, &header.type, 1);
  std::memcpy(record + 9, &flags, 1);
  std::memcpy(record + 12, &header.count, 4);
  std::memcpy(record + 16, &header.position, 8);
  std::memcpy(record + 24, &header.durable, 8);
  header.checksum = crc32c({record + 8, bytes - 8}, crc32c({record, 4}));
  std::memcpy(record + 4, &header.checksum, 4);
}

bool decode_record_header(std::string_view bytes, record_header& header) {
  byte_reader in(bytes);
  header.length = in.fixed<std::uint32_t>();
  header.checksum = in.fixed<std::uint32_t>();
  header.type = in.byte();
  header.ordered = (in.byte() & record_ordered) != 0;
  in.fixed<std::uint16_t>();
  header.count = in.fixed<std::uint32_t>();
  header.position = in.fixed<std::uint64_t>();
  header.durable = in.fixed<std::uint64_t>();
  return in.ok() && header.length <= record_bytes_max;
}

bool record_is_intact(std::string_view record) {
  std::uint32_t checksum = 0;
  std::memcpy(&checksum, record.data() + 4, 4);
  return checksum == crc32c(record.substr(8), crc32c(record.substr(0, 4)));
}

void entry_writer::begin_segment(journal_position base) {
  segment_ = base;
  next_id_ = 0;
  begin_record();
}

void entry_writer::begin_record() {
  ts_before_ = 0;
  seq_before_ = 0;
}

void entry_writer::define(std::string_view name, journal_name& owner, byte_buffer& out) {
  assert(name.size() <= name_bytes_max);
  owner.segment = segment_;
  owner.id = next_id_++;
  owner.shape.reset();
  defined_.push_back(&owner);
  out.room(1 + varint_bytes_max + name.size());
  out.put_byte(entry_define);
  out.put_varint(name.size());
  out.put_text(name);
}

void entry_writer::define_shape(const point& subject, journal_name& stream, byte_buffer& out) {
  append_shape(subject, shape_);
  if (stream.shape && shape_ == *stream.shape) return;
  out.room(1 + 2 * varint_bytes_max + shape_.size());
  out.put_byte(entry_shape);
  out.put_varint(stream.id);
  out.put_varint(subject.values.size());
  // One byte a length is a varint as well: names are shorter than 128 bytes.
  out.put_text(shape_);
  if (!stream.shape) stream.shape = std::make_unique<std::string>();
  stream.shape->swap(shape_);
  shaped_.push_back(&stream);
}

// A batch is often of one producer, and often of one stream.
void entry_writer::touch(journal_name& name) {
  const std::size_t count = touched_.size();
  if (count > 0 && touched_[count - 1] == &name) return;
  if (count > 1 && touched_[count - 2] == &name) return;
  touched_.push_back(&name);
}

void entry_writer::settle(journal_position end) {
  for (auto* name : touched_) name->position = end;
  touched_.clear();
  defined_.clear();
  shaped_.clear();
}

void entry_writer::roll_back() {
  for (auto* name : shaped_) name->shape.reset();
  for (auto* name : defined_) name->segment = journal_name::nowhere;
  next_id_ -= static_cast<std::uint32_t>(defined_.size());
  touched_.clear();
  defined_.clear();
  shaped_.clear();
}

void entry_writer::append(const point_record& record, journal_name& stream, journal_name* producer, byte_buffer& out) {
  const point& subject = record.subject;
  assert(subject.ts.has_value() && subject.values.size() <= model::features_max);
  assert(record.producer.empty() || producer != nullptr);
  if (stream.segment != segment_) define(subject.stream, stream, out);
  std::uint8_t head = subject.is_counter ? entry_counter : entry_point;
  if (!record.producer.empty()) {
    if (producer->segment != segment_) define(record.producer, *producer, out);
    touch(*producer);
    head |= with_producer;
  }
  touch(stream);
  if (subject.is_multivariate()) {
    define_shape(subject, stream, out);
    head |= with_shape;
  }
  if (subject.seq != 0) head |= with_seq;
  if (subject.label.has_value()) head |= with_label;
  if (subject.label.value_or(false)) head |= label_true;

  out.room(2 + 5 * varint_bytes_max + 8 * (subject.values.size() + 1));
  if (subject.is_learned) out.put_byte(entry_learned);
  out.put_byte(head);
  out.put_varint(stream.id);
  if ((head & with_producer) != 0) out.put_varint(producer->id);
  out.put_varint(record.n);
  out.put_varint(zigzag(difference(*subject.ts, ts_before_)));
  ts_before_ = *subject.ts;
  if (subject.seq != 0) {
    out.put_varint(zigzag(static_cast<std::int64_t>(subject.seq - seq_before_)));
    seq_before_ = subject.seq;
  }
  if (!subject.is_multivariate()) out.put_fixed(subject.value);
  for (const auto& feature : subject.values) out.put_fixed(feature.value);
}

void entry_writer::append_forget(bool is_producer, std::string_view name, journal_name& owner, byte_buffer& out) {
  if (owner.segment != segment_) define(name, owner, out);
  touch(owner);
  out.room(1 + varint_bytes_max);
  out.put_byte(is_producer ? entry_forget_producer : entry_forget_stream);
  out.put_varint(owner.id);
}

void entry_writer::append_note(const stream_note& note, std::string_view name, journal_name& stream, byte_buffer& out) {
  if (stream.segment != segment_) define(name, stream, out);
  touch(stream);
  out.room(4 + 5 * varint_bytes_max + sizeof note.height);
  out.put_byte(entry_note);
  out.put_varint(stream.id);
  out.put_byte(static_cast<std::uint8_t>(note.says));
  out.put_varint(note.n);
  if (note.says == stream_note::kind::quiet || note.says == stream_note::kind::refused) {
    out.put_varint(note.count);
    out.put_varint(zigzag(note.quiet_ms));
    out.put_varint(zigzag(note.limit_ms));
  } else if (note.says == stream_note::kind::unit) {
    out.put_varint(note.count);
  } else {
    out.put_byte(note.event_kind);
    out.put_byte(note.direction);
    out.put_fixed(note.height);
    out.put_varint(zigzag(note.told));
  }
}

void entry_reader::begin_segment() {
  ++segment_;
  names_.clear();
  texts_.clear();
  in_ = byte_reader({});
}

void entry_reader::begin_record(std::string_view entries, journal_position position) {
  in_ = byte_reader(entries);
  end_ = position + record_header_bytes + entries.size();
  ts_before_ = 0;
  seq_before_ = 0;
}

bool entry_reader::next(journal_entry& entry) {
  while (in_.ok() && in_.left() > 0) {
    const std::uint8_t head = in_.byte();
    switch (head & entry_mask) {
      case entry_define:
        take_define();
        break;
      case entry_shape:
        take_shape();
        break;
      case entry_learned:
        if (head == entry_learned) return take_learned(entry);
        in_.refuse();
        break;
      case entry_point:
      case entry_counter:
        return take_point(head, entry);
      case entry_forget_stream:
      case entry_forget_producer: {
        const auto* known = take_stream(entry);
        if (known == nullptr) return false;
        entry.record = {};
        const bool is_producer = (head & entry_mask) == entry_forget_producer;
        entry.type = is_producer ? journal_entry::kind::forget_producer : journal_entry::kind::forget_stream;
        (is_producer ? entry.record.producer : entry.record.subject.stream) = known->name;
        entry.position = end_ - in_.left();
        return true;
      }
      case entry_note:
        return take_note(entry);
      default:
        in_.refuse();
    }
  }
  return false;
}

entry_reader::known_name* entry_reader::take_known() {
  const std::uint64_t id = in_.varint();
  if (in_.ok() && id < names_.size()) return &names_[id];
  in_.refuse();
  return nullptr;
}

entry_reader::known_name* entry_reader::take_stream(journal_entry& entry) {
  known_name* const stream = take_known();
  if (stream == nullptr) return nullptr;
  entry.stream_id = static_cast<std::uint32_t>(stream - names_.data());
  entry.segment = segment_;
  return stream;
}

void entry_reader::take_define() {
  const std::uint64_t length = in_.varint();
  if (length == 0 || length > name_bytes_max) return in_.refuse();
  const auto name = in_.text(length);
  if (in_.ok()) names_.push_back({texts_.keep(name), {}});
}

void entry_reader::take_shape() {
  auto* stream = take_known();
  const std::uint64_t count = in_.varint();
  if (stream == nullptr || count == 0 || count > model::features_max) return in_.refuse();
  if (!stream->shape) stream->shape = std::make_unique<std::vector<std::string>>();
  stream->shape->clear();
  for (std::uint64_t at = 0; at < count && in_.ok(); ++at) {
    const std::uint64_t length = in_.varint();
    if (length > name_bytes_max) return in_.refuse();
    stream->shape->emplace_back(in_.text(length));
  }
}

bool entry_reader::take_note(journal_entry& entry) {
  const auto* stream = take_stream(entry);
  if (stream == nullptr) return false;
  entry.type = journal_entry::kind::note;
  entry.record = {};
  entry.record.subject.stream = stream->name;
  stream_note& note = entry.note = {};
  const std::uint8_t says = in_.byte();
  if (says > static_cast<std::uint8_t>(stream_note::kind::unit)) in_.refuse();
  note.says = static_cast<stream_note::kind>(says);
  note.n = in_.varint();
  if (note.says == stream_note::kind::quiet || note.says == stream_note::kind::refused) {
    note.count = in_.varint();
    note.quiet_ms = unzigzag(in_.varint());
    note.limit_ms = unzigzag(in_.varint());
  } else if (note.says == stream_note::kind::unit) {
    note.count = in_.varint();
  } else {
    note.event_kind = in_.byte();
    note.direction = in_.byte();
    note.height = in_.fixed<double>();
    note.told = unzigzag(in_.varint());
  }
  entry.position = end_ - in_.left();
  return in_.ok();
}

// Nothing but a point may stand behind it.
bool entry_reader::take_learned(journal_entry& entry) {
  const std::uint8_t head = in_.byte();
  const std::uint8_t kind = head & entry_mask;
  if (kind != entry_point && kind != entry_counter) in_.refuse();
  if (!in_.ok() || !take_point(head, entry)) return false;
  entry.record.subject.is_learned = true;
  return true;
}

bool entry_reader::take_point(std::uint8_t head, journal_entry& entry) {
  const auto* stream = take_stream(entry);
  if (stream == nullptr) return false;
  const known_name* producer = nullptr;
  if ((head & with_producer) != 0 && (producer = take_known()) == nullptr) return false;
  entry.type = journal_entry::kind::point;
  entry.record = {};
  point& subject = entry.record.subject;
  subject.stream = stream->name;
  subject.is_counter = (head & entry_mask) == entry_counter;
  if (producer != nullptr) entry.record.producer = producer->name;
  entry.record.n = in_.varint();
  ts_before_ = sum(ts_before_, unzigzag(in_.varint()));
  subject.ts = ts_before_;
  if ((head & with_seq) != 0) {
    seq_before_ += static_cast<std::uint64_t>(unzigzag(in_.varint()));
    subject.seq = seq_before_;
  }
  if ((head & with_label) != 0) subject.label = (head & label_true) != 0;
  if ((head & with_shape) == 0) {
    subject.value = in_.fixed<double>();
  } else {
    if (!stream->shape) {
      in_.refuse();
      return false;
    }
    features_.clear();
    for (const auto& name : *stream->shape) features_.push_back({name, in_.fixed<double>()});
    subject.values = features_;
  }
  entry.position = end_ - in_.left();
  return in_.ok();
}

}  // namespace spindrift
