// spindrift-viz listening to a daemon: the picture it leaves shows what was sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <ranges>
#include <regex>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

struct picture {
  std::size_t pixels = 0;
  std::size_t red = 0;   // of anomalies
  std::size_t blue = 0;  // of the line
  std::vector<std::size_t> blue_by_row{};
  std::vector<std::size_t> blue_by_column{};
};

// Counts pixels near the two colours; drawing with smooth edges mixes them with what is behind.
picture decode(const std::string& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, file.c_str()) == 0) return {};
  image.format = PNG_FORMAT_RGB;
  std::vector<png_byte> bytes(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, bytes.data(), 0, nullptr) == 0) return {};
  picture seen;
  seen.pixels = bytes.size() / 3;
  seen.blue_by_row.resize(image.height);
  seen.blue_by_column.resize(image.width);
  const auto is_near = [](const png_byte* pixel, int red, int green, int blue) {
    constexpr int tolerance = 40;
    return std::abs(pixel[0] - red) < tolerance && std::abs(pixel[1] - green) < tolerance &&
           std::abs(pixel[2] - blue) < tolerance;
  };
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    seen.red += is_near(&bytes[i], 0xe0, 0x1b, 0x24) ? 1U : 0U;
    if (!is_near(&bytes[i], 0x1f, 0x4f, 0xd8)) continue;
    ++seen.blue;
    ++seen.blue_by_row[i / 3 / image.width];
    ++seen.blue_by_column[i / 3 % image.width];
  }
  return seen;
}

class visualizer : public testing::Test {
protected:
  void SetUp() override {
    if (!support::is_in_path("gnuplot")) GTEST_SKIP() << "there is no gnuplot";
  }

