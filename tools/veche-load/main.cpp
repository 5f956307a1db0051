// SPDX-License-Identifier: Apache-2.0
// veche-load: many participants in one process, against a running server.
#include <glib-unix.h>
#include <gst/gst.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <optional>

#include "base/descriptor.hpp"
#include "options.hpp"
#include "report.hpp"
#include "run.hpp"
#include "verdict.hpp"

namespace {

using namespace veche;
using namespace veche::load;

constexpr int kBad = 1, kUsage = 2, kGeneratorLate = 3;

/// A client needs about ten descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int fail(const Error& error, int code) {
  fprintf(stderr, "veche-load: %s\n", error.message.c_str());
  return code;
}

Result<Results> execute(const Options& options) {
  std::optional<BareLoop> bare_loop;
  if (options.bare) {
    // Before the load, so that neither disturbs the other.
    const Result<BareLoop> measured =
        measure_bare_loop(options.participants, options.rooms, options.talkers);
    if (!measured) return measured.error();
    bare_loop = *measured;
  }
  Result<Voice> voice = Voice::encode(options.voice);
  if (!voice) return voice.error();
  glib::ControlLoop loop;
  Run run(loop, options, *std::move(voice));
  const auto on_signal = [](gpointer data) -> gboolean {
    static_cast<Run*>(data)->interrupt();
    return G_SOURCE_REMOVE;  // The second signal ends the program.
  };
  const guint source = g_unix_signal_add(SIGINT, on_signal, &run);
  const Status status = run.execute();
  if (GSource* left = g_main_context_find_source_by_id(nullptr, source)) g_source_destroy(left);
  if (!status) return status.error();
  Results results = run.results();
  results.bare_loop = bare_loop;
  return results;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  const Result<Options> options = parse_options(argc, argv);
  if (!options) return fail(options.error(), kUsage);
  raise_descriptor_limit();
  gst_init(nullptr, nullptr);
  const Result<Results> results = execute(*options);
  if (!results) return fail(results.error(), kBad);

  fputs(to_table(*options, *results).c_str(), stdout);
  if (!options->json_path.empty()) {
    std::ofstream file(options->json_path);
    file << to_json(*options, *results) << '\n';
    if (!file) return fail(internal("cannot write " + options->json_path), kBad);
  }
  const Verdict verdict = judge(*options, *results);
  for (const std::string& shortcoming : verdict.shortcomings)
    fprintf(stderr, "veche-load: %s\n", shortcoming.c_str());
  if (verdict.generator_late) return kGeneratorLate;
  return verdict.shortcomings.empty() ? 0 : kBad;
}
