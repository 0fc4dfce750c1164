package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortProtocolsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http         | 9999  |                    | HTTP
          http-web     | 3306  |                    | HTTP
          grpc-api     | 80    |                    | GRPC
          http2        | 80    |                    | HTTP2
          https        | 8443  |                    | TCP
          tcp-x        | 80    |                    | TCP
          web          | 8080  |                    | HTTP
          ''           | 80    |                    | HTTP
          ''           | 3306  |                    | TCP
          store        | 6379  |                    | TCP
          ''           | 20880 |                    | DUBBO
          ''           | 50051 |                    | GRPC
          grpc         | 80    | http               | HTTP
          web          | 80    | kubernetes.io/h2c  | HTTP2
          web          | 80    | kubernetes.io/ws   | HTTP
          web          | 80    | kubernetes.io/wss  | TCP
          web          | 80    | example.com/custom | TCP
          grpc-web     | 9000  |                    | HTTP
          grpc-web-api | 9000  |                    | HTTP
          grpc-website | 9000  |                    | GRPC
          https-http   | 9000  |                    | TCP
          httpx        | 9000  |                    | HTTP
          udp-stats    | 9000  |                    | TCP
          gw           | 9008  | grpc-web           | HTTP
          h11          | 9009  | http/1.1           | HTTP
          h11          | 9009  | HTTPS              | TCP
          grpc         | 9009  | skiffmesh.dev/dubbo | DUBBO
          """)
  void whatIsSpokenOnAPort(String name, int number, String application, Protocol expected) {
    Port port = new Port(name, number, "TCP", application == null ? "" : application);

    assertThat(PortProtocols.of(port)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "http, false",
    "grpc-web, false",
    "kubernetes.io/h2c, false",
    "thrift, false",
    "'', false",
    "example.com/custom, true",
    "kubernetes.io/other, true",
    "grcp, true"
  })
  void aWordThatNobodyKnowsIsSaid(String application, boolean isUnknown) {
    ClusterObject.Service service =
        new ClusterObject.Service(
            "shop",
            "names",
            List.of(),
            false,
            null,
            List.of(new Port("gw", 9008, "TCP", application)));

    List<Finding> findings = ClusterFindings.of(service);

    assertThat(findings).hasSize(isUnknown ? 1 : 0);
    assertThat(findings)
        .allSatisfy(
            finding ->
                assertThat(finding.message())
                    .startsWith("The `appProtocol` of port 9008 must be one that Skiff knows")
                    .contains("found '" + application + "'", "tcp"));
  }
}
