package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Port;
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
          """)
  void whatIsSpokenOnAPort(String name, int number, String application, Protocol expected) {
    Port port = new Port(name, number, "TCP", application == null ? "" : application);

    assertThat(PortProtocols.of(port)).isEqualTo(expected);
  }
}
