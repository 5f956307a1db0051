// SPDX-License-Identifier: Apache-2.0
// An SVG without anything from outside, legible on light and dark pages.
#include "drawing.hpp"

#include <algorithm>
#include <cstdint>
#include <sstream>

namespace veche::simulation {
namespace {

constexpr int kWidth = 860, kHeight = 190, kLeft = 60, kTop = 34, kRight = 20, kBottom = 24;
constexpr int kPlotWidth = kWidth - kLeft - kRight, kPlotHeight = kHeight - kTop - kBottom;
constexpr double kSecondUs = 1e6;

constexpr const char* kStyle = R"(<style>
text{font:12px sans-serif;fill:#888}
.name{font-weight:bold}
.grid{stroke:#888;stroke-opacity:.3}
.capacity{fill:#888;fill-opacity:.2;stroke:none}
.estimate{fill:none;stroke:#d9662b;stroke-width:1.6}
.sent{fill:none;stroke:#2b7bd9;stroke-width:1.6}
.queue{fill:#c33;fill-opacity:.35;stroke:none}
</style>
)";

class Panel {
 public:
  Panel(const Scenario& scenario, const Run& run, int top)
      : scenario_(scenario), samples_(run.samples.front()), top_(top) {
    for (const Sample& sample : samples_) {
      most_bps_ =
          std::max<double>(most_bps_, std::max(sample.state.capacity_bps, sample.media_bps));
    }
    most_bps_ *= 1.15;
  }

  void draw(std::ostream& out) const {
    out << "<text class=\"name\" x=\"" << kLeft << "\" y=\"" << top_ + 20 << "\">" << scenario_.name
        << "</text>\n";
    for (const int part : {0, 1, 2}) {
      const double bps = most_bps_ * part / 2;
      out << "<path class=\"grid\" d=\"M" << kLeft << ' ' << y(bps) << 'h' << kPlotWidth
          << "\"/><text text-anchor=\"end\" x=\"" << kLeft - 6 << "\" y=\"" << y(bps) + 4 << "\">"
          << static_cast<int64_t>(bps / 1000) << "k</text>\n";
    }
    for (int64_t s = 0; s <= scenario_.duration_s; s += 10) {
      out << "<text text-anchor=\"middle\" x=\"" << x(static_cast<double>(s) * kSecondUs)
          << "\" y=\"" << top_ + kHeight - 8 << "\">" << s << " s</text>\n";
    }
    draw_capacity(out);
    draw_queue(out);
    draw_line(out, "estimate", [](const Sample& s) { return s.state.capacity_bps; });
    draw_line(out, "sent", [](const Sample& s) { return s.media_bps; });
  }

 private:
  int x(double time_us) const {
    const double end_us = static_cast<double>(scenario_.duration_s) * kSecondUs;
    return kLeft + static_cast<int>(time_us / end_us * kPlotWidth);
  }
  int y(double bps) const {
    const double part = std::min(bps / most_bps_, 1.0);
    return top_ + kTop + static_cast<int>((1 - part) * kPlotHeight);
  }

  void draw_capacity(std::ostream& out) const {
    out << "<path class=\"capacity\" d=\"M" << kLeft << ' ' << y(0);
    for (const RateStep& step : scenario_.bottleneck.rates) {
      out << 'H' << x(static_cast<double>(step.from_us)) << 'V' << y(step.bps);
    }
    out << 'H' << kLeft + kPlotWidth << 'V' << y(0) << "z\"/>\n";
  }
  /// The estimated queue, from the bottom: the panel's height is a second.
  void draw_queue(std::ostream& out) const {
    out << "<path class=\"queue\" d=\"M" << kLeft << ' ' << y(0);
    draw_steps(out, y(0), [this](const Sample& sample) {
      return y(std::min(sample.state.queue_us / kSecondUs, 1.0) * most_bps_);
    });
    out << 'V' << y(0) << "z\"/>\n";
  }
  template <class Value>
  void draw_line(std::ostream& out, const char* name, Value&& value) const {
    const int first = y(value(samples_.front()));
    out << "<path class=\"" << name << "\" d=\"M" << kLeft << ' ' << first;
    draw_steps(out, first, [&](const Sample& sample) { return y(value(sample)); });
    out << "\"/>\n";
  }
  template <class Height>
  void draw_steps(std::ostream& out, int at, Height&& height) const {
    for (const Sample& sample : samples_) {
      const int next = height(sample);
      if (next != at) out << 'H' << x(static_cast<double>(sample.time_us)) << 'V' << next;
      at = next;
    }
    out << 'H' << kLeft + kPlotWidth;
  }

  const Scenario& scenario_;
  const std::vector<Sample>& samples_;
  int top_;
  double most_bps_ = 1000;
};

}  // namespace

std::string draw(const std::vector<std::pair<Scenario, Run>>& runs) {
  constexpr int kLegend = 24;
  std::ostringstream out;
  const size_t height = kLegend + runs.size() * kHeight;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << kWidth << ' ' << height
      << "\">\n"
      << kStyle
      << "<path class=\"estimate\" d=\"M60 14h24\"/><text x=\"90\" y=\"18\">estimate</text>\n"
         "<path class=\"sent\" d=\"M170 14h24\"/><text x=\"200\" y=\"18\">media sent</text>\n"
         "<path class=\"capacity\" d=\"M290 8h24v12h-24z\"/><text x=\"320\" "
         "y=\"18\">capacity</text>\n"
         "<path class=\"queue\" d=\"M400 8h24v12h-24z\"/><text x=\"430\" y=\"18\">estimated "
         "queue, 1 s is the height</text>\n";
  int top = kLegend;
  for (const auto& [scenario, run] : runs) {
    Panel(scenario, run, top).draw(out);
    top += kHeight;
  }
  out << "</svg>\n";
  return out.str();
}

}  // namespace veche::simulation
