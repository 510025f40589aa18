// The limits of the sockets, each with its reason. Plain data; app/config fills in what operators may change.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "common/model/limit.hpp"

namespace spindrift {

struct net_settings {
  // Each costs a descriptor and some 10 KiB when idle; 12,000 leave room under the usual hard limit of 16,384 and more.
  std::size_t connections_max = 12'000;
  std::size_t frame_bytes_max = model::frame_bytes_max;
  // Time to show a token, where one is needed: a stranger may not hold a descriptor for long.
  std::chrono::milliseconds admission_timeout{10'000};
  // TLS handshakes under way at once: each costs some 80 KiB before anything is known of the client. Beyond it the
  // oldest goes; whoever means it is through in a few milliseconds.
  std::size_t handshakes_max = 512;
  // A wrong token is answered this much later, all alike.
  std::chrono::milliseconds refusal_delay{1'000};
  // A frame that was begun must end: a client that drips bytes holds a buffer.
  std::chrono::milliseconds frame_timeout{30'000};
  // Errors that one connection may cause each second, and at once; beyond them it is read more slowly.
  std::size_t bad_frames_per_s = 100;
  // After an object without a line end, silence for this long means that no line end will come.
  std::chrono::milliseconds object_silence{20};
  // What one round of a thread may take in frames, shared alike by all that have their turns in it: a client with one
  // point waits for no more than two rounds, whoever else sends as much as it can. So many frames as took about that
  // long of late, but no fewer and no more than these, and no fewer a turn.
  std::chrono::microseconds round_time{4'000};
  std::size_t round_frames_min = 256;
  std::size_t round_frames_max = 8'192;
  std::size_t turn_frames_min = 16;
  // Replies that one connection may have unsent, here and in the kernel each; then it is not read from. Enough for the
  // 1,024 verdicts that a producer with a name may wait for, and what a slow reader can still be sent at the end.
  std::size_t unsent_bytes_max = 256 * 1024;
  // A connection that has its next turn at once lets its replies come to so many before it writes.
  std::size_t write_bytes_min = 32 * 1024;
  // An anonymous producer is read on while its replies stand still, up to so many bytes of them; but only so many
  // connections of a thread may have more than unsent_bytes_max. 16,000 verdicts: a burst that is read late loses none.
  std::size_t held_bytes_max = std::size_t{2} * 1024 * 1024;
  std::size_t holders_max = 64;
  // One that has taken nothing for this long is muted. Where what it leaves unread has no more room it is made to wait
  // for so much of that at most: long enough for whoever reads at all, on this side of the earth.
  std::chrono::milliseconds mute_after{5'000};
  std::chrono::milliseconds standstill_max{500};
  // A subscriber that has not taken a byte for this long is closed.
  std::chrono::milliseconds feed_timeout{10'000};
  std::size_t feed_bytes_max = std::size_t{4} * 1024 * 1024;
  // Of all subscribers together, in equal parts; a sixteenth of the ceiling of memory where there is one.
  std::size_t all_feeds_bytes_max = std::numeric_limits<std::size_t>::max();
  // The kernel would grow a subscriber's send buffer to many MiB, which only hides how far behind it is.
  std::uint64_t feed_send_buffer_bytes = 256 * 1024;
  // Dead peers are found by probes when all is quiet, and by unacknowledged data otherwise.
  std::uint64_t keepalive_idle_s = 30;
  std::uint64_t keepalive_interval_s = 10;
  std::uint64_t keepalive_probes = 3;
  std::chrono::milliseconds unacknowledged_timeout{30'000};
  // After our last byte we read on for this long, so that no reset destroys replies that are still under way.
  std::chrono::milliseconds linger{2'000};
  // Connections beyond the limit that may be told so at once; more are closed without a word, since each costs a
  // descriptor while it lingers.
  std::size_t refused_max = 64;
  // At the end: how long clients may take to read their last replies before their connections are cut.
  std::chrono::milliseconds drain_timeout{8'000};
  // After accept failed for want of descriptors: at once would burn a core, never would leave the server deaf.
  std::chrono::milliseconds accept_pause{100};
  // Clients come through a proxy that says for whom it speaks; a listener may say otherwise.
  bool is_proxied = false;
  // Batches posted to another shard and not yet taken there: beyond it they are dropped and counted as gaps.
  std::size_t posted_batches_max = 1'024;
};

}  // namespace spindrift
