package dev.skiffmesh.translator.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.document.DurationText;
import dev.skiffmesh.api.document.RecordSchema;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.resource.ResourceSet;
import dev.skiffmesh.translator.testing.TestingMesh;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What pages say holds where no policy says anything is what Envoy is sent without policies. */
class OtherwiseTest {

  private static final ResourceSet WITHOUT_POLICIES =
      TestingMesh.read(
              "mesh.yaml",
              """
              apiVersion: skiffmesh.dev/v1alpha1
              kind: Service
              metadata: {name: order, namespace: trading}
              spec: {ports: [{name: http, port: 80, protocol: http}]}
              """)
          .translation()
          .resources();

  @Test
  void timesAreThose() throws InvalidProtocolBufferException {
    Cluster cluster = Cluster.parseFrom(value(ResourceKind.CLUSTER));
    RouteAction route =
        VirtualHost.parseFrom(value(ResourceKind.VIRTUAL_HOST)).getRoutes(0).getRoute();

    assertThat(cluster.getConnectTimeout().getSeconds()).isEqualTo(seconds("connect"));
    assertThat(route.getTimeout().getSeconds()).isEqualTo(seconds("request"));
    assertThat(route.getIdleTimeout().getSeconds()).isEqualTo(seconds("idle"));
  }

  private static ByteString value(ResourceKind kind) throws InvalidProtocolBufferException {
    Resource only = WITHOUT_POLICIES.of(kind).values().iterator().next();
    return Any.parseFrom(only.any()).getValue();
  }

  private static long seconds(String field) {
    return RecordSchema.of(TimeoutSpec.class).fields().stream()
        .filter(one -> one.name().equals(field))
        .map(RecordSchema.Field::otherwise)
        .map(text -> DurationText.parse(String.valueOf(text)).orElseThrow())
        .map(Duration::toSeconds)
        .findFirst()
        .orElseThrow();
  }
}
