package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The table in {@code docs/clients.md} of what each client does of each field is what options say
 * of themselves, and so what policies' statuses say. {@code -Dskiff.goldens=rewrite} writes it.
 */
class ClientFieldsTest {

  private static final Path PAGE = Path.of("../docs/clients.md");
  private static final String BEGIN = "<!-- fields: made from the code -->\n";
  private static final String END = "<!-- end of fields -->\n";

  private static final Map<String, Dialect> CLIENTS =
      new TreeMap<>(
          Map.of(
              "Envoy before 1.36", new Dialect.Envoy(1, 35, true),
              "Envoy 1.36 and newer", new Dialect.Envoy(1, 36, true),
              "gRPC C-core", new Dialect.Grpc("c-core"),
              "gRPC Go", new Dialect.Grpc("go"),
              "grpc-java", new Dialect.Grpc("java")));

  @Test
  void thePageSaysWhatOptionsSay() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    assertThat(begin).isGreaterThan(BEGIN.length() - 1).isLessThanOrEqualTo(end);
    String table = table();
    if ("rewrite".equals(System.getProperty("skiff.goldens"))) {
      page = page.substring(0, begin) + table + page.substring(end);
      Files.writeString(PAGE, page);
      end = page.indexOf(END);
    }
    assertThat(page.substring(begin, end)).isEqualTo(table);
  }

  private static String table() throws IOException {
    SortedMap<String, Map<String, SortedSet<String>>> rows = new TreeMap<>();
    for (Placed<? extends Option> placed : SlotFieldsTest.ofAllGoldens()) {
      Map<String, SortedSet<String>> row =
          rows.computeIfAbsent(
              placed.kind() + " `" + placed.option().traits().field() + "`",
              field -> new TreeMap<>());
      CLIENTS.forEach(
          (client, dialect) -> {
            Optional<String> lacking = placed.option().lacking(dialect);
            SortedSet<String> cell = row.computeIfAbsent(client, name -> new TreeSet<>());
            lacking.ifPresent(what -> cell.add(what));
          });
    }
    StringBuilder table = new StringBuilder("| field |");
    CLIENTS.keySet().forEach(client -> table.append(' ').append(client).append(" |"));
    table.append("\n|---|").append("---|".repeat(CLIENTS.size())).append('\n');
    rows.forEach(
        (field, row) -> {
          table.append("| ").append(field).append(" |");
          row.values()
              .forEach(
                  lacking ->
                      table
                          .append(' ')
                          .append(lacking.isEmpty() ? "yes" : String.join("; ", lacking))
                          .append(" |"));
          table.append('\n');
        });
    return table.toString();
  }
}
