package dev.skiffmesh.registry.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZooKeeperMapperTest {

  private static final Directory ORDER = new Directory(Layout.CURATOR, "order");
  private static final Directory QUOTE = new Directory(Layout.DUBBO, "com.acme.Quote");

  private final ZooKeeperMapper mapper = new ZooKeeperMapper("zoo");

  @Test
  void aSpringCloudInstanceKeepsItsMetadata() {
    Endpoint endpoint =
        instance(
                """
                {"address": "10.0.0.1", "port": 8080, "sslPort": 8443, "enabled": true,
                 "payload": {"@class": "x", "metadata": {"zone": "a", "region": "r",
                   "Lane": "Blue", "weight": "2.50", "management.port": "9090",
                   "gRPC_port": "50052", "instance_status": "UP"}}}
                """)
            .endpoint();

    assertThat(endpoint.ports())
        .isEqualTo(Map.of("http", 8080, "https", 8443, "grpc", 50052, "management", 9090));
    assertThat(endpoint.weight()).isEqualByComparingTo("2.5");
    assertThat(endpoint.locality()).isEqualTo(new Locality("r", "a", ""));
    assertThat(endpoint.labels())
        .containsEntry("Lane", "Blue")
        .doesNotContainKeys("weight", "instance_status", "@class");
    assertThat(endpoint.key().instanceId()).isEqualTo("10.0.0.1:8080");
  }

  @ParameterizedTest
  @CsvSource({
    "UP, true, HEALTHY, true",
    "OUT_OF_SERVICE, true, HEALTHY, false",
    "DOWN, true, UNHEALTHY, true",
    "UP, false, HEALTHY, false",
  })
  void outOfServiceIsDrainedAndNotUnhealthy(
      String status, boolean enabled, Health health, boolean isEnabled) {
    Endpoint endpoint =
        instance(
                "{\"address\":\"10.0.0.1\",\"port\":1,\"enabled\":"
                    + enabled
                    + ",\"payload\":{\"metadata\":{\"instance_status\":\""
                    + status
                    + "\"}}}")
            .endpoint();

    assertThat(endpoint.health()).isEqualTo(health);
    assertThat(endpoint.enabled()).isEqualTo(isEnabled);
  }

  @Test
  void anApplicationOfDubboHasThePortsThatItLists() {
    Endpoint endpoint =
        instance(
                """
                {"address": "10.0.0.1", "port": 20880,
                 "payload": {"metadata": {"dubbo.metadata.revision": "abc", "dubbo.tag": "gray",
                   "dubbo.endpoints": "[{\\"port\\":20880,\\"protocol\\":\\"dubbo\\"},\
                {\\"port\\":50051,\\"protocol\\":\\"tri\\"}]"}}}
                """)
            .endpoint();

    assertThat(endpoint.ports()).isEqualTo(Map.of("dubbo", 20880, "grpc", 50051));
    assertThat(endpoint.labels()).isEqualTo(Map.of("dubbo.tag", "gray"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense | must be a JSON object",
        "[] | must be a JSON object",
        "`` | must be a JSON object",
        "{\"port\":1} | `address` must be an IP address, found ''",
        "{\"address\":\"order.example\",\"port\":1} | found 'order.example'",
        "{\"address\":\"0.0.0.0\",\"port\":1} | must be an IP address",
        "{\"address\":\"10.0.0.1\"} | must have a `port` or an `sslPort`",
        "{\"address\":\"10.0.0.1\",\"port\":70000} | must be from 1 to 65535, found '70000'",
      })
  void whatMakesNoSenseSaysWhatMustBeTrue(String json, String problem) {
    String plain = problem.replace("`address`", "address").replace("`", "");
    assertThat(mapper.node(ORDER, "n", json == null ? "" : json))
        .isInstanceOfSatisfying(
            MappedNode.Malformed.class,
            malformed -> assertThat(malformed.problem().replace("`", "")).contains(plain));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"port\": 8080, \"payload\": {\"weight\": \"-1\"} | http | 0 or more",
        "\"port\": 8080, \"payload\": {\"management.port\": \"x\"} | http | management.port",
        "\"port\": 8080, \"payload\": {\"management.port\": \"-1\"} | http | ",
        "\"port\": 8080, \"sslPort\": -1 | http | sslPort",
        "\"port\": 70000, \"sslPort\": 8080 | https | port",
        "\"port\": 8080, \"payload\": {\"dubbo.endpoints\": \"no\"} | http | dubbo.endpoints",
        "\"port\": 8080, \"payload\": {\"dubbo.endpoints\": \"[{}]\"} | http | dubbo.endpoints",
      })
  void aValueThatCannotBeUsedIsLeftOutAndTheInstanceStays(
      String fields, String port, String problem) {
    SortedMap<String, MappedNode> nodes = new TreeMap<>();
    nodes.put("n", instance("{\"address\": \"[2001:db8::8]\", " + fields + "}"));

    MappedDirectory mapped = mapper.map(ORDER, nodes, MappedDirectory.NOTHING);

    assertThat(mapped.services().get(ORDER.name()).endpoints().endpoints())
        .singleElement()
        .satisfies(
            endpoint -> {
              assertThat(endpoint.address()).isEqualTo("2001:db8:0:0:0:0:0:8");
              assertThat(endpoint.ports()).isEqualTo(Map.of(port, 8080));
              assertThat(endpoint.weight()).isEqualByComparingTo("1");
            });
    assertThat(mapped.findings()).hasSize(problem == null ? 0 : 1);
    assertThat(mapped.findings())
        .allSatisfy(finding -> assertThat(finding.message()).contains(String.valueOf(problem)));
  }

  @ParameterizedTest
  @CsvSource({"disabled=true, false", "enabled=false, false", "enabled=true, true"})
  void anApplicationOfDubboIsDrainedByTheSameWords(String word, boolean enabled) {
    String[] pair = word.split("=", 2);
    Endpoint endpoint =
        instance(
                """
                {"address": "10.0.0.1", "port": 20880, "payload": {"metadata":
                  {"dubbo.metadata.revision": "abc", "%s": "%s"}}}
                """
                    .formatted(pair[0], pair[1]))
            .endpoint();

    assertThat(endpoint.enabled()).isEqualTo(enabled);
  }

  @Test
  void aDubboUrlNamesItsServiceByInterfaceVersionAndGroup() {
    MappedNode.Instance instance =
        provider(
            "tri://u:p@[2001:db8::1]:50051/com.acme.Quote?version=1.0.0&group=g1"
                + "&weight=250&application=quote&pid=7&timestamp=12&zone=a&dubbo.tag=gray");

    assertThat(instance.service()).isEqualTo("providers:com.acme.Quote:1.0.0:g1");
    assertThat(instance.since()).isEqualTo(12);
    Endpoint endpoint = instance.endpoint();
    assertThat(endpoint.address()).isEqualTo("2001:db8:0:0:0:0:0:1");
    assertThat(endpoint.ports()).isEqualTo(Map.of("grpc", 50051));
    assertThat(endpoint.weight()).isEqualByComparingTo("2.5");
    assertThat(endpoint.locality()).isEqualTo(Locality.ofZone("a"));
    assertThat(endpoint.labels())
        .containsEntry("application", "quote")
        .containsEntry("dubbo.tag", "gray")
        .doesNotContainKeys("pid", "timestamp", "weight");
    assertThat(provider("dubbo://10.0.0.1:1/x?version=0.0.0").service())
        .isEqualTo("providers:com.acme.Quote::");
  }

  @ParameterizedTest
  @CsvSource({
    "disabled=true, false",
    "enabled=false, false",
    "enabled=true&disabled=false, true",
    "side=provider, true"
  })
  void aDisabledProviderIsDrained(String parameters, boolean enabled) {
    assertThat(provider("dubbo://10.0.0.1:1/x?" + parameters).endpoint().enabled())
        .isEqualTo(enabled);
  }

  @Test
  void ofTwoNodesWithOneAddressAndPortTheNewerCountsAndNothingIsReported() {
    SortedMap<String, MappedNode> nodes = new TreeMap<>();
    nodes.put("b-old", provider("dubbo://10.0.0.1:1/x?timestamp=1&lane=old"));
    nodes.put("a-new", provider("dubbo://10.0.0.1:1/x?timestamp=2&lane=new"));

    MappedDirectory mapped = mapper.map(QUOTE, nodes, MappedDirectory.NOTHING);

    assertThat(mapped.findings()).isEmpty();
    assertThat(mapped.services().get("providers:com.acme.Quote::").endpoints().endpoints())
        .singleElement()
        .satisfies(endpoint -> assertThat(endpoint.labels()).containsEntry("lane", "new"));
  }

  @Test
  void aServiceWithoutInstancesKeepsItsPorts() {
    SortedMap<String, MappedNode> nodes = new TreeMap<>();
    nodes.put("a", provider("dubbo://10.0.0.1:1/x"));
    MappedDirectory before = mapper.map(QUOTE, nodes, MappedDirectory.NOTHING);

    MappedDirectory now = mapper.map(QUOTE, new TreeMap<>(), before);

    MappedDirectory.MappedService service = now.services().get("providers:com.acme.Quote::");
    assertThat(service.endpoints().endpoints()).isEmpty();
    assertThat(service.ports()).singleElement().matches(port -> port.number() == 20880);
  }

  private MappedNode.Instance instance(String json) {
    return (MappedNode.Instance) mapper.node(ORDER, "n", json);
  }

  private MappedNode.Instance provider(String url) {
    return (MappedNode.Instance)
        mapper.node(QUOTE, URLEncoder.encode(url, StandardCharsets.UTF_8), "");
  }
}
