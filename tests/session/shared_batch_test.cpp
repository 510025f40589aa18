// Sessions that gather their points into one batch, against sessions that advance one after the other.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/engine/outcome.hpp"
#include "server/session/session.hpp"
#include "tests/session/little_server.hpp"
#include "tests/support/noise.hpp"
#include "tests/support/wire.hpp"

namespace spindrift::support {
namespace {

constexpr std::size_t parties = 6;

// What everybody could hear of.
struct listening_sink final : sink {
  need needs() override { return {.always = verdict_lines}; }
  void offer(const intake& passed) override {
    for (std::size_t i = 0; i < passed.size(); ++i) {
      if (passed.points.outcomes[i].why != refusal::none) continue;
      lines += passed.line(i);
      const verdict& judged = passed.points.outcomes[i].what;
      if (!judged.is_event()) continue;
      events.append(judged.subject.stream).append(judged.feature).append(std::to_string(judged.n)).append("\n");
    }
  }
  std::string lines;
  std::string events;
};

// Some clients of one server; what each was told, and what subscribers would have heard.
class table {
public:
  explicit table(const little_server::settings& settings) : home_(settings) {
    home_.admission.known["all"] = std::make_shared<identity>(identity{"all", {"*"}, {"*"}});
    home_.admission.known["some"] = std::make_shared<identity>(identity{"some", {"s0", "s1", "m*"}, {}});
    home_.way().add_sink(heard_);
    for (std::size_t i = 0; i < parties; ++i) seats_.push_back(std::make_unique<seat>(home_, workspace_, i + 1));
  }

  // Bytes come for all of them at once.
  void receive(const std::vector<std::string>& bytes) {
    for (std::size_t i = 0; i < parties; ++i) {
      if (!seats_[i]->is_closed) give(seats_[i]->received, bytes[i], whole(), [] {});
    }
  }

  void advance_one_by_one() {
    for (const auto& each : seats_) advance(*each);
  }

  void advance_together() {
    std::vector<seat*> unanswered;
    workspace_.clear();
    const auto answer_all = [&] {
      home_.way().ingest(workspace_.taken, home_.now);
      home_.way().publish(workspace_.taken);
      for (seat* each : unanswered) {
        step out;
        each->conversation.answer_gathered(out);
        carry_out(*each, out);
      }
      unanswered.clear();
    };
    for (const auto& each : seats_) {
      if (each->is_closed) continue;
      if (each->conversation.gather(each->received)) {
        unanswered.push_back(each.get());
        continue;
      }
      answer_all();
      advance(*each);
      workspace_.clear();
    }
    answer_all();
  }

  little_server& home() { return home_; }
  const std::string& replies(std::size_t of) const { return seats_[of]->replies; }
  const std::string& feed() const { return heard_.lines; }
  const std::string& events() const { return heard_.events; }

private:
  struct seat {
    seat(const little_server& home, session_workspace& workspace, std::uint64_t number)
        : conversation(home.environment(), workspace, number) {}
    inbox received;
    session conversation;
    std::string replies{};
    bool is_closed = false;
  };

  void advance(seat& who) {
    bool has_more = true;
    while (has_more && !who.is_closed) {
      step out;
      who.conversation.advance(who.received, home_.now, out);
      carry_out(who, out);
      home_.now.steady_ms += out.pause.count();
      has_more = out.has_more;
    }
  }

  void carry_out(seat& who, const step& out) {
    who.replies += out.replies;
    who.is_closed = out.closes.has_value();
  }

  little_server home_;
  listening_sink heard_;
  session_workspace workspace_{home_.way()};
  std::vector<std::unique_ptr<seat>> seats_;
};

std::string random_number(noise_source& noise) {
  return std::to_string(noise.chance(0.02) ? 1'000 : noise.below(20));
}

std::string random_frame(noise_source& noise, std::uint64_t& seq) {
  const std::string seq_text = noise.chance(0.5) ? ",\"seq\":" + std::to_string(++seq) : "";
  if (noise.chance(0.2)) {
    const std::string a = "\"a\":" + random_number(noise);
    const std::string b = "\"\\u0062\":" + random_number(noise);
    return R"({"stream":"m","values":{)" + (noise.chance(0.5) ? a + "," + b : b + "," + a) + "}" + seq_text + "}\n";
  }
  if (noise.chance(0.03)) return "{\"stream\":\"s1\"}\n";
  if (noise.chance(0.03)) return "{\"op\":\"ping\"}\n";
  if (noise.chance(0.01))
    return R"({"op":"hello","token":"all"})"
           "\n";
  if (noise.chance(0.01)) return R"({"op":"hello","token":"all","producer":"p)" + random_number(noise) + "\"}\n";
  return "{\"stream\":\"s" + std::to_string(noise.below(4)) + "\",\"value\":" + random_number(noise) + seq_text + "}\n";
}

class shared_batch : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(session, shared_batch, testing::Bool(),
                         [](const auto& chosen) { return chosen.param ? "with_tokens" : "open"; });

TEST_P(shared_batch, gives_what_sessions_one_after_the_other_give) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    little_server::settings settings;
    settings.needs_token = GetParam();
    settings.engine.name_seed = seed;
    if (noise_source(seed).chance(0.3)) settings.bad_frames_per_s = 1;
    table alone(settings);
    table together(settings);
    noise_source noise(seed);
    std::vector<std::uint64_t> seqs(parties);
    std::vector<std::string> hellos(parties, GetParam() ? R"({"op":"hello","token":"some"})"
                                                          "\n"
                                                        : "");
    alone.receive(hellos);
    together.receive(hellos);
    for (int round = 0; round < 30; ++round) {
      std::vector<std::string> bytes(parties);
      for (std::size_t i = 0; i < parties; ++i) {
        const std::uint64_t frames = noise.chance(0.05) ? 700 : noise.below(8);
        for (std::uint64_t k = 0; k < frames; ++k) bytes[i] += random_frame(noise, seqs[i]);
      }
      const bool refuses = noise.chance(0.1);
      alone.home().journal.refuses = together.home().journal.refuses = refuses;
      alone.receive(bytes);
      together.receive(bytes);
      alone.advance_one_by_one();
      together.advance_together();
      alone.home().now.steady_ms = together.home().now.steady_ms += 100;
    }
    for (std::size_t i = 0; i < parties; ++i) EXPECT_EQ(together.replies(i), alone.replies(i));
    EXPECT_EQ(together.feed(), alone.feed());
    EXPECT_EQ(together.events(), alone.events());
    EXPECT_EQ(together.home().journal.entries, alone.home().journal.entries);
    EXPECT_NE(together.feed(), "");
    EXPECT_NE(together.events(), "");
  }
}

TEST(shared_batch, counts_no_point_as_that_of_a_named_producer_before) {
  table together({});
  const std::string hello = R"({"op":"hello","producer":"p"})"
                            "\n";
  const std::string numbered = R"({"stream":"a","value":1,"seq":1})"
                               "\n";
  const std::string plain = R"({"stream":"a","value":1})"
                            "\n";
  together.receive({plain, hello + numbered, plain, plain, "", ""});
  together.advance_together();
  together.receive({plain, "", "", "", "", ""});
  together.advance_together();
  EXPECT_EQ(together.home().journal.entries, " a 1\np a 2\n a 3\n a 4\n a 5\n");
}

}  // namespace
}  // namespace spindrift::support
