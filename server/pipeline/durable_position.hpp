// How far the journal is written and how far it is on the disk: what an acknowledgement waits for.
//
// Implemented by whoever keeps the journal. Any thread; cheap enough to ask for each reply.
#pragma once

#include "server/store/record.hpp"

namespace spindrift {

class durable_position {
public:
  virtual ~durable_position() = default;
  virtual journal_position written_to() const = 0;
  virtual journal_position durable_to() const = 0;
  // The disk has failed: durable_to() will not move again, and what waits for it must not be said.
  virtual bool is_lost() const = 0;
};

}  // namespace spindrift
