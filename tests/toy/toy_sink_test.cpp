// A sink as somebody would add it: it hears of every batch, keeps what it wants in the bounded queue, and hands that on
// when it drains. In the house app/server.hpp would own it, app/server.cpp add it to the pipelines,
// sinks/CMakeLists.txt build it.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "server/engine/counters.hpp"
#include "server/engine/engine.hpp"
#include "server/pipeline/intake.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/pipeline/sink.hpp"

namespace spindrift {
namespace {

class name_list final : public sink {
public:
  need needs() override { return {}; }
  void offer(const intake& passed) override {
    for (std::size_t i = 0; i < passed.size(); ++i) waiting_.emplace_back(passed.points.points[i].stream);
  }
  void drain() override {
    names.insert(names.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
  }
  std::vector<std::string> names{};

private:
  std::vector<std::string> waiting_{};
};

TEST(toy_sink, hears_of_points_beside_other_sinks) {
  counters counts;
  engine judging(engine_settings{}, counts, nullptr);
  pipeline way(judging);
  name_list first;
  name_list second;
  way.add_sink(first);
  way.add_sink(second);
  intake taken;
  point one;
  one.stream = "load";
  one.value = 1;
  taken.points.points.push_back(one);
  way.ingest(taken, {1'764'000'000'000, 1'000});
  way.publish(taken);
  EXPECT_TRUE(first.names.empty());
  first.drain();
  second.drain();
  EXPECT_EQ(first.names, std::vector<std::string>{"load"});
  EXPECT_EQ(second.names, first.names);
}

}  // namespace
}  // namespace spindrift
