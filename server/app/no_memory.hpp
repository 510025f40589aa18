// What the process does when the system gives it no more memory (ulimit -v, a control group that refuses): one line on
// stderr, and the end with exit_no_memory. Whatever was answered was written before; only --durability off loses it.
//
// Nothing is unwound: a batch that is half applied has no way back, while the journal has one. For the daemon alone,
// once, before it allocates; any thread may then be the one that runs out.
#pragma once

namespace spindrift {

void end_without_memory();

}  // namespace spindrift
