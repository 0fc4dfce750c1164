package dev.skiffmesh.registry.nacos;

import static dev.skiffmesh.registry.nacos.Instances.PORTION;
import static dev.skiffmesh.registry.nacos.Instances.instance;
import static dev.skiffmesh.registry.nacos.Instances.registration;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.ServiceNames;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.nacos.DubboApplications.Revision;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The interfaces of applications, through the inventory that puts them beside the others. */
class DubboApplicationsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String QUOTE = "providers:com.acme.Quote:1.0.0:g1";
  private static final String DEPTH = "providers:com.acme.Depth::";

  private final TestingSink sink = new TestingSink();
  private final PortionInventory inventory =
      new PortionInventory(PORTION, "legacy", Duration.ofSeconds(10), new ChangedOnly(sink));
  private long serverTime;

  @Test
  void theInterfacesOfARevisionAreServices() {
    listed("quote");
    told("quote", application("10.0.0.1", "r1"));
    assertThat(inventory.isComplete()).as("before the revision is read").isFalse();
    assertThat(inventory.undescribed(NOW)).containsExactly(new Revision("quote", "r1"));

    described("r1", quote());

    assertThat(inventory.isComplete()).isTrue();
    assertThat(inventory.undescribed(NOW)).isEmpty();
    assertThat(endpoints("quote"))
        .singleElement()
        .satisfies(
            endpoint ->
                assertThat(endpoint.ports()).isEqualTo(Map.of("dubbo", 20_880, "grpc", 50_051)));
    assertThat(endpoints(QUOTE))
        .singleElement()
        .satisfies(
            endpoint -> {
              assertThat(endpoint.ports()).isEqualTo(Map.of("dubbo", 20_880));
              assertThat(endpoint.key().instanceId()).isEqualTo("10.0.0.1:20880");
              assertThat(endpoint.labels())
                  .containsEntry("version", "1.0.0")
                  .containsEntry("group", "g1")
                  .containsEntry("dubbo.tag", "gray")
                  .doesNotContainKey("dubbo.metadata.revision");
            });
    assertThat(sink.seen().service(id(QUOTE)).orElseThrow().aliases()).containsExactly(QUOTE);
  }

  @Test
  void anAddressThatIsRegisteredByBothWaysCountsOnce() {
    listed("quote", QUOTE);
    told("quote", application("10.0.0.1", "r1"), application("10.0.0.2", "r1"));
    described("r1", quote());
    told(QUOTE, instance("10.0.0.1", 20_880, "protocol=dubbo", "weight=50", "lane=a"));

    assertThat(endpoints(QUOTE))
        .extracting(Endpoint::address)
        .containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(endpoints(QUOTE).getFirst().labels()).containsEntry("lane", "a");
    assertThat(endpoints(QUOTE).getFirst().weight()).isEqualByComparingTo("0.5");

    told(QUOTE);
    assertThat(endpoints(QUOTE)).as("by application alone").hasSize(2);
    listed("quote");
    assertThat(endpoints(QUOTE)).as("no longer registered by interface").hasSize(2);
    assertThat(sink.seen().service(id(QUOTE))).isPresent();
  }

  @Test
  void aRevisionThatIsNotDescribedYetServesWhatTheLastOneDid() {
    listed("quote");
    told("quote", application("10.0.0.1", "r1"));
    described("r1", quote());

    told("quote", application("10.0.0.1", "r2"));
    assertThat(endpoints(QUOTE)).hasSize(1);
    described("r2", null);
    assertThat(endpoints(QUOTE)).hasSize(1);
    assertThat(findings()).singleElement().asString().contains("quote (revision r2)");
    assertThat(inventory.undescribed(NOW)).isEmpty();
    assertThat(inventory.undescribed(NOW.plusSeconds(2)))
        .containsExactly(new Revision("quote", "r2"));

    described(
        "r2", quote().replace("}}", "},\"d\":{\"name\":\"com.acme.Depth\",\"protocol\":\"tri\"}}"));
    assertThat(endpoints(QUOTE)).hasSize(1);
    assertThat(endpoints(DEPTH))
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint.ports()).isEqualTo(Map.of("grpc", 50_051)));
    assertThat(findings()).isEmpty();
    assertThat(sink.history().stream().dropWhile(seen -> seen.endpointsOf(id(QUOTE)).isEmpty()))
        .allMatch(seen -> !seen.endpointsOf(id(QUOTE)).isEmpty());
  }

  @Test
  void anInterfaceThatNobodyServesAnyMoreGoes() {
    listed("quote");
    told("quote", application("10.0.0.1", "r1"));
    described("r1", quote());

    told("quote");
    assertThat(endpoints(QUOTE)).isEmpty();
    assertThat(sink.seen().service(id(QUOTE))).as("as with any service").isPresent();
    listed();
    assertThat(sink.seen().service(id(QUOTE))).isEmpty();
    assertThat(inventory.undescribed(NOW)).isEmpty();
  }

  @Test
  void nobodyAsksForWhatOnlyTheInstanceCouldTell() {
    listed("quote");
    told(
        "quote",
        instance(
            "10.0.0.1",
            20_880,
            "dubbo.endpoints=[{\"port\":20880,\"protocol\":\"dubbo\"}]",
            "dubbo.metadata.storage-type=local",
            "dubbo.metadata.revision=r1"));

    assertThat(inventory.undescribed(NOW)).isEmpty();
    assertThat(inventory.isComplete()).isTrue();
    assertThat(endpoints("quote")).hasSize(1);
  }

  @Test
  void aDescriptionThatMakesNoSenseIsAFindingAndTheApplicationStays() {
    listed("quote");
    told("quote", application("10.0.0.1", "r1"));
    described("r1", "{");

    assertThat(endpoints("quote")).hasSize(1);
    assertThat(findings()).singleElement().asString().contains("must be JSON");
  }

  @Test
  void aLossOfTheRegistryTakesNoInterfaceAway() {
    listed("quote");
    told("quote", application("10.0.0.1", "r1"));
    described("r1", quote());

    inventory.disconnected();
    listed();
    assertThat(endpoints(QUOTE)).hasSize(1);
    listed("quote");
    told("quote", application("10.0.0.1", "r1"));

    assertThat(inventory.isComplete()).isTrue();
    assertThat(endpoints(QUOTE)).hasSize(1);
    assertThat(sink.history().stream().dropWhile(seen -> seen.endpointsOf(id(QUOTE)).isEmpty()))
        .allMatch(seen -> !seen.endpointsOf(id(QUOTE)).isEmpty());
  }

  private static RegisteredInstance application(String ip, String revision) {
    return instance(
        ip,
        20_880,
        "dubbo.endpoints=[{\"port\":20880,\"protocol\":\"dubbo\"},"
            + "{\"port\":50051,\"protocol\":\"tri\"}]",
        "dubbo.metadata.storage-type=remote",
        "dubbo.metadata.revision=" + revision,
        "dubbo.tag=gray");
  }

  private static String quote() {
    return "{\"services\":{\"q\":{\"name\":\"com.acme.Quote\",\"version\":\"1.0.0\","
        + "\"group\":\"g1\",\"protocol\":\"dubbo\",\"port\":20880}}}";
  }

  private void listed(String... services) {
    List<String> names = new ArrayList<>(List.of(services));
    var _ = inventory.listed(names, NOW);
    inventory.flush();
  }

  private void told(String service, RegisteredInstance... instances) {
    inventory.told(registration(service, ++serverTime, instances), NOW);
    inventory.flush();
  }

  private void described(String revision, String json) {
    inventory.described(new Revision("quote", revision), json, "found none", NOW);
    inventory.flush();
  }

  private List<Endpoint> endpoints(String service) {
    return sink.seen().endpointsOf(id(service));
  }

  private List<Finding> findings() {
    return sink.seen().allFindings();
  }

  private static ServiceId id(String service) {
    return new ServiceId("default", ServiceNames.meshName(service));
  }
}
