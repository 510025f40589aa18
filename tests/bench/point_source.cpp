#include "tests/bench/point_source.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numbers>
#include <random>
#include <string_view>

namespace spindrift::bench {
namespace {

constexpr std::string_view blank_value = "00.000000";
constexpr std::string_view blank_time = "0000000000000";

std::string record_of(wire form, std::size_t stream) {
  char name[32];
  std::snprintf(name, sizeof name, "plant-7.cell-%06zu", stream);
  std::string point = R"({"stream":")" + std::string(name) + R"(","value":)" + std::string(blank_value) + R"(,"ts":)" +
                      std::string(blank_time) + "}\n";
  if (form == wire::json) return point;
  const std::string key(name);
  return "*3\r\n$3\r\nSET\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n$" + std::to_string(point.size()) +
         "\r\n" + point + "\r\n";
}

}  // namespace

// Few streams have several records each: a turn of one point would be sent by a system call of its own.
point_source::point_source(wire form, std::size_t first, std::size_t count)
    : count_(count < turn_min ? count * (turn_min / count) : count) {
  const std::string sample = record_of(form, first);
  record_bytes_ = sample.size();
  value_offset_ = sample.find(std::string(":") + std::string(blank_value)) + 1;
  time_offset_ = sample.find(std::string(":") + std::string(blank_time)) + 1;
  records_.reserve(record_bytes_ * count_);
  for (std::size_t i = 0; i < count_; ++i) {
    const std::string record = record_of(form, first + i % count);
    records_.insert(records_.end(), record.begin(), record.end());
  }
  make_values();
  begin_round();
}

void point_source::make_values() {
  std::mt19937_64 engine(7);
  values_.resize(values_count * value_bytes);
  for (std::size_t i = 0; i < values_count; ++i) {
    // Box and Muller's method: the standard distributions differ from one library to the next.
    const double u = (static_cast<double>(engine() >> 11U) + 0.5) * 0x1p-53;
    const double v = static_cast<double>(engine() >> 11U) * 0x1p-53;
    const double noise = std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
    const double spike = engine() % 1'000 == 0 ? 20.0 : 0.0;
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", std::clamp(50.0 + noise + spike, 10.0, 99.999999));
    std::memcpy(values_.data() + i * value_bytes, text, value_bytes);
  }
}

void point_source::begin_round() {
  using namespace std::chrono;
  time_ = std::to_string(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
  ++round_;
  at_ = 0;
}

std::span<const char> point_source::next(std::size_t count) {
  if (at_ == count_) begin_round();
  const std::size_t begin = at_;
  at_ = std::min(count_, at_ + count);
  char* record = records_.data() + begin * record_bytes_;
  for (std::size_t i = begin; i < at_; ++i, record += record_bytes_) {
    const std::size_t place = (i * 613 + round_) % values_count;
    std::memcpy(record + value_offset_, values_.data() + place * value_bytes, value_bytes);
    std::memcpy(record + time_offset_, time_.data(), time_bytes);
  }
  return {records_.data() + begin * record_bytes_, (at_ - begin) * record_bytes_};
}

}  // namespace spindrift::bench
