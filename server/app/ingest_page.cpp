// The pages that take points.
#include "server/app/ingest_page.hpp"

#include <utility>

#include "server/app/late_release.hpp"
#include "server/clock/clock.hpp"
#include "server/pipeline/pipeline.hpp"
#include "server/sources/http_ingest.hpp"

namespace spindrift {
namespace {

constexpr unsigned unauthorized = 401;

}  // namespace

std::optional<http_response> ingest_page(const http_request& asked, http_ingest& into, const pipeline& way,
                                         std::chrono::milliseconds refusal_delay) {
  ingest_request request{asked.method, asked.path, asked.query, asked.body};
  request.content_type = asked.content_type;
  request.content_encoding = asked.content_encoding;
  request.authorization = asked.authorization;
  auto made = into.answer(request, now());
  if (!made) return std::nullopt;
  http_response answer;
  answer.status = made->status;
  if (!made->content_type.empty()) answer.content_type = std::move(made->content_type);
  answer.body = std::move(made->body);
  if (answer.status == unauthorized) {
    answer.release = released_after(refusal_delay);
    return answer;
  }
  answer.release = [&way, at = way.acknowledged_at()] {
    if (way.is_durable(at)) return http_release::goes;
    return way.is_disk_lost() ? http_release::fails : http_release::not_yet;
  };
  return answer;
}

}  // namespace spindrift
