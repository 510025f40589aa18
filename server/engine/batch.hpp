// Points on their way through the engine together, and what became of each. Owned by the caller (one a shard) and used
// again and again, so that a batch allocates nothing once it has reached its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "common/model/point.hpp"
#include "server/engine/refusal.hpp"

namespace spindrift {

struct feature_verdict;
struct outcome;
struct stream;
struct told_event;
class producer;

// Whoever looks at what was found of points includes outcome.hpp.
struct batch {
  std::vector<point> points;
  std::vector<outcome> outcomes;            // one for each point, in their order, after observe()
  std::vector<told_event> told;             // in the order of their points, after observe()
  std::vector<feature_verdict> by_feature;  // what the outcomes of multivariate points look into
  std::deque<std::string> names;            // of streams of which something is told without a point
  producer* sender = nullptr;               // whose points they are, locked; null: of producers without a name
  std::vector<std::uint64_t> hashes;        // the engine's scratch, as is the next
  std::vector<stream*> streams;

  batch();
  ~batch();
  batch(batch&&) noexcept;
  batch& operator=(batch&&) noexcept;

  void clear();

  // Of the point `i` of `points`, after observe().
  refusal why(std::size_t i) const;  // none: it was judged
  bool is_late(std::size_t i) const;
};

}  // namespace spindrift
