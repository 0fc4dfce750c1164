package dev.skiffmesh.registry.nacos;

import static dev.skiffmesh.registry.nacos.Instances.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.nacos.NacosSettings.Namespace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a real server shows only under load, or only with two users at once. */
class NacosSourceTest {

  private static final Namespace TRADING = new Namespace("3f2a", "trading");
  private static final ServiceId ORDER = new ServiceId("default", "order");

  private final InMemoryNacos nacos = new InMemoryNacos();
  private final TestingSink sink = new TestingSink();

  @Test
  void aListingThatIsNotOfOnePieceTakesNothingAway() throws Exception {
    nacos.register("public", "DEFAULT_GROUP", "order", instance("10.0.0.1", 8080));
    try (NacosSource source = source(List.of("DEFAULT_GROUP"), Duration.ofMillis(20))) {
      source.start(sink);
      sink.await("the service", seen -> has(seen, ORDER));

      nacos.listInPieces(true);
      nacos.unlist("order");
      nacos.register("public", "DEFAULT_GROUP", "order");
      nacos.register("public", "DEFAULT_GROUP", "quote", instance("10.0.0.2", 8080));
      sink.await("what is new", seen -> has(seen, new ServiceId("default", "quote")));

      assertThat(sink.seen().service(ORDER)).isPresent();
      nacos.listInPieces(false);
      sink.await("what is gone", seen -> seen.service(ORDER).isEmpty());
    }
  }

  @Test
  void aServiceThatIsNotListedIsAskedForBeforeItGoes() throws Exception {
    nacos.register("public", "DEFAULT_GROUP", "order", instance("10.0.0.1", 8080));
    try (NacosSource source = source(List.of("DEFAULT_GROUP"), Duration.ofMillis(20))) {
      source.start(sink);
      sink.await("the service", seen -> has(seen, ORDER));

      nacos.unlist("order");
      nacos.register("public", "DEFAULT_GROUP", "quote", instance("10.0.0.2", 8080));
      sink.await("a later listing", seen -> has(seen, new ServiceId("default", "quote")));

      assertThat(sink.history().stream().dropWhile(seen -> !has(seen, ORDER)))
          .allMatch(seen -> has(seen, ORDER));
    }
  }

  @Test
  void anAnnouncementIsFollowedByAListing() throws Exception {
    try (NacosSource source = source(List.of("DEFAULT_GROUP"), Duration.ofHours(1))) {
      source.start(sink);
      sink.await("the sync", Seen::isSynced);
      assertThat(nacos.listings()).isEqualTo(1);

      nacos.register("public", "DEFAULT_GROUP", "order", instance("10.0.0.1", 8080));
      nacos.announce("public");

      sink.await("the service", seen -> has(seen, ORDER));
    }
  }

  @Test
  void groupsThatComeToOneNameAreToldApart() throws Exception {
    nacos.register("public", "NIGHT_1", "order", instance("10.0.0.1", 8080));
    nacos.register("public", "NIGHT-1", "order", instance("10.0.0.2", 8080));
    nacos.register("public", "DAY", "order", instance("10.0.0.3", 8080));
    try (NacosSource source = source(List.of("NIGHT*"), Duration.ofMillis(20))) {
      source.start(sink);

      Seen seen = sink.await("the sync", now -> now.isSynced() && now.endpoints().size() == 2);
      assertThat(seen.endpoints().keySet())
          .allMatch(id -> id.namespace().matches("default-night-1-[0-9a-f]{8}"));
      assertThat(seen.allFindings())
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.code()).isEqualTo(FindingCode.HOST_CLASH);
                assertThat(finding.toString()).contains("public/NIGHT_1", "public/NIGHT-1");
              });
    }
  }

  @Test
  void aGroupMovesWhenItsNameIsAnothers() throws Exception {
    ServiceId night = new ServiceId("default-night", "order");
    nacos.register("public", "NIGHT", "order", instance("10.0.0.1", 8080));
    try (NacosSource source = source(List.of("*"), Duration.ofMillis(20))) {
      source.start(sink);
      sink.await("the only one", seen -> has(seen, night));

      nacos.register("public", "night", "order", instance("10.0.0.2", 8080));
      Seen seen = sink.await("both", now -> has(now, night) && now.endpoints().size() == 2);

      assertThat(seen.endpointsOf(night))
          .extracting(Endpoint::address)
          .as("the one that is spelled so")
          .containsExactly("10.0.0.2");
      assertThat(seen.services().keySet()).contains("public/NIGHT", "public/night");
    }
  }

  @Test
  void withoutItsGroupsTheRegistryIsLost() throws Exception {
    nacos.hideGroups();
    try (NacosSource source = source(List.of("*"), Duration.ofMillis(20))) {
      source.start(sink);

      Seen seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(seen.lost()).contains("does not tell its groups").contains("`groups`");
    }
  }

  @Test
  void oneNamespaceThatIsRefusedIsAFindingAndAllOfThemAreALoss() throws Exception {
    nacos.register("public", "DEFAULT_GROUP", "order", instance("10.0.0.1", 8080));
    nacos.register(TRADING.id(), "DEFAULT_GROUP", "order", instance("10.0.0.2", 8080));
    nacos.refuse(TRADING.id(), true);
    ServiceId other = new ServiceId("trading", "order");
    try (NacosSource source =
        source(
            List.of(Namespace.PUBLIC, TRADING), List.of("DEFAULT_GROUP"), Duration.ofMillis(20))) {
      source.start(sink);
      Seen seen = sink.await("the sync", Seen::isSynced);
      assertThat(has(seen, ORDER)).isTrue();
      assertThat(seen.unreadable()).containsExactly("3f2a/DEFAULT_GROUP");
      assertThat(seen.allFindings())
          .extracting(Finding::code)
          .containsExactly(FindingCode.SOURCE_LOST);

      nacos.refuse(Namespace.PUBLIC.id(), true);
      seen = sink.await("the loss", now -> now.lost() != null);
      assertThat(has(seen, ORDER)).as("what was known stays").isTrue();

      nacos.refuse(Namespace.PUBLIC.id(), false);
      nacos.refuse(TRADING.id(), false);
      seen = sink.await("both", now -> has(now, other) && now.isSynced() && now.lost() == null);
      assertThat(has(seen, ORDER)).isTrue();
      sink.await("no finding", now -> now.allFindings().isEmpty());
    }
  }

  private static boolean has(Seen seen, ServiceId id) {
    return !seen.endpointsOf(id).isEmpty();
  }

  private NacosSource source(List<String> groups, Duration discovery) {
    return source(List.of(Namespace.PUBLIC), groups, discovery);
  }

  private NacosSource source(List<Namespace> namespaces, List<String> groups, Duration discovery) {
    NacosSettings usual = NacosSettings.of("legacy", "127.0.0.1:8848");
    return new NacosSource(
        new NacosSettings(
            usual.name(),
            usual.server(),
            namespaces,
            groups,
            usual.services(),
            usual.credentials(),
            usual.client(),
            new NacosSettings.Timing(discovery, Duration.ZERO)),
        nacos,
        InstantSource.system());
  }
}
