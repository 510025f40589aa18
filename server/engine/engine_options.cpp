// The option table of the table of streams.
#include "server/engine/engine_options.hpp"

#include "common/cli/options.hpp"
#include "server/engine/engine.hpp"

namespace spindrift {

void declare(engine_settings& settings, option_set& options) {
  options.add_number("--max-streams", "N", "streams at once, 1 to 100000000", settings.streams_max, 1, 100'000'000);
  options.add_milliseconds("--evict-after", "a stream idle for so long may make room for a new one",
                           settings.idle_before_eviction);
}

}  // namespace spindrift
