// SPDX-License-Identifier: Apache-2.0
// The media layer's part of the configuration: addresses, ports and paths.
#include "parse_config.hpp"

namespace veche::main {
namespace {

using media::PathKind;
using test::bad;
using test::good;

media::Settings media_of(const std::string& members) {
  return good("{\"media\":{" + members + "}}").media;
}
std::string problems_of(const std::string& members) { return bad("{\"media\":{" + members + "}}"); }

TEST(MediaConfig, HasTheDefaultsOfTheLayer) {
  const media::Settings read = media_of("");
  const media::Settings media;
  EXPECT_EQ(read.addresses, media.addresses);
  EXPECT_EQ(read.first_port, media.first_port);
  EXPECT_EQ(read.last_port, media.last_port);
  EXPECT_EQ(read.peer_timeout_s, media.peer_timeout_s);
  EXPECT_EQ(read.lanes, media.lanes);
  EXPECT_EQ(read.path, media.path);
  EXPECT_EQ(read.external_addresses, media.external_addresses);
  EXPECT_GT(read.standby_peers, 0u)
      << "a server of an operator prepares for joins, a test's does not";
}

TEST(MediaConfig, AddressesMayBeEmpty) {
  EXPECT_TRUE(media_of(R"("addresses":[])").addresses.empty());
}

TEST(MediaConfig, TakesTheWirePathUnlessToldOtherwise) {
  EXPECT_EQ(media_of("").path, PathKind::Wire);
  EXPECT_EQ(media_of(R"("path":"wire")").path, PathKind::Wire);
  EXPECT_EQ(media_of(R"("path":"pipeline")").path, PathKind::Pipeline);
  for (const char* path : {R"("tunnel")", R"("")", R"("Wire")"}) {
    const std::string text = path;
    EXPECT_EQ(problems_of("\"path\":" + text),
              "f: /media/path: " + text + " is not allowed; allowed: \"wire\", \"pipeline\"\n");
  }
  EXPECT_NE(problems_of(R"("path":null)"), "");
}

TEST(MediaConfig, ReadsExternalAddresses) {
  using Map = std::map<std::string, std::string>;
  EXPECT_EQ(media_of("").external_addresses, Map{});
  const char* both = R"("addresses":["10.0.0.5","2001:db8::7"],
      "external_addresses":{"10.0.0.5":"203.0.113.7","2001:db8::7":"2001:db8:1::7"})";
  EXPECT_EQ(media_of(both).external_addresses,
            (Map{{"10.0.0.5", "203.0.113.7"}, {"2001:db8::7", "2001:db8:1::7"}}));
  const char* all = R"("addresses":[],"external_addresses":{"10.0.0.5":"203.0.113.7"})";
  EXPECT_EQ(media_of(all).external_addresses, (Map{{"10.0.0.5", "203.0.113.7"}}));
}

TEST(MediaConfig, RefusesExternalAddressesThatAreNone) {
  EXPECT_EQ(problems_of(R"("external_addresses":{"10.0.0.5":"203.0.113.7"})"),
            "f: /media/external_addresses/10.0.0.5: \"10.0.0.5\" is not in media.addresses; "
            "allowed: one that is\n");
  for (const char* address : {"example.org", "", "203.0.113.7:80", "203.0.113"}) {
    EXPECT_EQ(
        problems_of("\"external_addresses\":{\"127.0.0.1\":\"" + std::string(address) + "\"}"),
        "f: /media/external_addresses/127.0.0.1: \"" + std::string(address) +
            "\" is not allowed; allowed: an IP address\n");
  }
  for (const char* value : {"[]", "3", R"({"127.0.0.1":3})", R"({"127.0.0.1":null})"}) {
    EXPECT_NE(problems_of("\"external_addresses\":" + std::string(value)), "") << value;
  }
}

TEST(MediaConfig, TheWirePathNeedsOnePortForEachLane) {
  const media::Settings one = media_of(R"("ports":[5000,5000],"lanes":1)");
  EXPECT_EQ(one.first_port, 5000);
  EXPECT_EQ(one.last_port, 5000);
  media_of(R"("ports":[5000,5000],"lanes":1,"addresses":["10.0.0.1","::1"])");
  EXPECT_EQ(problems_of(R"("ports":[5000,5000],"path":"pipeline")"),
            "f: /media/ports: [5000, 5000] is not allowed; allowed: first and last port of a range "
            "of at least 2\n");
  EXPECT_EQ(problems_of(R"("ports":[5000,4999],"lanes":1)"),
            "f: /media/ports: [5000, 4999] is not allowed; allowed: first and last port of a range "
            "of at least 1\n");
  EXPECT_EQ(problems_of(R"("ports":[5000,5001],"lanes":3)"),
            "f: /media/ports: [5000, 5001] is not allowed; allowed: first and last port of a range "
            "of at least 3\n");
}

TEST(MediaConfig, ALaneForEachProcessorNeedsAPortForEach) {
  const uint32_t lanes = media::default_lanes();
  const auto ports = [](uint32_t count) {
    return "\"ports\":[5000," + std::to_string(4999 + count) + "]";
  };
  EXPECT_EQ(media_of(ports(lanes)).lanes, 0u);
  EXPECT_NE(problems_of(ports(lanes - 1)).find("range of at least " + std::to_string(lanes)),
            std::string::npos);
}

TEST(MediaConfig, RefusesAddressesThatNoClientCanSendTo) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("addresses":["0.0.0.0"])",
       "f: /media/addresses/0: \"0.0.0.0\" is no address that clients can send to; allowed: "
       "addresses of this machine, or [] for all of them, or an entry of "
       "media.external_addresses for it\n"},
      {R"("addresses":["10.0.0.1","224.0.0.9"])",
       "f: /media/addresses/1: \"224.0.0.9\" is not an address of one machine; allowed: an address "
       "of this machine\n"},
      {R"("addresses":["ff02::1"])",
       "f: /media/addresses/0: \"ff02::1\" is not an address of one machine; allowed: an address "
       "of this machine\n"},
      {R"("addresses":["255.255.255.255"])",
       "f: /media/addresses/0: \"255.255.255.255\" is not an address of one machine; allowed: an "
       "address of this machine\n"},
      {R"("addresses":["10.0.0.1","::1","10.0.0.1"])",
       "f: /media/addresses/2: \"10.0.0.1\" is the same as \"10.0.0.1\"; allowed: each address "
       "once\n"},
      {R"("addresses":["2001:db8::1","2001:db8:0:0::1"])",
       "f: /media/addresses/1: \"2001:db8:0:0::1\" is the same as \"2001:db8::1\"; allowed: each "
       "address once\n"},
      {R"("addresses":["10.0.0.1","0.0.0.0"],"external_addresses":{"0.0.0.0":"203.0.113.7"})",
       "f: /media/addresses/1: \"0.0.0.0\" is the same as \"10.0.0.1\"; allowed: each address "
       "once\n"},
      {R"("external_addresses":{"127.0.0.1":"0.0.0.0"})",
       "f: /media/external_addresses/127.0.0.1: \"0.0.0.0\" is not allowed; allowed: an address of "
       "one machine\n"},
      {R"("external_addresses":{"127.0.0.1":"239.1.2.3"})",
       "f: /media/external_addresses/127.0.0.1: \"239.1.2.3\" is not allowed; allowed: an address "
       "of one machine\n"},
  };
  for (const auto& [members, lines] : cases) EXPECT_EQ(problems_of(members), lines) << members;
}

