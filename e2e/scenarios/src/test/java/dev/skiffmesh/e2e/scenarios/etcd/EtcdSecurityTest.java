package dev.skiffmesh.e2e.scenarios.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.e2e.parts.Certificates;
import dev.skiffmesh.e2e.parts.Etcd;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.PemTls;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.etcd.EtcdSettings;
import dev.skiffmesh.registry.etcd.EtcdSource;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.grpc.netty.GrpcSslContexts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An etcd that wants to know who asks, and one that speaks TLS. */
@Timeout(120)
class EtcdSecurityTest {

  private static final String PREFIX = "/skiff/";

  private static final EtcdSettings.Timing QUICK =
      new EtcdSettings.Timing(
          Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(30));

  @Test
  void aUserReadsItsPrefixUntilItIsRevokedAndAgainWhenItMay() throws Exception {
    try (Etcd server = Etcd.start();
        Client nobody = Client.builder().endpoints(server.endpoint()).build();
        Client root = client(server, "root")) {
      Auth auth = nobody.getAuthClient();
      done(auth.userAdd(bytes("root"), bytes("root-password")));
      done(auth.userGrantRole(bytes("root"), bytes("root")));
      done(auth.userAdd(bytes("skiff"), bytes("right")));
      done(auth.roleAdd(bytes("reader")));
      grant(auth);
      done(auth.userGrantRole(bytes("skiff"), bytes("reader")));
      done(auth.authEnable());
      put(root, "a", 1);

      TestingSink refused = new TestingSink();
      try (Source source = source(server, new Login("skiff", "wrong"))) {
        source.start(refused);
        Seen seen = refused.await("the refusal", now -> now.lost() != null);
        assertThat(seen.lost()).contains("refuse").doesNotContain("wrong");
      }
      TestingSink anonymous = new TestingSink();
      try (Source source = source(server, Login.NONE)) {
        source.start(anonymous);
        assertThat(anonymous.await("the refusal", now -> now.lost() != null).lost())
            .contains("refuse");
      }

      TestingSink sink = new TestingSink();
      try (Source source = source(server, new Login("skiff", "right"))) {
        source.start(sink);
        sink.await("the document", seen -> seen.isSynced() && seen.policies().size() == 1);
        // The watch follows the listing: it is open once a change has come through.
        put(root, "a", 2);
        sink.await("a change", seen -> text(seen).contains("number: 2"));

        done(
            root.getAuthClient()
                .roleRevokePermission(bytes("reader"), bytes(PREFIX), bytes("/skiff0")));
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(seen.policies()).hasSize(1);

        grant(root.getAuthClient());
        put(root, "b", 1);
        sink.await("both", now -> now.isSynced() && now.policies().size() == 2);
      }
    }
  }

  @Test
  void bothSidesProveWhoTheyAre(@TempDir Path folder) throws Exception {
    Certificates certificates = Certificates.in(folder);
    Certificates.Pair own = certificates.signed("etcd");
    Certificates.Pair client = certificates.signed("skiff");
    try (Etcd server =
        Etcd.startWithTls(
            List.of(
                "--cert-file=" + own.certificate(),
                "--key-file=" + own.key(),
                "--trusted-ca-file=" + certificates.authority(),
                "--client-cert-auth"))) {
      EtcdSettings settings = EtcdSettings.of("store", server.endpoint()).withTiming(QUICK);

      TestingSink strange = new TestingSink();
      try (Source source = new EtcdSource(settings)) {
        source.start(strange);
        // A slow machine may first be told that there is no answer yet.
        strange.await(
            "that the server is a stranger",
            now -> now.lost() != null && now.lost().contains("certificat"));
      }
      TestingSink unknown = new TestingSink();
      try (Source source =
          new EtcdSource(settings.withTls(new PemTls(certificates.authority(), null, null)))) {
        source.start(unknown);
        unknown.await("that the client is a stranger", now -> now.lost() != null);
      }
      TestingSink missing = new TestingSink();
      try (Source source =
          new EtcdSource(settings.withTls(new PemTls(folder.resolve("none.pem"), null, null)))) {
        source.start(missing);
        assertThat(missing.await("that a file is missing", now -> now.lost() != null).lost())
            .contains("none.pem");
      }

      TestingSink sink = new TestingSink();
      PemTls tls = new PemTls(certificates.authority(), client.certificate(), client.key());
      try (Source source = new EtcdSource(settings.withTls(tls))) {
        source.start(sink);
        sink.await("the sync", Seen::isSynced);
        server.restart();
        try (Client writer =
            Client.builder()
                .endpoints(server.endpoint())
                .sslContext(
                    GrpcSslContexts.forClient()
                        .trustManager(certificates.authority().toFile())
                        .keyManager(client.certificate().toFile(), client.key().toFile())
                        .build())
                .build()) {
          put(writer, "a", 1);
        }
        sink.await("what came after the restart", now -> now.policies().size() == 1);
      }
    }
  }

  private static Source source(Etcd server, Login credentials) {
    return new EtcdSource(
        EtcdSettings.of("store", server.endpoint()).withTiming(QUICK).withCredentials(credentials));
  }

  private static Client client(Etcd server, String user) {
    return Client.builder()
        .endpoints(server.endpoint())
        .user(bytes(user))
        .password(bytes(user + "-password"))
        .build();
  }

  private static void grant(Auth auth) throws Exception {
    done(
        auth.roleGrantPermission(
            bytes("reader"), bytes(PREFIX), bytes("/skiff0"), Permission.Type.READ));
  }

  private static String text(Seen seen) {
    return seen.policies().values().iterator().next().text();
  }

  private static void put(Client client, String name, int number) throws Exception {
    done(
        client
            .getKVClient()
            .put(
                bytes(PREFIX + name),
                bytes(
                    "apiVersion: skiffmesh.dev/v1alpha1\nkind: Thing\nmetadata: {name: "
                        + name
                        + "}\nspec: {number: "
                        + number
                        + "}\n")));
  }

  private static void done(Future<?> future) throws Exception {
    future.get(10, TimeUnit.SECONDS);
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
