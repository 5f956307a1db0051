// SPDX-License-Identifier: Apache-2.0
// Tests of the choice of a session's path.
#include "media/session/connections.hpp"

#include <gtest/gtest.h>

#include "media/wire/dtls_relay.hpp"

namespace veche::media {
namespace {

TEST(Connections, ChooseTheWantedPathOrTheServersWhereWireCanBeUsed) {
  struct Row {
    bool has_ports;
    PathKind servers;
    std::optional<PathKind> wanted;
    PathKind chosen;
  };
  const Row rows[] = {
      {true, PathKind::Wire, {}, PathKind::Wire},
      {true, PathKind::Pipeline, {}, PathKind::Pipeline},
      {true, PathKind::Wire, PathKind::Pipeline, PathKind::Pipeline},
      {true, PathKind::Pipeline, PathKind::Wire, PathKind::Wire},
      {false, PathKind::Wire, {}, PathKind::Pipeline},
      {false, PathKind::Pipeline, PathKind::Wire, PathKind::Pipeline},
      {false, PathKind::Wire, PathKind::Pipeline, PathKind::Pipeline},
  };
  DtlsRelay relay;
  for (const Row& row : rows) {
    Settings settings;
    settings.path = row.servers;
    const std::vector<WirePort*> ports(row.has_ports ? 1 : 0);
    const Connections connections(settings, relay, ports);
    EXPECT_EQ(connections.choose(row.wanted), row.chosen)
        << row.has_ports << " " << to_string(row.servers);
  }
}

}  // namespace
}  // namespace veche::media