TEST(MediaConfig, AWildcardHasAMeaningWithAnExternalAddress) {
  const media::Settings media = media_of(R"("addresses":["0.0.0.0","::"],
      "external_addresses":{"0.0.0.0":"203.0.113.7","::":"2001:db8::7"})");
  EXPECT_EQ(media.addresses, (std::vector<std::string>{"0.0.0.0", "::"}));
  EXPECT_EQ(media.external_addresses.at("::"), "2001:db8::7");
}

TEST(MediaConfig, LetsEverybodyBeHeardWithoutASelectorUnlessToldOtherwise) {
  EXPECT_FALSE(media_of("").is_silent_without_selector);
  EXPECT_FALSE(media_of(R"("without_selector":"everybody")").is_silent_without_selector);
  EXPECT_TRUE(media_of(R"("without_selector":"nobody")").is_silent_without_selector);
  EXPECT_NE(problems_of(R"("without_selector":"somebody")"), "");
}

TEST(MediaConfig, MarksVoiceAsExpeditedUnlessToldOtherwise) {
  EXPECT_EQ(media_of("").dscp, 46);
  EXPECT_EQ(media_of(R"("dscp":0)").dscp, 0);
  EXPECT_EQ(media_of(R"("dscp":34)").dscp, 34);
  EXPECT_NE(problems_of(R"("dscp":64)"), "");
}

TEST(MediaConfig, AllowsAsManyLanesAsTheEngineTakes) {
  EXPECT_EQ(media_of(R"("lanes":64)").lanes, 64U);
  EXPECT_EQ(problems_of(R"("lanes":65)"),
            "f: /media/lanes: 65 is not allowed; allowed: an integer from 0 to 64\n");
}

TEST(MediaConfig, SaysWhatIsWrongWhereAndWhatIsAllowed) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"media":{"addresses":["example.org"]}})",
       "f: /media/addresses/0: \"example.org\" is not allowed; allowed: an IP address, like "
       "\"203.0.113.7\" or \"2001:db8::7\"\n"},
      {R"({"media":{"ports":[80,90]}})",
       "f: /media/ports/0: 80 is not allowed; allowed: an integer from 1024 to 65535\n"
       "f: /media/ports/1: 90 is not allowed; allowed: an integer from 1024 to 65535\n"},
      {R"({"media":{"ports":[5000,4000],"lanes":1}})",
       "f: /media/ports: [5000, 4000] is not allowed; allowed: first and last port of a range of "
       "at least 1\n"},
      {R"({"media":{"ports":[5000,5002],"addresses":["10.0.0.1","::1"],"path":"pipeline"}})",
       "f: /media/ports: [5000, 5002] is not allowed; allowed: first and last port of a range of "
       "at least 4\n"},
      {R"({"media":{"ice_servers":[{"urls":["http://x"]}]}})",
       "f: /media/ice_servers/0/urls/0: \"http://x\" is not allowed; allowed: a URI like "
       "\"stun:stun.example.org:3478\" or \"turn:turn.example.org:3478\"\n"},
  };
  for (const auto& [text, lines] : cases) EXPECT_EQ(bad(text), lines) << text;
}

}  // namespace
}  // namespace veche::main
