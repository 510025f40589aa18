// Records of points as a lane's consumer has read them, in the order in which they came.
//
// Their bytes are copied, so nothing of librdkafka's is held on to: to give a message back where it was handed over
// costs half of what it does 2,000 messages later. Views are good until the next add() or clear(). One thread.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/worker/record.hpp"

namespace spindrift::kafka {

class message_batch {
public:
  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  std::size_t bytes() const { return bytes_.size(); }
  void clear() {
    places_.clear();
    bytes_.clear();
  }
  void add(const rd_kafka_message_t& message) {
    rd_kafka_timestamp_type_t unused{};
    places_.push_back({message.partition, message.payload != nullptr, message.offset,
                       rd_kafka_message_timestamp(&message, &unused), bytes_.size(), message.key_len, message.len});
    if (message.key_len > 0) bytes_.append(static_cast<const char*>(message.key), message.key_len);
    if (message.len > 0) bytes_.append(static_cast<const char*>(message.payload), message.len);
  }
  std::int32_t partition_of(std::size_t at) const { return places_[at].partition; }
  worker::input_record record(std::size_t at) const {
    const place& of = places_[at];
    const std::string_view both = std::string_view(bytes_).substr(of.begin, of.key_size + of.value_size);
    return {of.offset, of.timestamp_ms, both.substr(0, of.key_size), both.substr(of.key_size), of.has_value};
  }

private:
  struct place {
    std::int32_t partition = 0;
    bool has_value = false;
    std::int64_t offset = 0;
    std::int64_t timestamp_ms = 0;
    std::size_t begin = 0;  // the key, and the value behind it
    std::size_t key_size = 0;
    std::size_t value_size = 0;
  };
  std::vector<place> places_;
  std::string bytes_;
};

}  // namespace spindrift::kafka
