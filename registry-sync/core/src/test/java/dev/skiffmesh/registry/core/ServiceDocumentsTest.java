package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.EndpointKey;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Health;
import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.api.model.Locality;
import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.model.Service;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.model.ServicePort;
import dev.skiffmesh.registry.core.ServiceDocuments.Registered;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceDocumentsTest {

  private static Decoded<Registered> decode(String spec) {
    String text =
        "apiVersion: skiffmesh.dev/v1alpha1\nkind: Service\n"
            + "metadata: {name: order, namespace: trading}\nspec:\n"
            + spec.indent(2);
    RawDocument document =
        new DocumentReader().read("local", "order.yaml", text).documents().getFirst();
    return ServiceDocuments.decode(document);
  }

  private static List<String> wrong(Decoded<?> decoded) {
    return decoded instanceof Decoded.Rejected<?>(List<Violation> violations)
        ? violations.stream()
            .map(v -> v.position().line() + " `" + v.field() + "` " + v.message())
            .toList()
        : List.of();
  }

  @Test
  void readsTheExampleOfTheContract() {
    Decoded<Registered> decoded =
        decode(
            """
            aliases: [ORDER_SERVICE]
            ports: [{name: http, port: 8080, protocol: http}]
            endpoints:
              - {address: 127.0.0.1, port: 9001, weight: 1, labels: {version: v1}, zone: a}
              - {address: 127.0.0.1, port: 9002, weight: 0.5, labels: {version: v2}, health: Healthy}
            """);

    assertThat(decoded)
        .isEqualTo(
            new Decoded.Ok<>(
                new Registered(
                    new Service(
                        new ServiceId("trading", "order"),
                        Immutable.sortedSet(List.of("ORDER_SERVICE")),
                        List.of(new ServicePort("http", 8080, Protocol.HTTP)),
                        Immutable.sortedSet(List.of()),
                        List.of("local")),
                    new EndpointSet(
                        List.of(
                            endpoint(9001, "1", "v1", Locality.ofZone("a")),
                            endpoint(9002, "0.5", "v2", Locality.UNKNOWN))))));
  }

  private static Endpoint endpoint(int port, String weight, String version, Locality locality) {
    return new Endpoint(
        new EndpointKey("local", "", "127.0.0.1:" + port),
        "127.0.0.1",
        Immutable.sortedMap(Map.of("http", port)),
        new BigDecimal(weight),
        Health.HEALTHY,
        true,
        locality,
        Immutable.sortedMap(Map.of("version", version)));
  }

  @Test
  void anEndpointMayHaveSeveralPorts() {
    Decoded<Registered> decoded =
        decode(
            """
            ports: [{port: 80}, {port: 50051, protocol: grpc}]
            endpoints:
              - {address: "fd00::1", ports: {http: 9001, grpc: 9002}, health: Draining}
              - {address: 10.0.0.2, ports: {grpc: 9002}, enabled: false, weight: 0}
            """);

    assertThat(((Decoded.Ok<Registered>) decoded).value().endpoints().endpoints())
        .extracting(endpoint -> endpoint.key().instanceId(), Endpoint::isDrained)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("10.0.0.2:9002", true),
            org.assertj.core.groups.Tuple.tuple("fd00::1:9001", true));
  }

  @Test
  void anEndpointMayHaveFurtherAddresses() {
    Decoded<Registered> decoded =
        decode(
            """
            ports: [{port: 80}]
            endpoints:
              - {address: 10.0.0.1, additionalAddresses: ["fd00::1"], port: 9001}
            """);

    assertThat(((Decoded.Ok<Registered>) decoded).value().endpoints().endpoints())
        .singleElement()
        .satisfies(one -> assertThat(one.key().instanceId()).isEqualTo("10.0.0.1:9001"))
        .satisfies(one -> assertThat(one.additionalAddresses()).containsExactly("fd00::1"));
    assertThat(
            wrong(
                decode(
                    """
                    ports: [{port: 80}]
                    endpoints:
                      - {address: 10.0.0.1, additionalAddresses: [10.0.0.2, order], port: 9001}
                      - {address: 10.0.0.2, port: 9001}
                    """)))
        .containsExactly(
            "7 `spec.endpoints[0].additionalAddresses[1]` must be an IP address, since nobody"
                + " resolves host names here, found the text 'order'",
            "8 `spec.endpoints[1]` must have an address and port of its own, found 10.0.0.2:9001,"
                + " which `spec.endpoints[0]` has too");
  }

  @Test
  void aServiceMayBeANameForDns() {
    assertThat(decode("{ports: [{port: 80}], externalName: api.example.com}"))
        .isInstanceOfSatisfying(
            Decoded.Ok.class,
            decoded ->
                assertThat(((Registered) decoded.value()).service().externalName())
                    .isEqualTo("api.example.com"));
    assertThat(
            wrong(
                decode(
                    "{ports: [{port: 80}], externalName: a.b, endpoints: [{address: 10.0.0.1, port: 1}]}")))
        .singleElement()
        .asString()
        .contains("`externalName`", "`endpoints`");
    assertThat(wrong(decode("{ports: [{port: 80}], externalName: 'A b'}")))
        .singleElement()
        .asString()
        .contains("`spec.externalName` must be");
  }

  @Test
  void findsAllThatIsWrongAtOnce() {
    Decoded<Registered> decoded =
        decode(
            """
            ports: [{port: 80}, {port: 80, protocol: grpc}, {name: grpc, port: 81}]
            endpoints:
              - {address: order.example, ports: {http: 9001}}
              - {address: 10.0.0.1, port: 9001}
              - {address: 10.0.0.2, ports: {web: 9001}}
              - {address: 10.0.0.1, ports: {http: 9001}}
              - {address: 10.0.0.3, ports: {}}
            """);

    assertThat(wrong(decoded))
        .containsExactly(
            "5 `spec.ports[1].port` must differ from the service's other ports, found '80', which"
                + " `spec.ports[0]` has too",
            "5 `spec.ports[2].name` must differ from the service's other ports, found 'grpc', which"
                + " `spec.ports[1]` has too",
            "7 `spec.endpoints[0].address` must be an IP address, since nobody resolves host names"
                + " here, found the text 'order.example'",
            "8 `spec.endpoints[1].port` must be `ports` with a number under each name, since the"
                + " service has several ports: `http`, `grpc`, `grpc`",
            "9 `spec.endpoints[2].ports.web` must be one of the service's ports, which are `http`,"
                + " `grpc`, `grpc`",
            "10 `spec.endpoints[3]` must have an address and port of its own, found 10.0.0.1:9001,"
                + " which `spec.endpoints[1]` has too",
            "11 `spec.endpoints[4].ports` must have at least one port of the service: `http`,"
                + " `grpc`, `grpc`");
  }

  @Test
  void refusesANegativeWeightAndAnUnknownField() {
    Decoded<Registered> decoded =
        decode(
            """
            ports: [{port: 80, protocol: Http3}]
            endpoints:
              - {address: 10.0.0.1, port: 9001, weight: -1, wieght: 2, labels: {version: 1.10}}
            """);

    assertThat(wrong(decoded))
        .containsExactly(
            "5 `spec.ports[0].protocol` must be one of 'http', 'http2', 'grpc', 'tcp' or 'dubbo',"
                + " found the text 'Http3'",
            "7 `spec.endpoints[0].weight` must be from 0 to 1000000, found -1",
            "7 `spec.endpoints[0].wieght` is not a known field; did you mean `weight`? known here:"
                + " `address`, `additionalAddresses`, `port`, `ports`, `weight`, `labels`, `region`, `zone`, `subZone`,"
                + " `health`, `enabled`",
            "7 `spec.endpoints[0].labels.version` must be a text, found the number 1.10; quote it:"
                + " \"1.10\"");
  }

  @Test
  void aServicesNameIsALabel() {
    RawDocument document =
        new DocumentReader()
            .read(
                "local",
                "a.yaml",
                "{apiVersion: skiffmesh.dev/v1alpha1, kind: Service, metadata: {name: a.b}, spec:"
                    + " {ports: [{port: 80}]}}")
            .documents()
            .getFirst();

    assertThat(wrong(ServiceDocuments.decode(document)))
        .singleElement()
        .asString()
        .startsWith("1 `metadata.name` must be a DNS label");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, true",
    "255.255.255.255, true",
    "256.0.0.1, false",
    "10.0.0, false",
    "10.0.0.1., false",
    "010.0.0.1, false",
    "127.1, false",
    "::1, true",
    "fe80::1%eth0, false",
    "'[::1]', false",
    "::ffff:10.0.0.1, true",
    "order.trading, false",
    "'', false"
  })
  void tellsAddressesFromNames(String text, boolean literal) {
    assertThat(IpAddresses.isLiteral(text)).isEqualTo(literal);
  }
}
