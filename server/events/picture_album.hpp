// The pictures of what may become an event, from the first point that stands out on: by the time that it is told, what
// was expected of its first points is known to nobody else.
//
// Part of an event_watch. Holds nothing while no value stands out; then, for each feature that does, at most 96 points.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/model/explanation.hpp"
#include "server/detect/rare_list.hpp"
#include "server/events/context_ring.hpp"
#include "server/events/finding.hpp"

namespace spindrift {

class picture_album {
public:
  explicit picture_album(std::size_t context_points) : ring_(context_points) {}

  // For each feature of a point, before anything is told of it. `is_out`: it stands out.
  void follow(const observation& point, std::size_t feature, bool is_out) {
    if (is_out || !drafts_.empty()) follow_drafts(point, feature, is_out);
  }
  // After the features have been followed.
  void end_point(std::int64_t ts, std::span<const double> values) { ring_.add(ts, values); }
  // What is known around a finding of a feature at this point (null: at none, nothing has come).
  event_picture take(const finding& found, const observation* point) const;

  std::vector<context_point> newest_points(std::size_t feature) const { return ring_.points(feature); }
  // Whether a picture wants this point; adds it.
  static bool extend(event_picture& picture, const observation& point);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(ring_);
    archive.sequence(drafts_, context_ring::features_max);
  }

private:
  struct draft {
    std::uint32_t feature = 0;
    bool is_out = true;  // a draft outlives the excursion by the point that ends it
    event_picture picture;

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(feature, is_out, picture);
    }
  };

  void follow_drafts(const observation& point, std::size_t feature, bool is_out);

  rare_list<draft> drafts_;
  context_ring ring_;  // last, as it ends with what a point touches one place of
};

}  // namespace spindrift
