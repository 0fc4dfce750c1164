package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresEnvoy
class EnvoyTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void carriesCallsUntilItIsClosed() {
    int port = FreePorts.next();
    long pid;
    try (HttpService service = HttpService.start("order", Map.of("version", "v1"));
        Envoy envoy = Envoy.start(bootstrap(port, service.port()))) {
      envoy.awaitReady(BOUND);
      pid = envoy.pid();

      var report = LoadLoop.run(LoadLoop.Target.of(port, "order.trading", "/"), 100, 2);

      assertThat(report.byStatus()).isEqualTo(Map.of(200, 100L));
      assertThat(service.calls()).isEqualTo(100);
      assertThat(envoy.endpoints("order").get("127.0.0.1:" + service.port()))
          .containsEntry("rq_success", "100")
          .containsEntry("health_flags", "healthy");
      assertThat(envoy.stats("^cluster\\.order\\.upstream_rq_total$"))
          .isEqualTo(Map.of("cluster.order.upstream_rq_total", 100L));
      assertThat(envoy.configDump()).contains("StaticConfig", "order");
      assertThat(envoy.logs()).contains("starting main dispatch loop");
    }
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive)).isNotEqualTo(true);
  }

  @Test
  void whatEnvoyRefusesIsInTheMessage() {
    assertThatThrownBy(() -> Envoy.start("no_such_field: 1\n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no_such_field");
  }

  @Test
  void validatesWithoutServing() throws IOException {
    Path good = Files.writeString(folder.resolve("good.yaml"), bootstrap(15_001, 8_080));
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "admin: 5\n");

    assertThat(Envoy.validate(good)).isEmpty();
    assertThat(Envoy.validate(bad)).isPresent();
  }

  private static String bootstrap(int port, int upstream) {
    return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        overload_manager:
          resource_monitors:
          - name: envoy.resource_monitors.global_downstream_max_connections
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
              max_active_downstream_connections: 1000
        static_resources:
          clusters:
          - name: order
            type: STATIC
            load_assignment:
              cluster_name: order
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
          listeners:
          - name: egress
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: egress
                  route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: order}}]}]}
                  http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
        """
        .formatted(upstream, port);
  }
}
