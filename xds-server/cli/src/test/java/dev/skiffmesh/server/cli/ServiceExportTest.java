package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What registries let people write reaches another registry as it was, and as nothing else. */
class ServiceExportTest {

  /** As the admin API says it, with two instances. */
  private static ObjectNode service() {
    ObjectNode service = JsonMapper.shared().createObjectNode();
    service.put("namespace", "trading").put("name", "order").put("externalName", "");
    service.putArray("aliases");
    service.putArray("ports").addObject().put("name", "http").put("number", 80).put("protocol", "");
    ArrayNode endpoints = service.putArray("endpoints");
    for (String address : new String[] {"10.0.0.1", "fd00::1"}) {
      ObjectNode one = endpoints.addObject();
      one.put("address", address).put("weight", "1").put("zone", "").put("health", "Healthy");
      one.put("enabled", true);
      one.putArray("additionalAddresses");
      one.putObject("ports").put("http", 8080);
      one.putObject("labels");
    }
    return service;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yes",
        "No",
        "ON",
        "off",
        "true",
        "null",
        "~",
        "y",
        "N",
        "<<",
        "=",
        "1",
        "1.0",
        "1e3",
        "0x1F",
        "012",
        "1_000",
        "1:30",
        ".inf",
        ".NaN",
        "2026-01-01",
        "",
        " ",
        " before",
        "after ",
        "a: b",
        "a #b",
        "- a",
        "? a",
        "#",
        "*all",
        "&all",
        "!all",
        "%all",
        "@all",
        "`all",
        "{a: b}",
        "[a]",
        "|",
        ">",
        "'",
        "\"",
        "\\",
        "\\n",
        "a\nb: c",
        "a\n---\nkind: Service",
        "...",
        "\t",
        "\r\n",
        "\u0000",
        "\u001b[2J",
        "\u007f",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\ud83d\ude00",
        "订单",
        "é"
      })
  void whatIsWrittenInALabelOrAZoneIsReadAsThat(String text) {
    ObjectNode service = service();
    ObjectNode one = (ObjectNode) service.get("endpoints").get(0);
    one.put("zone", text.isEmpty() ? "a" : text);
    ((ObjectNode) one.get("labels")).put("version", text).put("a" + text, "1");

    String file = ServiceExport.of(service, null).file();
    Map<?, ?> spec = (Map<?, ?>) documents(file).getFirst().get("spec");
    Map<?, ?> endpoint = (Map<?, ?>) ((List<?>) spec.get("endpoints")).getFirst();
    assertThat(documents(file)).hasSize(1);
    assertThat(endpoint.get("zone")).isEqualTo(text.isEmpty() ? "a" : text);
    assertThat(endpoint.get("labels")).isEqualTo(Map.of("version", text, "a" + text, "1"));

    String kubernetes = ServiceExport.of(service, null).kubernetes();
    assertThat(documents(kubernetes)).hasSize(3);
    Map<?, ?> slice = documents(kubernetes).get(1);
    assertThat(((Map<?, ?>) ((List<?>) slice.get("endpoints")).getFirst()).get("zone"))
        .isEqualTo(text.isEmpty() ? "a" : text);
  }

  /** Kubernetes reads YAML 1.1, where all of these are no strings when they are bare. */
  @ParameterizedTest
  @ValueSource(strings = {"yes", "No", "on", "Off", "y", "N", "1:30", "012", "1_000", "2026-01-01"})
  void whatAnOlderReaderTakesForSomethingElseIsQuoted(String text) {
    ObjectNode service = service();
    ((ObjectNode) service.get("endpoints").get(0)).put("zone", text);

    assertThat(ServiceExport.of(service, null).file()).contains("zone: \"" + text + "\"\n");
    assertThat(ServiceExport.of(service, text).kubernetes())
        .contains("namespace: \"" + text + "\"\n", "zone: \"" + text + "\"\n");
  }

  @Test
  void namesThatAreNoWordsStayNames() {
    ObjectNode service = service();
    service.put("name", "on");
    ((ArrayNode) service.get("aliases")).add("order: v2").add("1e3");
    ((ObjectNode) service.get("ports").get(0)).put("name", "no");
    service.get("endpoints").forEach(one -> ((ObjectNode) one).putObject("ports").put("no", 8080));

    Map<?, ?> file = documents(ServiceExport.of(service, "null").file()).getFirst();
    assertThat(file.get("metadata")).isEqualTo(Map.of("name", "on", "namespace", "null"));
    Map<?, ?> spec = (Map<?, ?>) file.get("spec");
    assertThat(spec.get("aliases")).isEqualTo(List.of("order: v2", "1e3"));
    assertThat(((Map<?, ?>) ((List<?>) spec.get("endpoints")).getFirst()).get("ports"))
        .isEqualTo(Map.of("no", 8080));

    assertThat(documents(ServiceExport.of(service, "null").kubernetes()))
        .extracting(document -> String.valueOf(((Map<?, ?>) document.get("metadata")).get("name")))
        .containsExactly("on", "on-exported-1", "on-exported-2");
  }

  @Test
  void aSliceHoldsAHundredEndpointsAndEachIsInOne() {
    ObjectNode service = service();
    ArrayNode endpoints = (ArrayNode) service.get("endpoints");
    ObjectNode model = (ObjectNode) endpoints.get(0);
    endpoints.removeAll();
    for (int i = 0; i < 250; i++) {
      endpoints.add(model.deepCopy().put("address", "10.0.1." + i));
    }

    List<Map<?, ?>> documents = documents(ServiceExport.of(service, null).kubernetes());
    assertThat(documents.subList(1, documents.size()))
        .extracting(slice -> ((List<?>) slice.get("endpoints")).size())
        .containsExactly(100, 100, 50);
  }

  private static List<Map<?, ?>> documents(String yaml) {
    List<Map<?, ?>> documents = new ArrayList<>();
    new Load(LoadSettings.builder().build())
        .loadAllFromString(yaml)
        .forEach(document -> documents.add((Map<?, ?>) document));
    return documents;
  }
}
