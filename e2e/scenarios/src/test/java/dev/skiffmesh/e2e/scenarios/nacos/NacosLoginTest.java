package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.RealParts;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSettings.Credentials;
import dev.skiffmesh.registry.nacos.NacosSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Nacos that wants to know who asks; 2.3.2 has the user {@code nacos} from the start. */
class NacosLoginTest {

  /** At least 32 bytes in Base64, as Nacos asks; it signs this test's tokens only. */
  private static final String TOKEN_KEY =
      "-Dnacos.core.auth.plugin.nacos.token.secret.key="
          + "c2tpZmYtdGVzdHMtc2lnbi1ub3RoaW5nLW9mLXdvcnRoLXdpdGgtdGhpcy1rZXk=";

  private static final List<String> WITH_LOGIN =
      List.of(
          "-Dnacos.core.auth.enabled=true",
          "-Dnacos.core.auth.system.type=nacos",
          "-Dnacos.core.auth.server.identity.key=skiff",
          "-Dnacos.core.auth.server.identity.value=tests",
          TOKEN_KEY);

  @Test
  void aWrongPasswordIsToldAndARightOneReads() throws Exception {
    try (NacosServer server =
        RealParts.orSkip(() -> NacosServer.start(NacosVersion.V2, WITH_LOGIN))) {
      TestingSink refused = new TestingSink();
      try (Source source = source(server, "wrong")) {
        source.start(refused);
        Seen seen = refused.await("the refusal", now -> now.lost() != null);
        assertThat(seen.lost()).contains("refuses to be read").doesNotContain("wrong");
        assertThat(seen.services()).isEmpty();
      }

      TestingSink sink = new TestingSink();
      try (Source source = source(server, "nacos")) {
        source.start(sink);
        sink.await("the sync", Seen::isSynced);
      }
    }
  }

  private static Source source(NacosServer server, String password) {
    NacosSettings usual = NacosSettings.of("legacy", server.address());
    return new NacosSource(
        new NacosSettings(
            usual.name(),
            usual.server(),
            usual.namespaces(),
            usual.groups(),
            usual.services(),
            Credentials.ofPassword("nacos", password),
            usual.client(),
            usual.timing()));
  }
}
