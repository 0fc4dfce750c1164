package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.registry.kubernetes.ClusterObject.Backend;
import dev.skiffmesh.registry.kubernetes.ClusterObject.Slice;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {ready: true, serving: true, terminating: false} | true  | true  | false
          {ready: false, serving: true, terminating: true} | false | true  | true
          {ready: false, serving: false, terminating: true}| false | false | true
          {ready: false}                                   | false | false | false
          {ready: true}                                    | true  | true  | false
          {}                                               | true  | true  | false
          """)
  void conditionsThatAreNotSaid(
      String conditions, boolean ready, boolean serving, boolean terminating) {
    HasMetadata object =
        new KubernetesSerialization()
            .unmarshal(
                """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: a, namespace: shop, labels: {kubernetes.io/service-name: order}}
                addressType: IPv4
                ports: [{name: http, port: 8080, protocol: TCP}]
                endpoints: [{addresses: ["10.3.4.1"], conditions: %s}]
                """
                    .formatted(conditions));

    Slice slice = (Slice) ObjectReader.read(object);

    assertThat(slice.backends())
        .containsExactly(new Backend("10.3.4.1", ready, serving, terminating, "", "", ""));
  }
}
