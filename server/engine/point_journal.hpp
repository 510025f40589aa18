// What writes points ahead for the engine, as the engine sees it. Called under its locks, by any thread.
#pragma once

namespace spindrift {

struct batch;
struct stream;
struct stream_note;

// What the engine asks of a journal: all points of a batch, numbered, in one write. Called under the stripe locks.
class point_journal {
public:
  virtual ~point_journal() = default;
  // points[i] takes part, and has its number in outcomes[i].what.n, where streams[i] is not null. False: nothing was
  // written.
  virtual bool append(const batch& numbered) = 0;
  // The stream is about to be evicted, under its stripe's lock: replay must forget it as well. False: that could not
  // be written, so the stream must stay.
  virtual bool forget(stream& idle) = 0;
  // Replay must hear of it again. Under the stripe's lock. False: that could not be written, so it must not happen.
  virtual bool note(stream& /*of*/, const stream_note& /*said*/) { return true; }
};

}  // namespace spindrift
