// A batch that begins, ends and is emptied: here, where what became of its points is known.
#include "server/engine/batch.hpp"

#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {

batch::batch() = default;
batch::~batch() = default;
batch::batch(batch&&) noexcept = default;
batch& batch::operator=(batch&&) noexcept = default;

void batch::clear() {
  points.clear();
  outcomes.clear();
  told.clear();
  by_feature.clear();
  names.clear();
  sender = nullptr;
}

refusal batch::why(std::size_t i) const {
  return outcomes[i].why;
}
bool batch::is_late(std::size_t i) const {
  return outcomes[i].why == refusal::none && outcomes[i].what.late;
}

}  // namespace spindrift
