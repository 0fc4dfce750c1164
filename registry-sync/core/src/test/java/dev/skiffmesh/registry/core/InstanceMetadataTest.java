package dev.skiffmesh.registry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.api.model.Endpoint;
import dev.skiffmesh.api.model.Health;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words that mean the same in every registry, and what becomes of those that mean nothing. */
class InstanceMetadataTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "' 10.0.0.1 ', 10.0.0.1",
    "2001:db8::8, 2001:db8:0:0:0:0:0:8",
    "[2001:db8::8], 2001:db8:0:0:0:0:0:8",
    "[2001:DB8::8], 2001:db8:0:0:0:0:0:8",
    "2001:db8:0:0:0:0:0:8%eth0, 2001:db8:0:0:0:0:0:8",
    "[2001:db8::8%2], 2001:db8:0:0:0:0:0:8",
    "::ffff:10.0.0.1, 10.0.0.1",
    "[::ffff:10.0.0.1], 10.0.0.1",
  })
  void anAddressIsReadHoweverItIsSpelled(String registered, String address) throws Exception {
    assertThat(EntryValues.address("address", registered)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "[10.0.0.1",
        "order.example",
        "127.1",
        "0.0.0.0",
        "[::]",
        "10.0.0.1%eth0",
        "fe80::1%eth0",
        "ff02::1",
        "10.0.0.1:8080"
      })
  void whatNobodyCanCallIsNoAddress(String registered) {
    assertThatThrownBy(() -> EntryValues.address("ip", registered))
        .isInstanceOf(MalformedEntryException.class)
        .hasMessage("`ip` must be an IP address, found '" + registered + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "IPv6=[2001:db8::8], 2001:db8:0:0:0:0:0:8, 0",
    "IPv6=2001:db8::8%eth0, 2001:db8:0:0:0:0:0:8, 0",
    "ipv6=2001:db8::8, 2001:db8:0:0:0:0:0:8, 0",
    "IPv6=fe80::1%eth0, '', 0",
    "IPv6=[fe80::1], '', 0",
    "IPv6=::1, '', 0",
    "IPv6=order, '', 1",
  })
  void theAddressOfTheOtherFamilyIsASecondOne(String registered, String second, int problems)
      throws Exception {
    CloudInstance.Mapped mapped = instance(8080, 0, registered).mapped("legacy");

    assertThat(String.join(",", mapped.endpoint().additionalAddresses())).isEqualTo(second);
    assertThat(mapped.endpoint().labels()).isEmpty();
    assertThat(mapped.problems()).hasSize(problems);
  }

  @Test
  void anAddressOfSixHasNoSecondOne() {
    InstanceMetadata said = new InstanceMetadata(metadata("IPv6=2001:db8::8"));

    assertThat(said.furtherAddresses("2001:db8::8")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "management.port=-1, 0",
    "management.port=0, 0",
    "gRPC_port=-1, 0",
    "management.port=70000, 1",
    "management.port=off, 1",
    "gRPC.port=-2, 1",
    "weight=many, 1",
    "weight=-1, 1",
    "weight=1e9, 1",
    "protocol=grcp, 1",
  })
  void aValueThatCannotBeUsedIsLeftOutAndTheInstanceStays(String registered, int problems)
      throws Exception {
    CloudInstance.Mapped mapped = instance(8080, 0, registered).mapped("legacy");

    Endpoint endpoint = mapped.endpoint();
    assertThat(endpoint.ports().values()).containsExactly(8080);
    assertThat(endpoint.weight()).isEqualByComparingTo("1");
    assertThat(mapped.problems())
        .hasSize(problems)
        .allSatisfy(
            problem ->
                assertThat(problem)
                    .contains(registered.substring(registered.indexOf('=') + 1))
                    .contains("the instance counts with"));
  }

  @ParameterizedTest
  @CsvSource({"8080, -1, http, 8080", "-1, 8443, https, 8443", "70000, 8443, https, 8443"})
  void oneOfBothPortsIsEnough(int port, int secure, String name, int number) throws Exception {
    CloudInstance.Mapped mapped = instance(port, secure).mapped("legacy");

    assertThat(mapped.endpoint().ports()).isEqualTo(Map.of(name, number));
    assertThat(mapped.problems()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, port", "0, -1, securePort", "-1, -1, port", "0, 0, port"})
  void withoutAnyPortItIsNoInstance(int port, int secure, String named) {
    assertThatThrownBy(() -> instance(port, secure).mapped("legacy"))
        .isInstanceOf(MalformedEntryException.class)
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @CsvSource({
    "protocol=dubbo;disabled=true, false",
    "protocol=dubbo;disabled=TRUE, false",
    "protocol=dubbo;enabled=false, false",
    "protocol=dubbo;enabled=true;disabled=false, true",
    "dubbo.endpoints=[];disabled=true, false",
    "dubbo.metadata.revision=1;enabled=false, false",
    "disabled=true, true",
  })
  void dubbosWordsDrainWhatDubboWrote(String registered, boolean enabled) throws Exception {
    assertThat(instance(8080, 0, registered.split(";")).mapped("legacy").endpoint().enabled())
        .isEqualTo(enabled);
  }

  @ParameterizedTest
  @CsvSource({"100,1", "50,0.5", "200,2", "0,0", "33,0.33", "'',1", "' 10 ',0.1"})
  void aHundredOfDubbosIsOne(String weight, String expected) {
    InstanceMetadata said = new InstanceMetadata(metadata("weight=" + weight));

    assertThat(said.dubboWeight()).isEqualByComparingTo(expected);
    assertThat(said.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "many", "1234567890123"})
  void aWeightThatIsNoneIsTheUsualOne(String weight) {
    InstanceMetadata said = new InstanceMetadata(metadata("weight=" + weight));

    assertThat(said.dubboWeight()).isEqualByComparingTo("1");
    assertThat(said.problems()).singleElement().asString().contains(weight);
  }

  private static CloudInstance instance(int port, int secure, String... metadata) {
    return new CloudInstance(
        "i-1",
        "10.0.0.1",
        port,
        secure,
        BigDecimal.ONE,
        Health.HEALTHY,
        true,
        "",
        metadata(metadata));
  }

  private static SortedMap<String, String> metadata(String... pairs) {
    SortedMap<String, String> metadata = new TreeMap<>();
    Arrays.stream(pairs)
        .map(pair -> pair.split("=", 2))
        .forEach(pair -> metadata.put(pair[0], pair[1]));
    return metadata;
  }
}
