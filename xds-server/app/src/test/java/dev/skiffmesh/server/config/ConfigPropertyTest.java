package dev.skiffmesh.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class ConfigPropertyTest {

  private static final List<String> PIECES =
      List.of(
          "xds",
          "admin",
          "registries",
          "policies",
          "state",
          "type",
          "file",
          "nacos",
          "name",
          "path",
          "server",
          "password",
          "client",
          "namespaces",
          "id",
          "as",
          ": ",
          ":",
          "- ",
          "\n",
          "\n  ",
          "\n    ",
          "{",
          "}",
          "[",
          "]",
          ", ",
          "\"",
          "'",
          "${A}",
          "${",
          "$${",
          "1",
          "true",
          "~",
          "#",
          "&a ",
          "*a",
          "| ",
          "é",
          "\t",
          "127.0.0.1",
          "20s");

  @Property(tries = 2000)
  void no_text_makes_the_reader_throw_anything_but_its_message(@ForAll("texts") String text) {
    try {
      ConfigReader.load(text, "skiff.yaml", Path.of("folder"), name -> "a\u0000b").print();
    } catch (ConfigException refused) {
      assertThat(refused.getMessage()).isNotEmpty().doesNotContain("Exception");
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(PIECES).list().ofMaxSize(25).map(pieces -> String.join("", pieces));
  }
}
