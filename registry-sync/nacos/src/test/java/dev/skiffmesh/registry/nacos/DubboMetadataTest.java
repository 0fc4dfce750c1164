package dev.skiffmesh.registry.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.registry.nacos.DubboMetadata.Exported;
import dev.skiffmesh.registry.nacos.DubboMetadata.ProtocolPort;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DubboMetadataTest {

  @Test
  void readsThePortsOfAnApplication() {
    assertThat(
            DubboMetadata.endpoints(
                "[{\"port\":20880,\"protocol\":\"dubbo\"},{\"port\":50051,\"protocol\":\"tri\"}]"))
        .containsExactly(new ProtocolPort("dubbo", 20_880), new ProtocolPort("tri", 50_051));
    assertThat(DubboMetadata.endpoints("[]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20880",
        "{}",
        "[{\"port\":0,\"protocol\":\"dubbo\"}]",
        "[{\"port\":70000,\"protocol\":\"dubbo\"}]",
        "[{\"port\":\"20880\",\"protocol\":\"dubbo\"}]",
        "[{\"port\":20880}]",
        "[null]",
        "[",
        "none"
      })
  void refusesPortsThatMakeNoSense(String json) {
    assertThatThrownBy(() -> DubboMetadata.endpoints(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must");
  }

  @Test
  void readsTheInterfacesOfARevision() {
    String json =
        """
        {"app":"quote","revision":"4f1","services":{
          "g1/com.acme.Quote:1.0.0:dubbo":{"name":"com.acme.Quote","group":"g1","version":"1.0.0",
            "protocol":"dubbo","port":20880,"path":"com.acme.Quote","params":{"weight":"50"}},
          "com.acme.Depth:tri":{"name":"com.acme.Depth","protocol":"tri","port":50051,
            "path":"com.acme.Depth","params":{"weight":"many"}},
          "odd":{"group":"g1"}, "odder":null}}
        """;

    assertThat(DubboMetadata.interfaces(json))
        .containsExactly(
            new Exported("com.acme.Depth", "", "", "tri", 50_051, BigDecimal.ONE, true),
            new Exported(
                "com.acme.Quote", "1.0.0", "g1", "dubbo", 20_880, new BigDecimal("0.5"), true));
    assertThat(DubboMetadata.interfaces(json))
        .extracting(Exported::service)
        .containsExactly("providers:com.acme.Depth::", "providers:com.acme.Quote:1.0.0:g1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"services\":[]}", "{\"services\":"})
  void refusesWhatDescribesNothing(String json) {
    assertThatThrownBy(() -> DubboMetadata.interfaces(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must");
  }
}
