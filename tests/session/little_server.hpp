// The server without its sockets: an engine, and sessions that are given bytes and whose replies are collected. It does
// what a connection does with each step, in the same order. One thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/producer_table.hpp"
#include "server/feed/hub.hpp"
#include "server/feed/outbox.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/session/session.hpp"
#include "server/sinks/feed_sink.hpp"
#include "tests/support/wire.hpp"

namespace spindrift::support {

// Facts that a test can foresee.
class little_server_info : public server_info {
public:
  explicit little_server_info(const counters& counts) : counts_(counts) {}
  void append_stats(std::string& out) const override;

private:
  const counters& counts_;
};

// A journal that takes everything, until it is told to refuse.
class little_journal : public point_journal {
public:
  bool append(const batch& what) override;
  bool forget(stream& /*what*/) override { return true; }
  bool refuses = false;
  std::string entries;  // a line for each point: producer, stream, number
};

class little_authenticator : public authenticator {
public:
  std::shared_ptr<const identity> admit(std::string_view token) const override;
  std::map<std::string, std::shared_ptr<const identity>, std::less<>> known;
};

class little_server {
public:
  struct settings {
    engine_settings engine{};
    std::size_t producers_max = 4'096;
    bool needs_token = false;
    bool json_only = false;  // the contract's own frames and nothing else
    std::size_t bad_frames_per_s = 0;
  };

  // One client. What it was told is in `replies`, what came by subscription in `feed`, both as lines.
  struct client : subscriber {
    client(const little_server& home, session_workspace& workspace, std::uint64_t its_number,
           std::size_t frame_bytes_max)
        : number(its_number), received(frame_bytes_max), conversation(home.environment(), workspace, its_number) {}

    std::uint64_t number;
    inbox received;
    session conversation;
    std::string replies{};
    std::string feed{};
    std::optional<outbox> waiting{};
    std::uint64_t subscription = 0;
    void feed_came(std::size_t /*dropped_lines*/) override {
      for (auto piece = waiting->take(); !piece.bytes.empty(); piece = waiting->take()) feed += piece.bytes;
    }
    std::optional<error_code> closed{};
  };

  explicit little_server(const settings& chosen);

  client& connect();
  // The client is gone.
  void disconnect(client& who);
  // Gives bytes in such chunks, and does all that follows.
  void send(client& who, std::string_view bytes, const chunking& chunk);
  // The client's FIN, or a silence after a complete object.
  void finish(client& who);
  // What a connection does once a second.
  void sweep();

  session_environment environment() const;
  // Where everybody's points go, and one more who is told of them.
  pipeline& way() { return pipeline_; }

  moment now{1'764'000'000'000, 1'000'000};
  little_journal journal;
  little_authenticator admission;

private:
  void advance(client& who);
  void carry_out(client& who, step& out);
  void unsubscribe(client& who);

  settings settings_;
  mutable counters counts_;
  little_server_info facts_;
  mutable engine engine_;
  mutable producer_table producers_;
  subscription_list subscriptions_;
  hub hub_;
  std::vector<feed_port*> no_ports_;
  feed_sink feed_;
  pipeline pipeline_;
  session_workspace workspace_;
  std::uint64_t connected_ = 0;
  std::map<std::uint64_t, std::unique_ptr<client>> clients_;
};

}  // namespace spindrift::support
