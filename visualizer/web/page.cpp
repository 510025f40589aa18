#include "visualizer/web/page.hpp"

#include <openssl/evp.h>

#include <array>

namespace spindrift {
namespace {

// Colours as in script.cpp; the dark ones are lighter, so that they stay legible.
constexpr std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --ground: #f4f6f9; --panel: #ffffff; --edge: #dfe3ea; --text: #1b1f27; --pale: #5c6470; --grid: #e9ecf1;
  --value: #1f4fd8; --band: #d5e3fb; --anomaly: #e01b24; --drift: #8e24aa; --alarm: #ff8c00; --label: #303030;
  --good: #1a7f37; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f131a; --panel: #171c25; --edge: #2a313d; --text: #e6e9ef; --pale: #98a2b3; --grid: #232a35;
    --value: #7aa2ff; --band: #22365f; --anomaly: #ff5a5f; --drift: #d07be8; --alarm: #ffa733; --label: #d5dae2;
    --good: #4cc26b; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--ground); color: var(--text); font: 14px/1.4 system-ui, sans-serif; padding: 0.9rem; }
.top { display: flex; flex-wrap: wrap; gap: 0.4rem 1.1rem; align-items: baseline; padding: 0 0.2rem 0.8rem; }
h1 { font-size: 1.15rem; font-weight: 650; letter-spacing: -0.01em; }
.state::before { content: "\25cf\00a0"; color: var(--bad); }
.state.good::before { color: var(--good); }
.pale, .figures { color: var(--pale); font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin-left: auto; color: var(--pale); font-size: 0.85rem;
  padding: 0; list-style: none; }
.legend li { display: flex; gap: 0.4rem; align-items: center; white-space: nowrap; }
.legend svg { width: 22px; height: 14px; }
#board { display: grid; gap: 0.8rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
.panel { background: var(--panel); border: 1px solid var(--edge); border-radius: 8px; padding: 0.6rem 0.7rem 0.4rem;
  min-width: 0; }
.panel header { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; align-items: baseline; }
.panel h2 { font-size: 0.95rem; font-weight: 600; overflow-wrap: anywhere; unicode-bidi: isolate; }
.figures { font-size: 0.82rem; }
.panel canvas { display: block; width: 100%; height: 15rem; touch-action: pan-y; }
#board.single canvas { height: min(70vh, 32rem); }
.empty { padding: 4rem 1rem; text-align: center; color: var(--pale); }
[hidden] { display: none; }
@media (max-width: 40rem) {
  body { padding: 0.5rem; }
  .legend { margin-left: 0; gap: 0.1rem 0.8rem; }
  .panel canvas { height: 12rem; }
}
)css";

constexpr std::string_view head = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>spindrift</title>
<link rel="icon" href="data:,">
)html";

constexpr std::string_view body = R"html(</head>
<body>
<div class="top">
<h1>spindrift</h1>
<span id="server" class="pale"></span>
<span id="state" class="state" role="status">connecting</span>
<span id="notice" class="pale"></span>
<ul class="legend" aria-label="Legend">
<li><svg aria-hidden="true"><path d="M1 9 L7 5 L14 9 L21 4" fill="none" stroke="var(--value)" stroke-width="2"/></svg>
value</li>
<li><svg aria-hidden="true"><rect y="2" width="22" height="10" fill="var(--band)"/></svg>
<span id="band">expected</span></li>
<li><svg aria-hidden="true"><circle cx="11" cy="7" r="4" fill="var(--anomaly)"/></svg>anomaly</li>
<li><svg aria-hidden="true"><path d="M11 0 V14" stroke="var(--drift)" stroke-width="2.5"/></svg>drift</li>
<li><svg aria-hidden="true"><path d="M6 3 H16 L11 12 Z" fill="var(--alarm)"/></svg>alarm</li>
<li><svg aria-hidden="true"><circle cx="11" cy="7" r="5" fill="none" stroke="var(--label)" stroke-width="1.4"/></svg>
labelled</li>
</ul>
</div>
<main id="board"></main>
<p id="empty" class="empty">No verdict yet.</p>
<noscript><p class="empty">This page draws with JavaScript, which is switched off.</p></noscript>
)html";

// What a policy calls 'sha256-…': of the bytes between the tags.
std::string hash_source(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned digest_bytes = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &digest_bytes, EVP_sha256(), nullptr);
  std::array<unsigned char, 4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1> base64{};
  const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest_bytes));
  std::string source = "'sha256-";
  for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) source += static_cast<char>(base64[i]);
  return source + '\'';
}

}  // namespace

web_page make_page() {
  web_page made;
  made.html.append(head).append("<style>").append(style).append("</style>\n").append(body);
  made.html.append("<script>").append(page_script()).append("</script>\n</body>\n</html>\n");
  made.content_security_policy = "default-src 'none'; script-src " + hash_source(page_script()) + "; style-src " +
                                 hash_source(style) +
                                 "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                                 "frame-ancestors 'none'";
  return made;
}

}  // namespace spindrift
