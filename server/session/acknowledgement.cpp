// Writes acknowledgements.
#include "server/session/acknowledgement.hpp"

#include "common/protocol/encode.hpp"

namespace spindrift {

void acknowledgement::say(std::string& out) {
  out += R"({"type":"ack")";
  if (has_seq_) {
    out += R"(,"seq":)";
    append_number(seq_, out);
  }
  if (frames_ != 0) {
    out += R"(,"frames":)";
    append_number(frames_, out);
  }
  out += "}\n";
  points_ = 0;
  frames_ = 0;
  has_seq_ = false;
}

}  // namespace spindrift
