// Saving and restoring the state of a detector, written once for both ways.
//
// A class that has state gives `template <class Archive> void visit_state(Archive& archive)` and names its fields there
// in order: `archive(width_, total_); archive.sequence(buckets_, buckets_max);`. state_writer appends their bytes,
// state_reader takes them back: the restored object continues bit for bit as the saved one would have. Bytes are the
// machine's own (little-endian on every target we build for); the snapshot around them carries version and checksum.
//
// A reader never throws and never reads beyond its bytes: after the first misfit `ok()` is false, every further field
// stays as it was, and the object must be thrown away. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace spindrift {

template <class T>
concept plain_field = std::is_arithmetic_v<T> || std::is_enum_v<T>;

// Containers whose bytes can be copied as a whole: they lie behind each other, and any bytes are a value.
template <class Container>
concept plain_row = requires(Container& of) {
  of.data();
  requires plain_field<std::remove_cv_t<typename Container::value_type>>;
  requires !std::is_same_v<std::remove_cv_t<typename Container::value_type>, bool>;
};

class state_writer {
public:
  explicit state_writer(std::string& out) : out_(out) {}

  static constexpr bool reads = false;
  bool ok() const { return true; }

  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }

  // A container with size(), resize() and contiguous or iterable elements; its length goes before it.
  template <class Container>
  void sequence(Container& container, std::size_t /*length_max*/) {
    auto length = static_cast<std::uint32_t>(container.size());
    field(length);
    if constexpr (plain_row<Container>) {
      append_row(container);
    } else {
      for (auto& element : container) field(element);
    }
  }

private:
  template <class Row>
  void append_row(const Row& row) {
    if (row.size() == 0) return;
    const std::size_t begin = out_.size();
    out_.resize(begin + row.size() * sizeof(typename Row::value_type));
    std::memcpy(out_.data() + begin, row.data(), row.size() * sizeof(typename Row::value_type));
  }
  template <class T>
  void field(T& value) {
    if constexpr (plain_field<std::remove_cv_t<T>>) {
      char bytes[sizeof(T)];
      std::memcpy(bytes, &value, sizeof(T));
      out_.append(bytes, sizeof(T));
    } else {
      value.visit_state(*this);
    }
  }
  template <class T, std::size_t N>
  void field(std::array<T, N>& values) {
    if constexpr (plain_row<std::array<T, N>>) {
      append_row(values);
    } else {
      for (auto& value : values) field(value);
    }
  }
  void field(std::string& text) { sequence(text, 0); }

  std::string& out_;
};

class state_reader {
public:
  explicit state_reader(std::string_view in) : in_(in) {}

  static constexpr bool reads = true;
  bool ok() const { return ok_; }
  // Says that what was read cannot be: a value out of its range, a count that does not fit.
  void refuse() { ok_ = false; }
  std::size_t bytes_left() const { return in_.size(); }

  template <class... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }

  template <class Container>
  void sequence(Container& container, std::size_t length_max) {
    std::uint32_t length = 0;
    field(length);
    // Every element takes at least one byte, so a length beyond the bytes left is a lie: refuse before allocating.
    if (!ok_ || length > length_max || length > in_.size()) return refuse();
    container.resize(length);
    if constexpr (plain_row<Container>) {
      take_row(container);
    } else {
      for (auto& element : container) field(element);
    }
  }

private:
  template <class Row>
  void take_row(Row& row) {
    const std::size_t bytes = row.size() * sizeof(typename Row::value_type);
    if (!ok_ || in_.size() < bytes) return refuse();
    if (bytes != 0) std::memcpy(row.data(), in_.data(), bytes);
    in_.remove_prefix(bytes);
  }
  template <class T>
  void field(T& value) {
    if constexpr (plain_field<std::remove_cv_t<T>>) {
      if (!ok_ || in_.size() < sizeof(T)) return refuse();
      if constexpr (std::is_same_v<std::remove_cv_t<T>, bool>) {
        value = in_[0] != 0;  // any other byte in a bool is undefined behaviour
      } else {
        std::memcpy(&value, in_.data(), sizeof(T));
      }
      in_.remove_prefix(sizeof(T));
    } else {
      value.visit_state(*this);
    }
  }
  template <class T, std::size_t N>
  void field(std::array<T, N>& values) {
    if constexpr (plain_row<std::array<T, N>>) {
      take_row(values);
    } else {
      for (auto& value : values) field(value);
    }
  }
  void field(std::string& text) { sequence(text, 1U << 20U); }

  std::string_view in_;
  bool ok_ = true;
};

}  // namespace spindrift