  std::vector<std::string> command(const daemon_process& daemon, const std::vector<std::string>& more) const {
    std::vector<std::string> all = {program("spindrift-viz"), "--server", daemon.address(), "--output", file_};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  static bool await_subscriber(const daemon_process& daemon) {
    return eventually([&] { return stats(daemon).at("subscribers") == 1; });
  }

  static void simulate(const daemon_process& daemon) {
    const child_result sim = run_to_end({program("spindrift-sim"), "--server", daemon.address(), "--scenario", "sine",
                                         "--count", "1000", "--rate", "0", "--quiet"});
    EXPECT_EQ(sim.exit_code, 0) << sim.errors;
  }

  // The picture is drawn anew every few seconds while the viewer runs: that is how the test knows what has arrived.
  bool await_picture() const {
    return eventually([&] {
      const picture now = decode(file_);
      return now.red > 20 && now.blue > 500;
    });
  }

  // Ends the viewer as a person does, and looks at what it left.
  picture end(child_process& viewer) const {
    viewer.send_signal(SIGTERM);
    EXPECT_EQ(viewer.wait_exit(), 0) << viewer.errors();
    return decode(file_);
  }

  scratch_folder folder_;
  std::string file_ = folder_.file("plot.png");
};

TEST_F(visualizer, draws_the_line_in_blue_and_the_anomalies_in_red) {
  const daemon_process daemon = start_daemon();
  child_process viewer(command(daemon, {}));
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  simulate(daemon);
  EXPECT_TRUE(await_picture());
  const picture seen = end(viewer);
  EXPECT_GT(seen.pixels, 100'000U) << viewer.errors();
  EXPECT_GT(seen.red, 20U);
  EXPECT_GT(seen.blue, 500U);
}

// Ten lines of a wave, a value a billion times as high, a hole as long as all of them, and as much once more.
TEST_F(visualizer, draws_a_signal_large_beside_an_absurd_value_and_leaves_a_hole_open) {
  const daemon_process daemon = start_daemon();
  child_process viewer(command(daemon, {}));
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  tcp_client producer = daemon.connect();
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    const long long second = i < 200 ? i : i + 300;
    lines += R"({"stream":")" + std::string(120, 'n') + R"(","ts":)" +
             std::to_string(1'764'000'000'000 + 1'000 * second) + R"(,"value":)" +
             (i == 150 ? "1e10" : std::to_string(20 + i % 10)) + "}\n";
  }
  ASSERT_EQ(producer.exchange(lines, 300).size(), 300U);
  EXPECT_TRUE(eventually([&] { return decode(file_).blue > 500; }));
  const picture seen = end(viewer);
  // The line of the legend is a row or two; the signal goes over a good part of the panel.
  const auto rows = std::ranges::count_if(seen.blue_by_row, [](std::size_t count) { return count > 20; });
  EXPECT_GT(rows, 40) << "of " << seen.blue_by_row.size();
  const auto middle = static_cast<std::ptrdiff_t>(seen.blue_by_column.size() / 2);
  const auto hole =
      std::ranges::subrange(seen.blue_by_column.begin() + middle - 50, seen.blue_by_column.begin() + middle + 50);
  // The value beyond has a mark, the hole has nothing but what the legend has above it.
  EXPECT_TRUE(std::ranges::all_of(hole, [](std::size_t count) { return count < 10; }));
}

TEST_F(visualizer, leaves_a_script_with_its_data_and_draws_one_event) {
  const daemon_process daemon = start_daemon();
  const std::string script = folder_.file("plot.gp");
  child_process viewer(command(daemon, {"--dump", script}));
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  tcp_client producer = daemon.connect();
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += R"({"stream":"pump","ts":)" + std::to_string(1'764'000'000'000 + 1'000LL * i) + R"(,"value":)" +
             std::to_string(20 + i % 3 + (i >= 200 ? 30 : 0)) + "}\n";
  }
  ASSERT_EQ(producer.exchange(lines, 300).size(), 300U);
  EXPECT_TRUE(eventually([&] { return decode(file_).blue > 500; }));
  end(viewer);
  std::ifstream in(script);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(text, testing::HasSubstr("set multiplot"));
  EXPECT_THAT(text, testing::HasSubstr("pump"));

  const std::string alone = folder_.file("event.png");
  const std::vector<std::string> asks = {program("spindrift-viz"), "--server", daemon.address(), "--output", alone};
  const auto draw = [&](const std::string& event) {
    std::vector<std::string> all = asks;
    all.insert(all.end(), {"--event", event});
    return run_to_end(all);
  };
  const child_result drawn = draw("pump:1");
  EXPECT_EQ(drawn.exit_code, 0) << drawn.errors;
  EXPECT_GT(decode(alone).blue, 100U);
  EXPECT_EQ(draw("pump:99").exit_code, 1);
  EXPECT_EQ(draw("pump").exit_code, 78);
}

TEST_F(visualizer, ends_by_itself_after_the_time_it_was_given) {
  const daemon_process daemon = start_daemon();
  child_process viewer(command(daemon, {"--seconds", "2"}));
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  simulate(daemon);
  EXPECT_EQ(viewer.wait_exit(), 0) << viewer.errors();
  EXPECT_GT(decode(file_).blue, 500U);
}

TEST_F(visualizer, draws_in_a_terminal_of_ascii_without_complaints) {
  const daemon_process daemon = start_daemon();
  if (!support::is_in_path("script")) GTEST_SKIP() << "there is no script to be a terminal";
  // The terminal is script's; what is drawn there, script repeats on its own output.
  child_process viewer(
      {"script", "-qefc", program("spindrift-viz") + " --server " + daemon.address() + " --term dumb --seconds 3",
       "/dev/null"},
      {.environment = {"LC_ALL=C"}});
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  simulate(daemon);
  EXPECT_EQ(viewer.wait_exit(), 0) << viewer.errors();
  EXPECT_THAT(viewer.output(), testing::HasSubstr("anomalies"));
  EXPECT_THAT(viewer.output() + viewer.errors(), testing::Not(testing::HasSubstr("warning")));
}

// A terminal of tmux that a viewer has; ends with the object.
class tmux_terminal {
public:
  tmux_terminal(const scratch_folder& folder, const std::string& shell_line)
      : call_({"tmux", "-S", folder.file("tmux"), "-f", "/dev/null"}) {
    call({"new-session", "-d", "-x", "100", "-y", "30", shell_line});
  }
  ~tmux_terminal() { call({"kill-server"}); }
  tmux_terminal(const tmux_terminal&) = delete;
  tmux_terminal& operator=(const tmux_terminal&) = delete;

  std::string call(const std::vector<std::string>& more) const {
    std::vector<std::string> all = call_;
    all.insert(all.end(), more.begin(), more.end());
    return run_to_end(all).output;
  }
  std::string text() const { return call({"capture-pane", "-p"}); }
  // After the key the screen says so.
  bool answers(const std::string& key, const std::string& with) const {
    if (!key.empty()) call({"send-keys", key});
    if (eventually([&] { return text().find(with) != std::string::npos; })) return true;
    ADD_FAILURE() << key << ": not " << with << " but\n" << text();
    return false;
  }

private:
  std::vector<std::string> call_;
};

TEST_F(visualizer, obeys_keys_follows_the_size_and_gives_the_terminal_back) {
  if (!support::is_in_path("tmux")) GTEST_SKIP() << "there is no tmux to be a terminal";
  const daemon_process daemon = start_daemon();
  const std::string folder = folder_.file("");
  const tmux_terminal screen(folder_, "cd '" + folder + "' && '" + program("spindrift-viz") + "' --server " +
                                          daemon.address() + " 2>errors; echo \"exit $?\"; stty -a; exec sleep 600");
  ASSERT_TRUE(await_subscriber(daemon));
  tcp_client producer = daemon.connect();
  std::string lines;
  for (int i = 0; i < 120; ++i) {
    for (const char* const name : {"pump", "boiler", "fan", "belt", "oven"}) {
      const bool is_broken = i >= 110 && std::string_view(name) == "oven";
      lines += R"({"stream":")" + std::string(name) + R"(","ts":)" + std::to_string(1'764'000'000'000 + 1'000LL * i) +
               R"(,"value":)" + std::to_string(20 + i % 3 + (is_broken ? 50 : 0)) + "}\n";
    }
  }
  ASSERT_EQ(producer.exchange(lines, 600).size(), 600U);
  EXPECT_TRUE(screen.answers("", "5 streams, the worst first"));
  // A picture made while points still come may show another one.
  const std::regex first_is_oven("\n>[0-9 ]+oven");
  EXPECT_TRUE(eventually([&] { return std::regex_search(screen.text(), first_is_oven); })) << screen.text();
  screen.answers("n", "ADWIN");
  screen.answers("w", "severity");
  screen.answers("+", "zoom 2x");
  screen.answers("[", "back in time");
  screen.answers("Space", "paused");
  screen.answers("/", "/_");
  screen.answers("b", "/b_   paused");
  screen.answers("Enter", "search b");
  screen.answers("s", "saved spindrift-");
  screen.answers("?", "save a picture");
  screen.call({"resize-window", "-x", "60", "-y", "20"});
  EXPECT_TRUE(eventually([&] { return screen.text().find("n p    the next") != std::string::npos; }));
  screen.answers("q", "exit 0");
  // What stty says comes behind it.
  EXPECT_TRUE(eventually([&] { return screen.text().find("rows 20; columns 60") != std::string::npos; }))
      << screen.text();
  std::ifstream errors(folder + "errors");
  const std::string said{std::istreambuf_iterator<char>(errors), {}};
  EXPECT_THAT(said, testing::Not(testing::HasSubstr("gnuplot")));
}

TEST_F(visualizer, gives_the_terminal_back_at_a_signal) {
  if (!support::is_in_path("tmux")) GTEST_SKIP() << "there is no tmux to be a terminal";
  const daemon_process daemon = start_daemon();
  const tmux_terminal screen(folder_, "stty -a >'" + folder_.file("before") + "'; '" + program("spindrift-viz") +
                                          "' --server " + daemon.address() + " 2>'" + folder_.file("errors") +
                                          "'; echo \"exit $?\"; stty -a >'" + folder_.file("after") +
                                          "'; echo done; exec sleep 600");
  ASSERT_TRUE(await_subscriber(daemon));
  EXPECT_TRUE(screen.answers("", "live"));
  screen.answers("C-c", "done");
  const auto read = [&](const std::string& name) {
    std::ifstream in(folder_.file(name));
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  EXPECT_EQ(read("before"), read("after"));
  EXPECT_THAT(read("errors"), testing::Not(testing::HasSubstr("gnuplot")));
}

TEST_F(visualizer, tells_events_line_by_line_where_there_is_no_terminal) {
  const daemon_process daemon = start_daemon();
  child_process viewer({program("spindrift-viz"), "--server", daemon.address(), "--seconds", "2"});
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  tcp_client producer = daemon.connect();
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += R"({"stream":"pump","value":)" + std::to_string(20 + i % 3 + (i >= 200 ? 30 : 0)) + "}\n";
  }
  ASSERT_EQ(producer.exchange(lines, 300).size(), 300U);
  EXPECT_EQ(viewer.wait_exit(), 0) << viewer.errors();
  EXPECT_THAT(viewer.output(), testing::ContainsRegex("pump event 1 open: [a-z]+"));
  EXPECT_THAT(viewer.output(), testing::Not(testing::HasSubstr(": anomaly")));
  EXPECT_THAT(viewer.output(), testing::Not(testing::HasSubstr("\x1b")));
}

// Goal: who asks for a picture of text and has no terminal gets one, at the end, behind the lines.
TEST_F(visualizer, draws_its_last_picture_as_text_into_a_pipe_where_that_was_asked_for) {
  const daemon_process daemon = start_daemon();
  child_process viewer({program("spindrift-viz"), "--server", daemon.address(), "--term", "dumb", "--seconds", "2"});
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  simulate(daemon);
  EXPECT_EQ(viewer.wait_exit(), 0) << viewer.errors();
  const std::string said = viewer.output();
  const std::size_t title = said.find("anomalies");
  ASSERT_NE(title, std::string::npos) << said;
  EXPECT_EQ(said.find("anomalies", title + 1), std::string::npos) << "there is more than one picture";
  EXPECT_THAT(said, testing::HasSubstr("+------"));
  EXPECT_THAT(said, testing::Not(testing::HasSubstr("\x1b")));
}

TEST_F(visualizer, says_why_the_server_gives_it_no_feed) {
  const daemon_process daemon = start_daemon(
      {"--tokens",
       folder_.write("tokens",
                     "eye 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b subscribe=cpu.*\n")});
  const child_result result = run_to_end({program("spindrift-viz"), "--server", daemon.address(), "--seconds", "1",
                                          "--token-file", folder_.write("token", "secret\n"), "--streams", "mem.*"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, testing::ContainsRegex("never connected to .*: waiting: forbidden: "));
}

TEST_F(visualizer, says_of_which_streams_no_verdict_came_for_a_picture) {
  const daemon_process daemon = start_daemon();
  for (const std::vector<std::string>& wanted :
       {std::vector<std::string>{"--output", folder_.file("x.png")}, {"--term", "dumb"}}) {
    std::vector<std::string> line = {
        program("spindrift-viz"), "--server", daemon.address(), "--streams", "nosuch*", "--seconds", "1"};
    line.insert(line.end(), wanted.begin(), wanted.end());
    const child_result result = run_to_end(line);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.errors, testing::HasSubstr("no verdict of \"nosuch*\" came")) << wanted.front();
  }
}

TEST_F(visualizer, ends_when_whoever_read_it_has_gone) {
  const daemon_process daemon = start_daemon();
  child_process viewer(
      {"/bin/sh", "-c",
       "(" + program("spindrift-viz") + " --server " + daemon.address() + "; echo exit $? >&2) | true"});
  EXPECT_EQ(viewer.wait_exit(), 0);
  EXPECT_THAT(viewer.errors(), testing::HasSubstr("exit 0"));
}

TEST_F(visualizer, says_at_once_that_its_picture_has_no_place) {
  child_process viewer({program("spindrift-viz"), "--output", folder_.file("no/such/plot.png")});
  EXPECT_EQ(viewer.wait_exit(), 78);
  EXPECT_THAT(viewer.errors(), testing::HasSubstr("No such file or directory"));
}

TEST_F(visualizer, finds_a_restarted_server_again) {
  auto first = std::make_unique<daemon_process>(program("spindriftd"));
  const std::string address = first->address();
  child_process viewer(command(*first, {}));
  ASSERT_TRUE(await_subscriber(*first)) << viewer.errors();
  first->process().send_signal(SIGKILL);
  first->process().wait_exit();
  const daemon_process second = start_daemon({"--listen", address});
  ASSERT_TRUE(await_subscriber(second)) << viewer.errors();
  simulate(second);
  EXPECT_TRUE(await_picture());
  const picture seen = end(viewer);
  EXPECT_GT(seen.red, 20U);
  EXPECT_GT(seen.blue, 500U);
}

TEST_F(visualizer, shows_the_streams_that_were_asked_for) {
  const daemon_process daemon = start_daemon();
  child_process viewer(command(daemon, {"--streams", "other.*"}));
  ASSERT_TRUE(await_subscriber(daemon)) << viewer.errors();
  simulate(daemon);
  EXPECT_LT(end(viewer).red, 20U) << "there is nothing to show";
}

}  // namespace
}  // namespace spindrift
