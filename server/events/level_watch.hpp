// Shifts and trends that no single point shows: what ADWIN's cuts mean. A plain value; one feature, one thread at a
// time.
#pragma once

#include <cstdint>
#include <optional>

#include "server/events/finding.hpp"

namespace spindrift {

class level_watch {
public:
  struct answer {
    std::optional<finding> found{};
    std::uint64_t change_n = 0;  // where the new window begins
  };

  // usual: the scatter of single points, 0 while unknown.
  answer update(const observation& point, double usual);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(begin_ts_);
  }

private:
  std::int64_t begin_ts_ = 0;
};

}  // namespace spindrift
