// The networks that the streams of one `[[stream]]` with `shared` learn together: one for each detector that can
// (registry.hpp) and each number of values, made when a stream first asks for it.
//
//   bytes = 4 length, name, (2 tag, 2 version, 4 values, 4 length, state)*
//
// Owned by the profile of those streams, and kept when the last of them has gone. At most 2 x 64 networks, since a
// point has at most 64 values: 5 KiB for one value, 5 MiB if there are streams of every number. of() may be
// called by any thread; the rest while none of its streams is shown a point. Bytes from outside never throw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/detect/learned_network.hpp"

namespace spindrift {

struct detector_entry;

// The state of a network that was not taken over.
struct network_loss {
  std::string title{};       // of the detector; its tag where that is nobody's
  std::uint16_t found = 0;   // the version in the bytes
  std::uint16_t wanted = 0;  // 0: nobody wants it
  const char* reason = "";
};

class shared_networks {
public:
  // Of what save() writes around the networks' own states.
  static constexpr std::uint32_t state_version = 1;

  // The name says whose they are.
  explicit shared_networks(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  // Of an entry that has make_network.
  std::shared_ptr<learned_network> of(const detector_entry& entry, std::size_t values);

  void save(std::string& out);
  // Before any stream asks. What does not fit is left out, and learned anew. Of bytes of another name nothing is taken.
  std::vector<network_loss> restore(std::string_view bytes);
  // Whose bytes they are; empty where they are nobody's.
  static std::string name_in(std::string_view bytes);

private:
  using key = std::pair<std::uint16_t, std::uint32_t>;  // tag, number of values

  std::string name_;
  std::mutex lock_;
  std::map<key, std::shared_ptr<learned_network>> all_;
};

}  // namespace spindrift
