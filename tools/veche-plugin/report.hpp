// SPDX-License-Identifier: Apache-2.0
// The output of `veche-plugin check`, and what the plugin itself writes meanwhile.
#pragma once

#include <cstdint>
#include <string>

namespace veche::tool {

/// Called when the process is about to end: reports the present check, if there is one, and ends
/// the process as failed. `how`: "exit()".
void on_exit_call(const char* how);

/// While it lives, standard output and standard error of the process go into memory; the report's
/// own lines go to what was standard output.
class Report {
 public:
  Report();
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  /// Names the present check, for the line that reports a crash.
  void begin(const std::string& check);
  void ok(const std::string& what);
  void fail(const std::string& what);
  void skip(const std::string& what);
  /// A failure if there is a reason, else ok.
  void judge(const std::string& what, const std::string& reason) {
    reason.empty() ? ok(what) : fail(what + ": " + reason);
  }
  uint32_t failures() const { return failures_; }

  /// Everything logged since the last call, through the server's log or past it.
  std::string take_log();
  /// What the plugin wrote to standard output, the first time that there is any.
  std::string take_output();

 private:
  void line(const char* verdict, const std::string& what);
  uint32_t failures_ = 0;
  int output_, errors_;  ///< Where the standard streams went before.
  int output_memory_, log_memory_;
  int64_t output_end_ = 0, log_end_ = 0;
};

}  // namespace veche::tool
