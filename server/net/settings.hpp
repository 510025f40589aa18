// The limits of the sockets, each with its reason. Plain data; app/config fills in what operators may change.
#pragma once

#include <chrono>
#include <cstddef>

#include "common/protocol/limits.hpp"

namespace spindrift {

struct net_settings {
  // Each costs a descriptor and some 10 KiB when idle; 12,000 leave room under the usual hard limit of 16,384 and more.
  std::size_t connections_max = 12'000;
  std::size_t frame_bytes_max = limits::frame_bytes_max;
  // Time to show a token, where one is needed: a stranger may not hold a descriptor for long.
  std::chrono::milliseconds admission_timeout{10'000};
  // A wrong token is answered this much later, all alike.
  std::chrono::milliseconds refusal_delay{1'000};
  // A frame that was begun must end: a client that drips bytes holds a buffer.
  std::chrono::milliseconds frame_timeout{30'000};
  // Errors that one connection may cause each second, and at once; beyond them it is read more slowly.
  std::size_t bad_frames_per_s = 100;
  // After an object without a line end, silence for this long means that no line end will come.
  std::chrono::milliseconds object_silence{20};
  // An anonymous producer that has not read for this long is muted.
  std::chrono::milliseconds mute_after{5'000};
  // A subscriber that has not taken a byte for this long is closed.
  std::chrono::milliseconds feed_timeout{10'000};
  std::size_t feed_bytes_max = std::size_t{4} * 1024 * 1024;
  // The kernel would grow a subscriber's send buffer to many MiB, which only hides how far behind it is.
  int feed_send_buffer_bytes = 256 * 1024;
  // Dead peers are found by probes when all is quiet, and by unacknowledged data otherwise.
  std::chrono::seconds keepalive_idle{30};
  std::chrono::seconds keepalive_interval{10};
  int keepalive_probes = 3;
  std::chrono::milliseconds unacknowledged_timeout{30'000};
  // After our last byte we read on for this long, so that no reset destroys replies that are still under way.
  std::chrono::milliseconds linger{2'000};
  // At the end: how long clients may take to read their last replies before their connections are cut.
  std::chrono::milliseconds drain_timeout{8'000};
  // After accept failed for want of descriptors: at once would burn a core, never would leave the server deaf.
  std::chrono::milliseconds accept_pause{100};
  // Bulletins posted to another shard and not yet taken there: beyond it they are dropped and counted as gaps.
  std::size_t posted_bulletins_max = 1'024;
};

}  // namespace spindrift
