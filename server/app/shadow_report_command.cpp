// Fetches the page of the shadow.
#include "server/app/shadow_report_command.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/endpoint.hpp"
#include "server/app/config.hpp"
#include "server/app/server_link.hpp"
#include "server/app/shadow_page.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds patience{10};
constexpr std::size_t answer_bytes_max = std::size_t{64} << 20U;

constexpr std::string_view reporting = "spindriftd shadow-report";

// The whole answer, or what went wrong.
struct answer {
  std::string text;
  std::string wrong;
};

answer fetch(const endpoint& from, const std::string& request) {
  asio::io_context context;
  tcp::resolver resolver(context);
  tcp::socket socket(context);
  boost::system::error_code failed;
  const auto found = resolver.resolve(from.host, std::to_string(from.port), failed);
  if (failed) return {{}, failed.message()};
  answer made;
  const auto read = [&](boost::system::error_code wrong, std::size_t) {
    if (wrong && wrong != asio::error::eof) made.wrong = wrong.message();
  };
  made.wrong = "no answer within 10 s";
  asio::async_connect(socket, found, [&](boost::system::error_code wrong, const tcp::endpoint&) {
    made.wrong = wrong ? wrong.message() : std::string();
    if (wrong) return;
    asio::async_write(socket, asio::buffer(request), [&](boost::system::error_code cut, std::size_t) {
      if (cut) made.wrong = cut.message();
      if (!cut) asio::async_read(socket, asio::dynamic_buffer(made.text, answer_bytes_max), read);
    });
  });
  context.run_for(patience);
  if (!context.stopped()) made.wrong = "no answer within 10 s";
  return made;
}

}  // namespace

bool is_shadow_report_command(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "shadow-report";
}

int run_shadow_report_command(int argc, const char* const* argv) {
  config settings;
  bool is_json = false;
  option_set options("spindriftd shadow-report",
                     "prints which notices would be gone and which new with the settings of --shadow, as the server "
                     "that answers at --http has found until now");
  declare(settings, options);
  options.add_action("--json", "one JSON object in place of words", is_json);
  const parse_result parsed = options.parse(argc - 1, argv + 1);
  if (!parsed.proceeds) return tell(parsed);
  const auto where = settings.http == "off" ? std::nullopt : endpoint_meant(settings.http);
  if (!where || where->port == 0) {
    return refuse(reporting, "--http: " + settings.http + ": give the address at which the server that runs is asked",
                  exit_usage);
  }
  const std::string token = server_link::token();
  const std::string request = "GET " + std::string(shadow_page_path) + (is_json ? "" : "?format=text") +
                              " HTTP/1.1\r\nHost: " + to_text(*where) + "\r\nConnection: close\r\n" +
                              (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
  const answer got = fetch(*where, request);
  if (!got.wrong.empty()) return refuse(reporting, to_text(*where) + ": " + got.wrong, exit_failure);
  const std::size_t end = got.text.find("\r\n\r\n");
  if (end == std::string::npos)
    return refuse(reporting, to_text(*where) + ": what answers is no server of ours", exit_failure);
  const std::string body = got.text.substr(end + 4);
  const bool is_good = got.text.starts_with("HTTP/1.1 200 ");
  if (!is_good) return refuse(reporting, to_text(*where) + ": " + body.substr(0, body.find('\n')), exit_failure);
  return print(body);
}

}  // namespace spindrift
