// A person's word: events marked as expected make the like of them less severe on their stream from then on. Alike is
// the same kind, the same direction and a height between half and twice as large; each mark halves the severity, three
// at most count.
//
// 24 bytes a stream without marks; one thread at a time. At most `marks_max`; then the oldest is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/model/event.hpp"

namespace spindrift {

class mark_memory {
public:
  static constexpr std::size_t marks_max = 16;

  void expect(const event& like);
  // How many marks, up to three, an event is like.
  int count(const event& told) const;
  // Lowers its severity, and says so in its text.
  void apply(event& told) const;

  template <class Archive>
  void visit_state(Archive& archive) {
    archive.sequence(marks_, marks_max);
  }

private:
  struct mark {
    event_kind kind = event_kind::spike;
    event_direction direction = event_direction::none;
    double height = 0;

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(kind, direction, height);
    }
  };

  std::vector<mark> marks_;
};

}  // namespace spindrift
