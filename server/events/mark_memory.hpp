// A person's word: events marked as expected make the like of them less severe on their stream from then on. Alike is
// the same kind, the same direction and a height between half and twice as large; each mark halves the severity, three
// at most count.
//
// 8 bytes a stream without marks; one thread at a time. At most `marks_max`; then the oldest is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/model/event.hpp"
#include "server/detect/rare_list.hpp"

namespace spindrift {

// How large an event is, in the units of the data: between its levels, else from what was expected.
double height_of(const event& told);

class mark_memory {
public:
  static constexpr std::size_t marks_max = 16;

  bool empty() const { return marks_.empty(); }
  void expect(const event& like);
  // The newest mark that it is like was a mistake.
  void forget(const event& like);
  // How many marks, up to three, an event is like.
  int count(const event& told) const;
  // Its severity with the marks that it is like, and a word of them for its text.
  int lowered(const event& told, int severity) const;
  void mention(event& told) const;

  template <class Archive>
  void visit_state(Archive& archive) {
    archive.sequence(marks_, marks_max);
  }

private:
  struct mark {
    event_kind kind = event_kind::spike;
    event_direction direction = event_direction::none;
    double height = 0;

    bool is_like(const event& told) const;
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(kind, direction, height);
    }
  };

  rare_list<mark> marks_;
};

}  // namespace spindrift
