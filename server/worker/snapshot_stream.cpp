// Cuts a partition's streams into messages, and puts them together again.
#include "server/worker/snapshot_stream.hpp"

#include <algorithm>
#include <cstring>

#include "server/engine/stream.hpp"
#include "server/engine/stream_state.hpp"
#include "server/store/bytes.hpp"
#include "server/store/crc32c.hpp"

namespace spindrift::worker {
namespace {

constexpr std::string_view magic{"SPNDPART", 8};
constexpr std::uint32_t format_version = 1;
constexpr std::uint32_t flag_last = 1;
constexpr std::size_t message_header_bytes = 36;
constexpr std::size_t head_bytes = 42;  // before the parts
constexpr std::uint8_t section_stream = 1;
constexpr std::uint8_t section_end = 2;
constexpr std::uint8_t section_networks = 3;

template <class T>
void put(T number, std::string& out) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

template <class T>
void put_at(std::size_t at, T number, std::string& out) {
  std::memcpy(out.data() + at, &number, sizeof number);
}

}  // namespace

void snapshot_encoder::begin(std::uint64_t id, const snapshot_head& head, std::size_t chunk_bytes) {
  *this = {};
  id_ = id;
  at_ = head.at;
  chunk_bytes_ = chunk_bytes;
  put(head.state_version, pending_);
  put(head.partitions, pending_);
  put(head.partition, pending_);
  put(head.at, pending_);
  put(head.newest_ms, pending_);
  put(head.settings_hash, pending_);
  put(std::uint32_t{0}, pending_);
  put(static_cast<std::uint16_t>(head.parts.size()), pending_);
  for (const auto& [tag, version] : head.parts) {
    put(tag, pending_);
    put(version, pending_);
  }
}

// Where its bytes begin.
std::size_t snapshot_encoder::begin_section(std::uint8_t kind, std::string_view name, std::int64_t seen_ms) {
  put(kind, pending_);
  put(static_cast<std::uint16_t>(name.size()), pending_);
  put(seen_ms, pending_);
  put(at_, pending_);
  put(std::uint32_t{0}, pending_);
  pending_ += name;
  return pending_.size();
}

void snapshot_encoder::end_section(std::size_t begin, std::string_view name) {
  put_at(begin - name.size() - 4, static_cast<std::uint32_t>(pending_.size() - begin), pending_);
  ++sections_;
  while (pending_.size() >= chunk_bytes_) cut(false);
}

void snapshot_encoder::add(stream& from) {
  const std::size_t begin = begin_section(section_stream, from.name, from.seen_ms);
  save_stream(from, pending_);
  end_section(begin, from.name);
}

void snapshot_encoder::add_networks(std::string_view bytes) {
  const std::size_t begin = begin_section(section_networks, {}, 0);
  pending_ += bytes;
  end_section(begin, {});
}

void snapshot_encoder::end() {
  put(section_end, pending_);
  put(sections_, pending_);
  while (pending_.size() > chunk_bytes_) cut(false);
  cut(true);
  is_ended_ = true;
}

void snapshot_encoder::cut(bool is_last) {
  const std::size_t length = std::min(pending_.size(), chunk_bytes_);
  std::string message;
  message.reserve(message_header_bytes + length);
  message += magic;
  put(format_version, message);
  put(id_, message);
  put(index_++, message);
  put(is_last ? flag_last : 0U, message);
  put(static_cast<std::uint32_t>(length), message);
  put(crc32c(std::string_view(pending_).substr(0, length), crc32c(message)), message);
  message.append(pending_, 0, length);
  pending_.erase(0, length);
  bytes_ += message.size();
  cut_.push_back(std::move(message));
}

std::string snapshot_encoder::take_message() {
  std::string taken = std::move(cut_.front());
  cut_.pop_front();
  return taken;
}

bool snapshot_decoder::damaged(const char* why) {
  if (why_.empty()) why_ = why;
  return false;
}

bool snapshot_decoder::take(std::string_view message) {
  if (!why_.empty()) return false;
  const std::string_view covered = message.substr(0, message_header_bytes - 4);
  byte_reader in(message);
  const std::string_view found_magic = in.text(magic.size());
  const auto version = in.fixed<std::uint32_t>();
  const auto id = in.fixed<std::uint64_t>();
  const auto index = in.fixed<std::uint32_t>();
  const auto flags = in.fixed<std::uint32_t>();
  const auto length = in.fixed<std::uint32_t>();
  const auto checksum = in.fixed<std::uint32_t>();
  if (!in.ok() || found_magic != magic) return damaged("a message is no part of a snapshot");
  if (version != format_version) return damaged("its messages are of a later version");
  const std::string_view bytes = in.text(length);
  if (!in.ok() || in.left() != 0 || crc32c(bytes, crc32c(covered)) != checksum) {
    return damaged("a message is damaged: its checksum does not fit");
  }
  if (!is_begun_) {
    id_ = id;
    is_begun_ = true;
  }
  if (id != id_ || index < index_) return true;
  if (index != index_) return damaged("a message is missing");
  ++index_;
  is_last_ = (flags & flag_last) != 0;
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
  return has_head_ || read_head();
}

bool snapshot_decoder::read_head() {
  if (buffer_.size() < head_bytes) return is_last_ ? damaged("it ends within its head") : true;
  byte_reader in(buffer_);
  head_.state_version = in.fixed<std::uint32_t>();
  head_.partitions = in.fixed<std::int32_t>();
  head_.partition = in.fixed<std::int32_t>();
  head_.at = in.fixed<std::int64_t>();
  head_.newest_ms = in.fixed<std::int64_t>();
  head_.settings_hash = in.fixed<std::uint64_t>();
  in.fixed<std::uint32_t>();
  const auto parts = in.fixed<std::uint16_t>();
  if (in.left() < std::size_t{4} * parts) return is_last_ ? damaged("it ends within its head") : true;
  head_.parts.clear();
  for (unsigned i = 0; i < parts; ++i) {
    const auto tag = in.fixed<std::uint16_t>();
    const auto part_version = in.fixed<std::uint16_t>();
    head_.parts.emplace_back(tag, part_version);
  }
  at_ = buffer_.size() - in.left();
  has_head_ = true;
  return true;
}

bool snapshot_decoder::next(snapshot_stream_section& section) {
  if (!why_.empty() || !has_head_ || is_whole_) return false;
  byte_reader in(std::string_view(buffer_).substr(at_));
  const std::uint8_t type = in.byte();
  if (in.ok() && type == section_end) {
    const auto count = in.fixed<std::uint64_t>();
    if (in.ok() && (count != sections_ || in.left() != 0 || !is_last_)) return damaged("its end does not fit");
    is_whole_ = in.ok();
  } else if (in.ok() && (type == section_stream || type == section_networks)) {
    section.is_networks = type == section_networks;
    const std::size_t name_bytes = in.fixed<std::uint16_t>();
    section.seen_ms = in.fixed<std::int64_t>();
    section.at = in.fixed<std::int64_t>();
    const std::size_t bytes = in.fixed<std::uint32_t>();
    section.name = in.text(name_bytes);
    section.bytes = in.text(bytes);
    if (in.ok()) {
      at_ = buffer_.size() - in.left();
      ++sections_;
      return true;
    }
  } else if (in.ok()) {
    return damaged("a section is of a kind that is not known");
  }
  if (!is_whole_ && is_last_) return damaged("it ends too soon");
  return false;
}

}  // namespace spindrift::worker
