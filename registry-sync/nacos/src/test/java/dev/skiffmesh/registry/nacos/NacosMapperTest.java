package dev.skiffmesh.registry.nacos;

import static dev.skiffmesh.registry.nacos.Instances.PORTION;
import static dev.skiffmesh.registry.nacos.Instances.enabled;
import static dev.skiffmesh.registry.nacos.Instances.guarded;
import static dev.skiffmesh.registry.nacos.Instances.healthy;
import static dev.skiffmesh.registry.nacos.Instances.inCluster;
import static dev.skiffmesh.registry.nacos.Instances.instance;
import static dev.skiffmesh.registry.nacos.Instances.registration;
import static dev.skiffmesh.registry.nacos.Instances.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.nacos.Registration.RegisteredInstance;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NacosMapperTest {

  private final NacosMapper mapper = new NacosMapper("legacy");

  @Test
  void keepsWhatWasRegistered() {
    Endpoint endpoint =
        only(
            map(
                inCluster(
                    instance(
                        "10.0.0.1",
                        8080,
                        "version=v1",
                        "Owner=Team A",
                        "region=east",
                        "zone=east-1",
                        "preserved.register.source=SPRING_CLOUD"),
                    "BLUE")));

    assertThat(endpoint.key()).isEqualTo(new EndpointKey("legacy", "BLUE", "10.0.0.1:8080"));
    assertThat(endpoint.address()).isEqualTo("10.0.0.1");
    assertThat(endpoint.locality()).isEqualTo(new Locality("east", "east-1", ""));
    assertThat(endpoint.labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("version", "v1", "Owner", "Team A", "region", "east", "zone", "east-1"));
    assertThat(endpoint.health()).isEqualTo(Health.HEALTHY);
  }

  @Test
  void anAddressOfSixIsReadAsSpringCloudAlibabaWritesIt() {
    assertThat(only(map(instance("[2001:db8::8]", 8080))))
        .returns("2001:db8:0:0:0:0:0:8", Endpoint::address)
        .returns(
            new EndpointKey("legacy", "DEFAULT", "[2001:db8:0:0:0:0:0:8]:8080"), Endpoint::key);
    assertThat(only(map(instance("10.0.0.1", 8080, "IPv6=[2001:db8::8]"))))
        .returns(List.of("2001:db8:0:0:0:0:0:8"), Endpoint::additionalAddresses)
        .returns(Map.of(), Endpoint::labels);
  }

  @ParameterizedTest
  @CsvSource({
    "providers:com.acme.A:1.0.0:,protocol=dubbo,disabled=true,true",
    "providers:com.acme.A:1.0.0:,protocol=tri,enabled=false,true",
    "providers:com.acme.A:1.0.0:,protocol=dubbo,enabled=true,false",
    "quote,dubbo.metadata.revision=1,disabled=true,true",
    "order,version=v1,disabled=true,false",
  })
  void dubbosWordsDrain(String service, String one, String other, boolean isDrained) {
    MappedService mapped =
        mapper.map(
            PORTION,
            registration(service, 1, instance("10.1.0.4", 20880, one, other)),
            MappedService.NOTHING);

    assertThat(only(mapped).isDrained()).isEqualTo(isDrained);
    assertThat(only(mapped).labels().containsKey("disabled"))
        .isEqualTo(!isDrained && other.startsWith("disabled"));
  }

  @ParameterizedTest
  @CsvSource({"0.1,0.1", "1.0,1", "2.5,2.5", "0,0", "-0.0,0", "0.3333,0.3333", "10000,10000"})
  void keepsWeightsAsTheirDecimal(double registered, String weight) {
    Endpoint endpoint = only(map(weighted(instance("10.0.0.1", 8080), registered)));

    assertThat(endpoint.weight()).isEqualByComparingTo(new BigDecimal(weight));
  }

  @Test
  void tellsDrainedUnhealthyAndDisabledApart() {
    MappedService mapped =
        map(
            weighted(instance("10.0.0.1", 8080), 0),
            healthy(instance("10.0.0.2", 8080), false),
            enabled(instance("10.0.0.3", 8080), false));

    assertThat(mapped.endpoints().endpoints())
        .extracting(Endpoint::address, Endpoint::isDrained, Endpoint::health)
        .containsExactly(
            tuple("10.0.0.1", true, Health.HEALTHY),
            tuple("10.0.0.2", false, Health.UNHEALTHY),
            tuple("10.0.0.3", true, Health.HEALTHY));
  }

  @ParameterizedTest
  @CsvSource({
    "'',order,http,80,HTTP",
    "'protocol=HTTP',order,http,80,HTTP",
    "'protocol=rest',order,http,80,HTTP",
    "'secure=true',order,https,443,TCP",
    "'protocol=h2c',order,http2,80,HTTP2",
    "'protocol=grpc',order,grpc,50051,GRPC",
    "'protocol=tri',order,grpc,50051,GRPC",
    "'protocol=dubbo',order,dubbo,20880,DUBBO",
    "'',providers:com.acme.Quote::,dubbo,20880,DUBBO",
    "'protocol=thrift',order,tcp,7000,TCP",
  })
  void namesThePortByWhatIsSpokenThere(
      String metadata, String service, String name, int number, Protocol protocol) {
    RegisteredInstance instance =
        metadata.isEmpty() ? instance("10.0.0.1", 7000) : instance("10.0.0.1", 7000, metadata);

    MappedService mapped =
        mapper.map(PORTION, registration(service, 1, instance), MappedService.NOTHING);

    assertThat(mapped.ports()).containsExactly(new ServicePort(name, number, protocol));
    assertThat(only(mapped).ports()).isEqualTo(Map.of(name, 7000));
  }

  @Test
  void portsComeFromAllInstances() {
    MappedService mapped =
        map(
            instance("10.0.0.1", 8080),
            instance("10.0.0.2", 8081, "gRPC_port=9090"),
            instance("10.0.0.3", 8082, "protocol=http2"));

    assertThat(mapped.ports())
        .containsExactly(
            new ServicePort("http", 80, Protocol.HTTP),
            new ServicePort("http2", 8080, Protocol.HTTP2),
            new ServicePort("grpc", 50_051, Protocol.GRPC));
    assertThat(mapped.endpoints().endpoints())
        .extracting(Endpoint::ports)
        .isEqualTo(
            List.of(
                Map.of("http", 8080), Map.of("http", 8081, "grpc", 9090), Map.of("http2", 8082)));
  }

  @Test
  void aPortThatClashesWithACustomaryOneMoves() {
    MappedService mapped =
        map(instance("10.0.0.1", 8080), instance("10.0.0.2", 80, "protocol=thrift"));

    assertThat(mapped.ports())
        .containsExactly(
            new ServicePort("http", 80, Protocol.HTTP), new ServicePort("tcp", 81, Protocol.TCP));
  }

  @Test
  void keepsItsPortsWhenTheLastInstanceGoes() {
    MappedService full = map(instance("10.0.0.1", 9090, "protocol=grpc"));

    MappedService empty = mapper.map(PORTION, registration("order", 2), full);

    assertThat(empty.ports()).isEqualTo(full.ports());
    assertThat(empty.endpoints().endpoints()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "order.acme",
        "10.0.0",
        "10.0.0.256",
        "10.1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "fe80::1%eth0",
        "[::]"
      })
  void leavesOutWhatIsNoAddressToCall(String ip) {
    MappedService mapped = map(instance(ip, 8080), instance("10.0.0.1", 8080));

    assertThat(only(mapped).address()).isEqualTo("10.0.0.1");
    assertThat(mapped.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(FindingCode.MALFORMED_ENTRY);
              assertThat(finding.message()).contains("`ip`").contains("'" + ip + "'");
              assertThat(finding.location()).isEqualTo("legacy: public/DEFAULT_GROUP");
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void leavesOutWhatIsNoPort(int port) {
    MappedService mapped = map(instance("10.0.0.2", port), instance("10.0.0.1", 8080));

    assertThat(only(mapped).address()).isEqualTo("10.0.0.1");
    assertThat(mapped.findings()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void whatIsNoWeightIsOne(double weight) {
    MappedService mapped = map(weighted(instance("10.0.0.1", 8080), weight));

    assertThat(only(mapped).weight()).isEqualByComparingTo("1");
    assertThat(mapped.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("'" + weight + "'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "abc", "99999999999"})
  void aGrpcPortThatMakesNoSenseLeavesTheInstance(String port) {
    MappedService mapped =
        map(instance("10.0.0.1", 8080, "gRPC_port=" + port, "management.port=" + port));

    assertThat(only(mapped).ports()).isEqualTo(Map.of("http", 8080));
    assertThat(mapped.findings())
        .extracting(Finding::message)
        .hasSize(port.equals("0") || port.equals("-1") ? 0 : 2)
        .allMatch(message -> message.contains(port));
  }

  @Test
  void furtherPortsAreNamedByTheMetadata() {
    MappedService mapped =
        map(instance("10.0.0.1", 8443, "secure=true", "gRPC.port=9090", "management.port=8081"));

    assertThat(only(mapped).ports())
        .isEqualTo(Map.of("https", 8443, "grpc", 9090, "management", 8081));
    assertThat(mapped.ports())
        .containsExactly(
            new ServicePort("https", 443, Protocol.TCP),
            new ServicePort("grpc", 50_051, Protocol.GRPC),
            new ServicePort("management", 8081, Protocol.HTTP));
    assertThat(only(map(instance("10.0.0.1", 8080, "management.port=8080"))).ports())
        .as("the actuator on the main port")
        .isEqualTo(Map.of("http", 8080));
  }

  @Test
  void theClusterIsTheZoneWhereNoneIsNamed() {
    assertThat(only(map(inCluster(instance("10.0.0.1", 80), "EAST"))).locality())
        .isEqualTo(new Locality("", "EAST", ""));
    assertThat(only(map(inCluster(instance("10.0.0.1", 80, "zone=b"), "EAST"))).locality())
        .isEqualTo(new Locality("", "b", ""));
    assertThat(only(map(inCluster(instance("10.0.0.1", 80), "DEFAULT"))).locality())
        .isEqualTo(Locality.UNKNOWN);
  }

  @Test
  void whatABridgeWroteIsNotOfThisRegistry() {
    RegisteredInstance own = instance("10.0.0.1", 80);
    RegisteredInstance copied = instance("10.0.0.2", 80, "register-resource=mcp-bridge");

    assertThat(only(map(own, copied)).address()).isEqualTo("10.0.0.1");
    assertThat(map(own, copied).isForeign()).isFalse();
    MappedService foreign = map(copied);
    assertThat(foreign.isForeign()).isTrue();
    assertThat(foreign.endpoints().endpoints()).isEmpty();
    assertThat(mapper.map(PORTION, registration("order", 2), foreign).isForeign()).isTrue();
    assertThat(mapper.map(PORTION, registration("order", 3, own), foreign).isForeign()).isFalse();
  }

  @Test
  void aDubboApplicationHasThePortsThatItLists() {
    String ports =
        "[{\"port\":20880,\"protocol\":\"dubbo\"},{\"port\":9,\"protocol\":\"dubbo\"},"
            + "{\"port\":50051,\"protocol\":\"tri\"}]";

    MappedService mapped = map(instance("10.0.0.1", 20_880, "dubbo.endpoints=" + ports));

    assertThat(only(mapped).ports()).isEqualTo(Map.of("dubbo", 20_880, "grpc", 50_051));
    assertThat(only(mapped).labels()).isEmpty();
    MappedService odd = map(instance("10.0.0.1", 20_880, "dubbo.endpoints=[{}]"));
    assertThat(only(odd).ports()).isEqualTo(Map.of("http", 20_880));
    assertThat(odd.findings()).extracting(Finding::message).first().asString().contains("[{}]");
  }

  @Test
  void dubbosWeightAndNacosWeightBothCount() {
    String service = "providers:com.acme.Quote:1.0.0:";
    RegisteredInstance half = instance("10.0.0.1", 20_880, "weight=50");

    assertThat(only(mapped(service, weighted(half, 3))).weight()).isEqualByComparingTo("1.5");
    assertThat(only(mapped(service, weighted(half, 0))).isDrained()).isTrue();
    assertThat(only(map(half)).weight()).as("no Dubbo service").isEqualByComparingTo("1");
    MappedService odd = mapped(service, instance("10.0.0.1", 20_880, "weight=many"));
    assertThat(only(odd).weight()).isEqualByComparingTo("1");
    assertThat(odd.findings()).extracting(Finding::message).first().asString().contains("'many'");
  }

  @Test
  void oneInterfaceByTwoProtocolsHasAPortForEach() {
    MappedService mapped =
        mapped(
            "providers:com.acme.Quote:1.0.0:",
            instance("10.0.0.1", 20_880, "protocol=dubbo"),
            instance("10.0.0.1", 50_051, "protocol=tri"),
            instance("10.0.0.1", 8080, "protocol=rest"));

    assertThat(mapped.ports())
        .extracting(ServicePort::name)
        .containsExactly("http", "dubbo", "grpc");
    assertThat(mapped.endpoints().endpoints()).hasSize(3);
  }

  private MappedService mapped(String service, RegisteredInstance... instances) {
    return mapper.map(PORTION, registration(service, 1, instances), MappedService.NOTHING);
  }

  @Test
  void ipv6HasOneSpelling() {
    MappedService mapped = map(instance("2001:db8:0:0::1", 8080), instance("2001:DB8::1", 8080));

    assertThat(only(mapped).key().instanceId()).isEqualTo("[2001:db8:0:0:0:0:0:1]:8080");
  }

  @Test
  void oneThatStandsTwiceCountsOnceInWhateverOrder() {
    RegisteredInstance good = instance("10.0.0.1", 8080, "version=v2");
    RegisteredInstance bad = healthy(instance("10.0.0.1", 8080, "version=v1"), false);

    assertThat(only(map(good, bad))).isEqualTo(only(map(bad, good)));
    assertThat(only(map(good, bad)).health()).isEqualTo(Health.HEALTHY);
    assertThat(map(good, bad).findings()).hasSize(1);
  }

  @Test
  void theSameInOtherClustersIsAnotherInstance() {
    MappedService mapped =
        map(inCluster(instance("10.0.0.1", 8080), "A"), inCluster(instance("10.0.0.1", 8080), "B"));

    assertThat(mapped.endpoints().endpoints()).hasSize(2);
  }

  @Test
  void theProtectThresholdIsNotRecovery() {
    RegisteredInstance well = instance("10.0.0.1", 8080);
    RegisteredInstance ill = instance("10.0.0.2", 8080);
    MappedService before = map(well, healthy(ill, false));

    MappedService guarded =
        mapper.map(PORTION, guarded(registration("order", 2, well, ill)), before);

    assertThat(guarded.endpoints()).isEqualTo(before.endpoints());
    assertThat(guarded.findings())
        .extracting(Finding::code)
        .containsExactly(FindingCode.PROTECT_THRESHOLD);
    MappedService after = mapper.map(PORTION, registration("order", 3, well, ill), guarded);
    assertThat(after.endpoints().endpoints())
        .extracting(Endpoint::health)
        .containsOnly(Health.HEALTHY);
    assertThat(after.findings()).isEmpty();
  }

  @Test
  void orderDoesNotMatter() {
    RegisteredInstance one = instance("10.0.0.1", 8080);
    RegisteredInstance two = instance("10.0.0.2", 9090, "protocol=grpc");
    RegisteredInstance bad = instance("nowhere", 1);

    assertThat(map(one, two, bad)).isEqualTo(map(bad, two, one));
  }

  private MappedService map(RegisteredInstance... instances) {
    return mapper.map(PORTION, registration("order", 1, instances), MappedService.NOTHING);
  }

  private static Endpoint only(MappedService mapped) {
    assertThat(mapped.endpoints().endpoints()).hasSize(1);
    return mapped.endpoints().endpoints().getFirst();
  }
}
