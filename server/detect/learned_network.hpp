// What several streams have learned together: the weights of one detector, for points of one number of values. How a
// stream is judged by them, in what units and against which errors, is its own.
//
// Owned by shared_networks.hpp and by every stream that looks at it. Its streams are shown their points one after the
// other, on whatever thread: whoever calls sees to it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/detect/archive.hpp"

namespace spindrift {

class learned_network {
public:
  virtual ~learned_network() = default;

  // Appends its state; takes it back, false when the bytes are not, to the last of them, such a state: throw it away
  // then.
  virtual void save(std::string& out) = 0;
  virtual bool restore(std::string_view bytes) = 0;
};

// Weights that have visit_state.
template <class Weights>
class network_of final : public learned_network {
public:
  template <class... Sizes>
  explicit network_of(Sizes... sizes) : weights_(sizes...) {}

  void save(std::string& out) override {
    state_writer archive(out);
    archive(weights_);
  }
  bool restore(std::string_view bytes) override {
    state_reader archive(bytes);
    archive(weights_);
    return archive.ok() && archive.bytes_left() == 0;
  }
  // The weights within, which keep the whole alive. `from` is of this kind.
  static std::shared_ptr<Weights> weights_of(const std::shared_ptr<learned_network>& from) {
    return {from, &static_cast<network_of&>(*from).weights_};
  }

private:
  Weights weights_;
};

}  // namespace spindrift
