// The conversation with one client: whole frames in, a step out. No sockets and no clock; the connection feeds the
// inbox, calls advance() with the time, and does what the step says.
//
// Frames are answered in their order, one reply each. Points between two other frames go through the pipeline as one
// batch, in the intake of the workspace: the session fills it and answers from it, and owns no points itself. Sessions
// that have nothing but points can share one: each gathers, the owner of the workspace has the batch ingested, each
// answers; many producers of a few points each then cost one write of the journal together. A command whose answer
// takes long (a listing in slices, the history) makes the frames behind it wait and nobody else. Owned by its
// connection, used on that connection's thread; the environment is shared and outlives all sessions. Bounded: a step
// stops at about replies_bytes_max of replies, at the workspace's turn_frames_max, or a listing, and says that there is
// more; a batch at the pipeline's points_max() of each session that takes part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/protocol/decode.hpp"
#include "common/protocol/inbox.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/producer_table.hpp"
#include "server/formats/parsed.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/session/acknowledgement.hpp"
#include "server/session/authenticator.hpp"
#include "server/session/frame_reader.hpp"
#include "server/session/listing_budget.hpp"
#include "server/session/step.hpp"
#include "server/session/token_bucket.hpp"

namespace spindrift {

class engine;
enum class refusal : std::uint8_t;

// Answers what the session itself does not know.
class server_info {
public:
  virtual ~server_info() = default;
  // Appends `,"key":value` pairs of the server's counters to a stats reply.
  virtual void append_stats(std::string& out) const = 0;
};

struct session_environment {
  engine& observer;  // for listings; points go through the pipeline
  producer_table& producers;
  counters& counts;
  const server_info& info;
  const authenticator* admission = nullptr;  // null: everybody may do everything
  // Errors that one connection may cause a second before it is made to wait, and ten times as many at once; 0: any.
  std::size_t bad_frames_per_s = 0;
  // A step ends when its replies have reached this; half of what a connection may hold unsent.
  std::size_t replies_bytes_max = 128 * 1024;
  // What clients may speak; a listener may have another.
  format_choice formats{};
  // A datagram, the body of a request: what needs a connection (a producer's name, a feed, the history) is refused.
  bool is_one_way = false;

  void take_limits(std::size_t bad_frames_a_second, std::size_t unsent_bytes_max) {
    bad_frames_per_s = bad_frames_a_second;
    replies_bytes_max = unsent_bytes_max / 2;
  }
};

// What sessions of one shard share: only one of them advances at a time, and several may put points into one intake.
struct session_workspace {
  explicit session_workspace(pipeline& points_to) : way(points_to) {}

  pipeline& way;  // outlives the workspace
  decoder frames;
  formats::parsed foreign;  // points of other formats than the contract's
  intake taken;
  std::vector<std::uint64_t> frame_numbers;  // of the points in the intake
  listing_budget listings;
  // Frames that a session takes before it says that there is more, set by the owner each round: where many have much to
  // say, nobody's turn is long.
  std::size_t turn_frames_max = std::numeric_limits<std::size_t>::max();
  std::uint64_t frames_taken = 0;  // by all sessions, ever

  void clear_points() {
    taken.clear();
    frame_numbers.clear();
  }
  // Forgets what was decoded as well, so steps made of it must have been carried out.
  void clear() {
    clear_points();
    frames.reset();
  }
};

class stream_listing;

class session {
public:
  // One text for every way of not being let in: who tries learns nothing from it.
  static constexpr std::string_view unauthorized_text = "say hello with a token that the server knows";

  // `number` names this connection among all of the process, never 0. The workspace is the shard's.
  session(const session_environment& environment, session_workspace& workspace, std::uint64_t number);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  // Takes frames from the inbox until it holds none, the replies are many, or the connection has to act first. Clears
  // the workspace, unless points of this session alone are waiting there to be answered.
  void advance(inbox& from, moment now, step& out);
  // Adds the points at the front of the inbox to the workspace's intake. True: there were some, and the inbox holds no
  // other frame or this turn is over; once the batch was ingested answer_gathered() completes the step. False: there
  // were none, something else comes next, or this session shares no batches (a named producer's points go in under its
  // lock); once the batch was ingested, and the others have answered, advance() goes on from here. No space() of the
  // inbox may be asked for in between.
  bool gather(inbox& from);
  bool has_gathered() const { return gathered_ > 0; }
  void answer_gathered(step& out);
  // The answer to what a step asked; advance() goes on from there.
  void take_answer(const desk_answer& given, step& out);
  // A step has asked, and the answer is not here yet: there is nothing to advance.
  bool is_listing() const { return listing_ != nullptr; }
  bool awaits_answer() const { return asked_.has_value() && listing_ == nullptr; }
  // Once a second, when nothing else is under way: what has stood still is taken as it is, and a client of which
  // nothing was understood is told so and let go. False: there is nothing to carry out.
  bool wait(inbox& from, moment now, step& out);
  // What stands in the inbox is complete, but for its line end.
  bool holds_complete_object(const inbox& from) const {
    return from.holds_complete_object() || reader_.would_complete(from);
  }
  // Another connection said hello for this producer.
  void superseded(step& out);
  // False once the token that let it in is gone, or has other rights.
  bool is_still_admitted() const;
  // Ends the session with this error as its last line.
  void refuse(error_code code, std::string message, step& out);

