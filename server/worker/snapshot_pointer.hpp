// What is committed beside an input offset: which snapshot belongs to it, and whose it is.
//
//   v1 at=<input offset> first=<snapshot offset> last=<snapshot offset> owner=<transactional id>
//
// `at`: the snapshot holds every record before it, so replay begins there; first and last are -1 where there is no
// snapshot yet, owner is `-` where the partition was released. Unknown keys are passed over. Plain; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift::worker {

inline constexpr std::string_view no_owner = "-";

struct snapshot_pointer {
  std::int64_t at = 0;
  std::int64_t first = -1;
  std::int64_t last = -1;
  std::string owner{no_owner};

  bool has_snapshot() const { return first >= 0; }
  bool is_released() const { return owner == no_owner; }
  bool operator==(const snapshot_pointer&) const = default;
};

std::string to_text(const snapshot_pointer& pointer);
// Nothing for what is not of this form.
std::optional<snapshot_pointer> pointer_from(std::string_view metadata);

}  // namespace spindrift::worker
