package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.Certificates;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Nacos that speaks gRPC with those alone who show a certificate. */
@Timeout(180)
class NacosTlsTest {

  private static final String SERVER = "-Dnacos.remote.server.rpc.tls.";
  private static final String CLIENT = "nacos.remote.client.rpc.tls.";

  @ParameterizedTest
  @EnumSource(NacosVersion.class)
  void readsOverTlsWithACertificateAndNotWithoutOne(NacosVersion version, @TempDir Path folder)
      throws Exception {
    Certificates certificates = Certificates.in(folder);
    Certificates.Pair server = certificates.signed("server");
    Certificates.Pair client = certificates.signed("client");
    List<String> options =
        List.of(
            SERVER + "enableTls=true",
            SERVER + "compatibility=false",
            SERVER + "mutualAuthEnable=true",
            SERVER + "certChainFile=" + server.certificate().toUri(),
            SERVER + "certPrivateKey=" + server.key().toUri(),
            SERVER + "trustCollectionCertFile=" + certificates.authority().toUri());
    try (NacosServer nacos = NacosServer.start(version, options)) {
      TestingSink plain = new TestingSink();
      try (Source source = source(nacos, Map.of())) {
        source.start(plain);
        Seen seen = plain.await("the loss", now -> now.lost() != null);
        assertThat(seen.services()).isEmpty();
      }

      TestingSink sink = new TestingSink();
      Map<String, String> properties =
          Map.of(
              CLIENT + "enable", "true",
              CLIENT + "mutualAuth", "true",
              CLIENT + "certChainFile", client.certificate().toUri().toString(),
              CLIENT + "certPrivateKey", client.key().toUri().toString(),
              CLIENT + "trustCollectionChainPath", certificates.authority().toUri().toString());
      try (Source source = source(nacos, properties)) {
        source.start(sink);
        sink.await("the sync", Seen::isSynced);
      }
    }
  }

  private static Source source(NacosServer server, Map<String, String> client) {
    NacosSettings usual = NacosSettings.of("legacy", server.address());
    return new NacosSource(
        new NacosSettings(
            usual.name(),
            usual.server(),
            usual.namespaces(),
            usual.groups(),
            usual.services(),
            usual.credentials(),
            new TreeMap<>(client),
            usual.timing()));
  }
}