  // Which verdicts it is told, until a hello says otherwise. Nothing is acknowledged: what the verdicts are asked of
  // ends with its answer.
  void choose_replies(reply_choice wanted) { replies_ = wanted; }

  // A producer that numbers its points waits for its verdicts; it is held back instead of muted when it does not read.
  bool wants_every_reply() const { return said_hello_ || numbers_points_; }
  // Admits it without a hello, by a token that was shown in another way. False: the server does not know it.
  bool admit(std::string_view token);
  bool is_admitted() const { return environment_.admission == nullptr || identity_ != nullptr; }
  // Who it is; null where no token is needed, or none was shown.
  const std::shared_ptr<const identity>& who() const { return identity_; }

private:
  // The frame's number of a point whose producer hears nothing; frames are counted from 1.
  static constexpr std::uint64_t no_reply = 0;

  bool may_take_points() const { return is_admitted() && reader_.is_plain() && unknown_.empty(); }
  void take_points(inbox& from, std::size_t gathered_max);
  bool take_usual_point(inbox& from);
  bool take_usual_object(std::string_view bytes);
  bool may_take(const point& measured) const;
  void take_next(const point& measured);
  bool take_usual_line(std::string_view bytes);
  // Of a named producer: above all before it, and not too far.
  bool is_next(std::uint64_t seq) const;
  void take(const frame_reader::taken& taken, std::size_t first_foreign, moment now, step& out);
  void take_frame(frame taken, moment now, step& out);
  bool is_no_point_yet(std::size_t first) const;
  void take_foreign(std::size_t first, moment now, step& out);
  void take_unknown(const frame_reader::taken& taken, moment now, step& out);
  void release_unknown(step& out);
  void say_last_words(step& out);
  void note_faults(std::string_view line, moment now, step& out);
  bool wants_foreign_replies() const { return said_hello_ || environment_.formats.always_replies; }
  void speak_contract() {
    spoke_own_ = true;
    if (!spoke_foreign_) reader_.keep_to_contract();
  }
  bool is_understood() const { return spoke_own_ || spoke_foreign_; }
  void take_point(const point& taken, moment now, step& out);
  void count_frames(std::uint64_t more);
  void add_point(const point& added, std::uint64_t frame_number);
  void forget_gathered();
  bool take_repeated(const point& taken, step& out);
  void flush(moment now, step& out);
  void flush_full(moment now, step& out);
  void take_command(const command_frame& ordered, step& out);
  void go_on_listing(moment now, step& out);
  void answer(std::size_t i, step& out);
  void answer_points(step& out);
  void note_taken(std::uint64_t seq, std::uint64_t frame_number, step& out);
  void acknowledge(step& out) { taken_.append_to(out.replies); }
  void count_silent(refusal why);
  void count_foreign();
  void complain(const protocol_error& fault, std::uint64_t frame_number, step& out);
  void close(const protocol_error& fault, std::uint64_t frame_number, step& out);

  // One reply for each kind of command, in session_command.cpp.
  struct command_replies;

  session_environment environment_;
  session_workspace& workspace_;
  std::uint64_t number_;
  std::uint64_t frames_ = 0;
  std::shared_ptr<producer> named_;
  std::uint64_t newest_seq_ = 0;  // of the named producer, the batch under way counted
  std::shared_ptr<const identity> identity_;
  reply_choice replies_ = reply_choice::all;
  bool acknowledges_ = false;  // what is not told a verdict
  acknowledgement taken_;
  bool said_hello_ = false;
  bool numbers_points_ = false;
  token_bucket bad_frames_;
  moment now_{};                    // of the last advance
  std::size_t first_gathered_ = 0;  // in the workspace's intake
  std::size_t gathered_ = 0;        // points of this session from there on, not answered yet
  bool has_more_gathered_ = false;  // its turn was over before the inbox was empty
  frame_reader reader_;
  bool spoke_own_ = false;      // frames of the contract
  bool spoke_foreign_ = false;  // points of another format
  bool is_silent_ = false;      // the points being added get no replies
  bool learns_ = false;         // its points are of the past: told to nobody
  // Before anything was understood: the first frame has got its error, those of the others are kept until it is clear
  // whether a frame that is understood comes at all.
  bool is_waiting_client_ = false;  // no other frame has come behind the one that is being taken
  bool has_unknown_ = false;
  std::vector<std::pair<std::uint64_t, protocol_error>> unknown_;
  std::string first_unknown_;
  std::int64_t unknown_since_ms_ = 0;
  std::size_t unread_before_ = 0;    // bytes that stood in the inbox when wait() last looked
  std::uint64_t frames_before_ = 0;  // frames that had come by then
  std::int64_t noted_ms_ = 0;        // when a line was last handed over to be logged
  std::uint64_t faults_seen_ = 0;    // of the workspace's
  std::optional<inbox::cut> held_;   // cut by gather(), for advance()
  std::string_view answers_as_;      // the type of the reply that is awaited
  std::optional<command_id> asked_;  // of the command whose answer is awaited, or the listing under way
  std::unique_ptr<stream_listing> listing_;
};

}  // namespace spindrift
