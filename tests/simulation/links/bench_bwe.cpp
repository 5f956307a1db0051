// SPDX-License-Identifier: Apache-2.0
// Prints what the estimate of a link reaches in each case, as a table in Markdown.
//
//   bench-bwe [--svg FILE | --traces FOLDER]
//
// --svg draws some of the cases; --traces runs the traces of a folder instead, which may be
// OpenNetLab's (https://github.com/OpenNetLab/gym, alphartc_gym/tests/data).
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "cases.hpp"
#include "drawing.hpp"
#include "traces.hpp"

namespace {

using veche::simulation::Case;
using veche::simulation::Figures;
using veche::simulation::Run;
using veche::simulation::Scenario;

void print_head(const char* title) {
  std::printf(
      "| %s | Notices a fall (ms) | Finds a rise (ms) | Use | Queueing p95 (ms) | Loss | Probes |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
      title);
}

std::string time_of(int64_t ms, bool is_stuck) {
  if (ms > 0) return std::to_string(ms);
  return is_stuck ? "not" : "";
}

void print_row(const std::string& name, const Figures& figures) {
  std::printf("| %s | %s | %s | %.0f %% | %.0f | %.1f %% | %.1f %% |\n", name.c_str(),
              time_of(figures.notice_ms, figures.is_stuck).c_str(),
              time_of(figures.find_ms, figures.is_stuck).c_str(), figures.use * 100,
              figures.queue_p95_ms, figures.loss * 100, figures.probes * 100);
}

void print_rows(const Scenario& scenario, const Run& run) {
  for (size_t i = 0; i < run.figures.size(); ++i) {
    const std::string which = run.figures.size() > 1 ? ", flow " + std::to_string(i + 1) : "";
    print_row(scenario.name + which, run.figures[i]);
  }
}

bool is_drawn(const Case& the_case) {
  for (const char* id : {"fall", "policer", "loss-20", "voice-5-1", "voice-5-6", "video-5-1"}) {
    if (the_case.id == id) return true;
  }
  return false;
}

int run_traces(const std::string& folder) {
  std::string errors;
  const auto scenarios = veche::simulation::read_traces(folder, errors);
  std::fputs(errors.c_str(), stderr);
  if (scenarios.empty()) {
    std::fprintf(stderr, "bench-bwe: no trace in %s\n", folder.c_str());
    return 1;
  }
  // In a trace the capacity always changes: how soon that is noticed has no meaning.
  std::printf("| Trace | Use | Queueing p95 (ms) | Loss |\n| --- | ---: | ---: | ---: |\n");
  for (const Scenario& scenario : scenarios) {
    const Figures figures = run(scenario).figures.front();
    std::printf("| %s | %.0f %% | %.0f | %.1f %% |\n", scenario.name.c_str(), figures.use * 100,
                figures.queue_p95_ms, figures.loss * 100);
  }
  return 0;
}

int run_cases(const std::string& svg) {
  std::vector<std::pair<Scenario, Run>> drawn;
  const auto print = [&](const char* title, const std::vector<Case>& cases) {
    print_head(title);
    for (const Case& the_case : cases) {
      Run result = run(the_case.scenario);
      print_rows(the_case.scenario, result);
      if (is_drawn(the_case)) drawn.emplace_back(the_case.scenario, std::move(result));
    }
    std::printf("\n");
  };
  print("Voice", veche::simulation::voice_cases());
  print("Video: RFC 8867, section", veche::simulation::video_cases());
  if (svg.empty()) return 0;
  std::ofstream file(svg);
  file << veche::simulation::draw(drawn);
  file.close();
  if (file) return 0;
  std::fprintf(stderr, "bench-bwe: cannot write %s\n", svg.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return run_cases("");
  if (argc == 3 && std::strcmp(argv[1], "--svg") == 0) return run_cases(argv[2]);
  if (argc == 3 && std::strcmp(argv[1], "--traces") == 0) return run_traces(argv[2]);
  std::fprintf(stderr, "usage: bench-bwe [--svg FILE | --traces FOLDER]\n");
  return 2;
}
