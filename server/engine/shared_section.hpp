// What streams have learned together, or one of these streams, as it goes into a snapshot (shared_streams.cpp). Plain
// data.
#pragma once

#include <string>

#include "server/store/record.hpp"

namespace spindrift {

struct shared_section {
  bool is_network = false;
  std::string name{};             // of the stream; of the networks the entry's
  journal_position position = 0;  // of a stream
  std::string bytes{};
};

}  // namespace spindrift
