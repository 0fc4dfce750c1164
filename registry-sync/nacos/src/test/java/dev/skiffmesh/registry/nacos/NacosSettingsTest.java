package dev.skiffmesh.registry.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.registry.nacos.NacosSettings.Credentials;
import dev.skiffmesh.registry.nacos.NacosSettings.Namespace;
import dev.skiffmesh.registry.nacos.NacosSettings.ServiceFilter;
import dev.skiffmesh.registry.nacos.NacosSettings.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NacosSettingsTest {

  @Test
  void groupsMayBePatterns() {
    NacosSettings settings =
        settings(List.of(Namespace.PUBLIC), List.of("DEFAULT_GROUP", "NIGHT-*"));

    assertThat(settings.namedGroups()).containsExactly("DEFAULT_GROUP");
    assertThat(settings.hasGroupPatterns()).isTrue();
    assertThat(settings.acceptsGroup("NIGHT-A")).isTrue();
    assertThat(settings.acceptsGroup("DEFAULT_GROUP")).isTrue();
    assertThat(settings.acceptsGroup("DAY")).isFalse();
    assertThat(settings(List.of(Namespace.PUBLIC), List.of("DAY")).hasGroupPatterns()).isFalse();
  }

  @Test
  void aServiceKeepsItsNameInNacosAsAnAlias() {
    NacosPortion usual = NacosPortion.of(Namespace.PUBLIC, "DEFAULT_GROUP");
    NacosPortion other = NacosPortion.of(Namespace.PUBLIC, "night");

    assertThat(usual.aliases("ORDER_SERVICE", "order-service")).containsExactly("ORDER_SERVICE");
    assertThat(usual.aliases("order", "order")).isEmpty();
    assertThat(other.aliases("order", "order")).containsExactly("night@@order");
  }

  @Test
  void refusesTwoNamespacesWithOneName() {
    assertThatThrownBy(
            () ->
                settings(
                    List.of(Namespace.PUBLIC, new Namespace("x", "default")),
                    List.of("DEFAULT_GROUP")))
        .hasMessageContaining("`namespaces`")
        .hasMessageContaining("`as: default`")
        .hasMessageContaining("'x'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", "10.0.0.1:8848/nacos", "user@host:1"})
  void refusesWhatIsNoServer(String server) {
    assertThatThrownBy(() -> NacosSettings.of("legacy", server)).hasMessageContaining("`server`");
  }

  @Test
  void takesSeveralServers() {
    assertThat(NacosSettings.of("legacy", "10.0.0.1:8848, nacos-2").servers())
        .containsExactly("10.0.0.1:8848", "nacos-2");
  }

  @Test
  void refusesHalfALogin() {
    assertThatThrownBy(() -> Credentials.ofPassword("skiff", ""))
        .hasMessageContaining("`username`");
    assertThatThrownBy(() -> new Credentials("", "", "key", ""))
        .hasMessageContaining("`access-key`");
    assertThatThrownBy(() -> new Credentials("skiff", "secret", "key", "secret"))
        .hasMessageContaining("`username`");
  }

  @Test
  void neverShowsASecret() {
    assertThat(settings(new Credentials("skiff", "secret-1", "", "")).toString())
        .contains("skiff", "certPrivateKeyPassword")
        .doesNotContain("secret-");
    assertThat(settings(new Credentials("", "", "secret-2", "secret-3")).toString())
        .doesNotContain("secret-");
  }

  private static NacosSettings settings(Credentials credentials) {
    return new NacosSettings(
        "legacy",
        "10.0.0.1:8848",
        List.of(Namespace.PUBLIC),
        List.of("DEFAULT_GROUP"),
        ServiceFilter.ALL,
        credentials,
        new TreeMap<>(Map.of("nacos.remote.client.rpc.tls.certPrivateKeyPassword", "secret-4")),
        Timing.DEFAULT);
  }

  @Test
  void refusesAnIntervalOfNothing() {
    assertThatThrownBy(() -> new Timing(Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("`discovery-interval`");
  }

  @ParameterizedTest
  @CsvSource({
    "*,order,true",
    "order,order,true",
    "order,order-2,false",
    "order-*,order-,true",
    "order-*,Order-1,false",
    "*-v*-x,order-v1-v2-x,true",
    "*-v*-x,order-v1-y,false",
    "providers:*,providers:com.acme.Quote::,true",
    "or*er*,orderer,true",
    "a*b*c,aXbX,false",
  })
  void aStarStandsForAnyCharacters(String glob, String service, boolean isAccepted) {
    assertThat(new ServiceFilter(List.of(glob), List.of()).accepts(service)).isEqualTo(isAccepted);
    assertThat(new ServiceFilter(List.of(), List.of(glob)).accepts(service)).isEqualTo(!isAccepted);
  }

  private static NacosSettings settings(List<Namespace> namespaces, List<String> groups) {
    return new NacosSettings(
        "legacy",
        "10.0.0.1:8848",
        namespaces,
        groups,
        ServiceFilter.ALL,
        Credentials.NONE,
        new TreeMap<>(),
        Timing.DEFAULT);
  }
}
