// Empties a step, and keeps its memory.
#include "server/worker/step.hpp"

namespace spindrift::worker {

void step::clear() {
  bytes.clear();
  sends.clear();
  chunks.clear();
  commit.reset();
  deletions.clear();
  pauses.clear();
  resumes.clear();
  seeks.clear();
  positions.clear();
  fences.clear();
  snapshots.clear();
  released.clear();
  starts_anew.reset();
  stops.reset();
  notices.clear();
}

}  // namespace spindrift::worker
