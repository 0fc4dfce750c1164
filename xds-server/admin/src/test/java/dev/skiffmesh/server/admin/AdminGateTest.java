package dev.skiffmesh.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminGateTest {

  private final AdminGate gate =
      new AdminGate(new AdminSettings("mesh-1.corp", 18080, List.of("Skiff.skiff-system.svc")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:18080",
        "LOCALHOST.:18080",
        "app.localhost",
        "127.0.0.1:18080",
        "10.1.2.3",
        "[::1]:18080",
        "[fd00::1]",
        "mesh-1.corp:18080",
        "skiff.skiff-system.svc:80"
      })
  void ownNamesAndAddressesAreAnswered(String host) {
    assertThat(gate.refusal(asked("GET", null, null, false, host))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:18080",
        "mesh-1.corp.evil.example",
        "notlocalhost",
        ""
      })
  void otherNamesAreNot(String host) {
    assertThat(gate.refusal(asked("GET", null, null, false, host)).orElseThrow())
        .contains("`admin.hosts`")
        .contains("'" + host + "'");
  }

  @Test
  void twoHostsAreOneTooMany() {
    assertThat(gate.refusal(asked("GET", null, null, false, "localhost", "127.0.0.1"))).isPresent();
  }

  @Test
  void aClientOfTheFirstHttpHasNoHost() {
    assertThat(gate.refusal(asked("GET", null, null, false))).isEmpty();
  }

  @Test
  void aChangeNeedsItsHeaderAndItsOwnOrigin() {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "ANYTHING")) {
      assertThat(gate.refusal(asked(method, null, null, false, "localhost:1")).orElseThrow())
          .contains("`Skiff-Change`");
      assertThat(gate.refusal(asked(method, null, null, true, "localhost:1"))).isEmpty();
      assertThat(
              gate.refusal(asked(method, "http://localhost:1", "same-origin", true, "localhost:1")))
          .isEmpty();
      for (String site : List.of("cross-site", "same-site")) {
        assertThat(gate.refusal(asked(method, null, site, true, "localhost:1"))).isPresent();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "http://evil.example", "http://localhost:2", "::", "http://"})
  void otherOriginsAreNotAnswered(String origin) {
    assertThat(gate.refusal(asked("GET", origin, null, true, "localhost:1"))).isPresent();
    assertThat(gate.refusal(asked("POST", origin, null, true, "localhost:1"))).isPresent();
  }

  private static AdminGate.Asked asked(
      String method,
      @Nullable String origin,
      @Nullable String site,
      boolean header,
      String... host) {
    return new AdminGate.Asked(method, Arrays.asList(host), origin, site, header);
  }
}
