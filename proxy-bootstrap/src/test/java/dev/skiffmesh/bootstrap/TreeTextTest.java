package dev.skiffmesh.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Values;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class TreeTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yes",
        "No",
        "ON",
        "y",
        "true",
        "null",
        "~",
        "1.0",
        "2",
        "-3",
        "0x1F",
        "010",
        "1e3",
        ".5",
        ".inf",
        "NaN",
        "# no comment",
        "a: b",
        "- a",
        "{a}",
        "[a]",
        "\"",
        "'",
        "back\\slash",
        "tab\t",
        "two\nlines",
        "纸",
        "*star",
        "&and",
        "!bang",
        "%per",
        "@at",
        " space ",
        "a #b"
      })
  void quotesWhatAnotherReaderWouldNotTakeForText(String text) {
    Struct message = Struct.newBuilder().putFields("key", Values.of(text)).build();

    String yaml = TreeText.yaml(message);

    assertThat(yaml).startsWith("key: \"");
    assertThat(new Load(LoadSettings.builder().build()).loadFromString(yaml))
        .isEqualTo(Map.of("key", text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"v1", "order.trading", "envoy.resource_monitors.x", "2s", "0.500s", "a-b"})
  void leavesWordsAndDurationsBare(String text) {
    Struct message = Struct.newBuilder().putFields("key", Values.of(text)).build();

    assertThat(TreeText.yaml(message)).isEqualTo("key: " + text + "\n");
  }

  @Test
  void writesWholeNumbersWithoutAPoint() {
    Struct message = Struct.newBuilder().putFields("port", Values.of(15_006)).build();

    assertThat(TreeText.yaml(message)).isEqualTo("port: 15006\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "a\"b", "back\\slash", "tab\t", "two\nlines", "纸", "😀"})
  void writesJsonThatReadsBack(String text) throws Exception {
    Struct message =
        Struct.newBuilder()
            .putFields("text", Values.of(text))
            .putFields("none", Values.of(Struct.getDefaultInstance()))
            .putFields("list", Values.of(List.of(Values.of(1), Values.of(true), Values.of(0.5))))
            .build();

    Struct.Builder back = Struct.newBuilder();
    JsonFormat.parser().merge(TreeText.json(message), back);

    assertThat(back.build()).isEqualTo(message);
  }
}
