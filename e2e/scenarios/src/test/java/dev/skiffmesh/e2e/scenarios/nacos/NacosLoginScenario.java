package dev.skiffmesh.e2e.scenarios.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import dev.skiffmesh.e2e.scenarios.Await;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.nacos.NacosSettings;
import dev.skiffmesh.registry.nacos.NacosSettings.Credentials;
import dev.skiffmesh.registry.nacos.NacosSettings.Namespace;
import dev.skiffmesh.registry.nacos.NacosSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Nacos that wants to know who asks, and whose tokens end after some seconds. */
@Timeout(180)
abstract class NacosLoginScenario {

  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final String user = "user-" + unique;
  private final String password = "secret-" + unique;
  private final String service = "order-" + unique;
  private final Namespace own = new Namespace(SharedNacos.namespace(), "default");
  private final Namespace trading = new Namespace(SharedNacos.namespace(), "trading");
  private final TestingSink sink = new TestingSink();
  private NacosServer server;
  private NacosAccounts accounts;

  abstract NacosVersion version();

  @BeforeEach
  void aUserOfOneNamespace() throws Exception {
    server = SharedNacos.withLogin(version());
    accounts = new NacosAccounts(server);
    accounts.begin();
    accounts.user(user, password, own.id());
  }

  @AfterEach
  void close() {
    if (accounts != null) {
      accounts.close();
    }
  }

  @Test
  void aWrongPasswordIsToldWithoutShowingIt() throws Exception {
    try (Source source = source("not-" + password)) {
      source.start(sink);

      Seen seen = sink.await("the refusal", now -> now.lost() != null);

      assertThat(seen.lost())
          .contains("refuses to be read")
          .contains("the login of user " + user + " fails")
          .doesNotContain(password);
      assertThat(seen.services()).isEmpty();
    }
  }

  @Test
  void aTokenThatEndsIsRenewedAndNobodyNotices() throws Exception {
    try (Source source = source(password)) {
      source.start(sink);
      sink.await("the sync", Seen::isSynced);
      Duration several = Duration.ofSeconds(3 * NacosAccounts.TOKEN_SECONDS);
      long end = System.nanoTime() + several.toNanos();
      Await.until(several.multipliedBy(2), "ends of tokens", () -> System.nanoTime() - end > 0);

      try (RealNacos provider = provider(own)) {
        provider.put(List.of(Instance.of(service, "10.0.0.1", 8080)));
        sink.await("a new service", seen -> has(seen, "default", service));
      }
      assertThat(sink.history()).extracting(Seen::lost).containsOnlyNulls();
    }
  }

  @Test
  void aPasswordThatChangesLosesNothingAndIsTold() throws Exception {
    try (RealNacos provider = provider(own);
        Source source = source(password)) {
      provider.put(List.of(Instance.of(service, "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the service", seen -> has(seen, "default", service) && seen.isSynced());

      accounts.password(user, "other-" + unique);
      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.lost()).contains("the login of user " + user + " fails");
      assertThat(has(seen, "default", service)).as("what was known stays").isTrue();
      // Its own token has ended too, and the official client takes a minute to find out.
      try (RealNacos next = provider(own)) {
        next.put(List.of(Instance.of(service, "10.0.0.2", 8080)));
        sink.await(
            "what the subscription still tells",
            now -> now.endpointsOf(new ServiceId("default", service)).size() == 2);

        accounts.password(user, password);
        sink.await("the sync", Seen::isSynced);
        next.put(List.of(Instance.of(service + "-new", "10.0.0.1", 8080)));
        sink.await("a new service", now -> has(now, "default", service + "-new"));
      }
    }
  }

  @Test
  void aNamespaceThatMayNotBeReadIsAFindingAndTheOthersGoOn() throws Exception {
    try (RealNacos one = provider(own);
        RealNacos other = provider(trading);
        Source source = source(password, own, trading)) {
      one.put(List.of(Instance.of(service, "10.0.0.1", 8080)));
      other.put(List.of(Instance.of(service, "10.0.0.2", 8080)));
      source.start(sink);

      Seen seen = sink.await("the sync", Seen::isSynced);
      assertThat(has(seen, "default", service)).isTrue();
      assertThat(seen.unreadable()).containsExactly(trading.id() + "/DEFAULT_GROUP");
      assertThat(seen.allFindings())
          .extracting(Finding::code)
          .containsExactly(FindingCode.SOURCE_LOST);

      accounts.permit(user, trading.id());
      sink.await(
          "the other namespace", now -> has(now, "trading", service) && now.unreadable().isEmpty());
    }
  }

  private static boolean has(Seen seen, String namespace, String name) {
    return !seen.endpointsOf(new ServiceId(namespace, name)).isEmpty();
  }

  private RealNacos provider(Namespace namespace) throws Exception {
    return new RealNacos(
        server,
        namespace.id(),
        NacosSettings.DEFAULT_GROUP,
        Credentials.ofPassword(NacosAccounts.ADMINISTRATOR, NacosAccounts.PASSWORD));
  }

  private Source source(String secret, Namespace... namespaces) {
    NacosSettings usual = NacosSettings.of("legacy", server.address());
    return new NacosSource(
        new NacosSettings(
            usual.name(),
            usual.server(),
            namespaces.length == 0 ? List.of(own) : List.of(namespaces),
            usual.groups(),
            new NacosSettings.ServiceFilter(List.of(service + "*"), List.of()),
            Credentials.ofPassword(user, secret),
            usual.client(),
            new NacosSettings.Timing(Duration.ofMillis(500), usual.timing().settle())));
  }
}
