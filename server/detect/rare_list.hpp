// A list that most objects of its kind never have anything in: eight bytes while it is empty, for the 24 of a vector.
//
// Movable; one thread at a time; pointers into it hold until the next change, as a vector's do. What was asked for is
// given back when the last element goes.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "server/detect/prefetch.hpp"

namespace spindrift {

template <class T>
class rare_list {
public:
  using value_type = T;
  using const_iterator = const T*;

  rare_list() = default;
  explicit rare_list(std::vector<T>&& all) : held_(all.empty() ? nullptr : new std::vector<T>(std::move(all))) {}

  bool empty() const { return held_ == nullptr; }
  std::size_t size() const { return held_ ? held_->size() : 0; }
  T* data() { return held_ ? held_->data() : nullptr; }
  const T* data() const { return held_ ? held_->data() : nullptr; }
  // See prefetch.hpp: first this, then that.
  void prefetch() const { prefetch_object(held_.get()); }
  void prefetch_elements() const { prefetch_bytes(data(), size() * sizeof(T)); }
  T* begin() { return held_ ? held_->data() : nullptr; }
  T* end() { return begin() + size(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  std::reverse_iterator<T*> rbegin() { return std::reverse_iterator<T*>(end()); }
  std::reverse_iterator<T*> rend() { return std::reverse_iterator<T*>(begin()); }
  T& operator[](std::size_t i) { return (*held_)[i]; }
  const T& operator[](std::size_t i) const { return (*held_)[i]; }
  T& back() { return held_->back(); }

  T& push_back(T added) {
    if (!held_) held_ = std::make_unique<std::vector<T>>();
    return held_->emplace_back(std::move(added));
  }
  void erase(const T* one) {
    held_->erase(held_->begin() + (one - data()));
    if (held_->empty()) clear();
  }
  template <class Predicate>
  void erase_if(Predicate&& is_gone) {
    if (held_ && std::erase_if(*held_, is_gone) > 0 && held_->empty()) clear();
  }
  void resize(std::size_t size) {
    if (size == 0) return clear();
    if (!held_) held_ = std::make_unique<std::vector<T>>();
    held_->resize(size);
  }
  void clear() { held_.reset(); }

private:
  std::unique_ptr<std::vector<T>> held_;  // null or not empty
};

}  // namespace spindrift
