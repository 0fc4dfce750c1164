package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class TableTest {

  @Test
  void columns_are_as_wide_as_their_cells() {
    Table table = Table.of("NAME", "STATE").wide("SINCE");
    table.row("a", "Synced", "3s");
    table.row("longer", "Lost", "1m");

    assertThat(table.text(false)).isEqualTo("NAME    STATE\na       Synced\nlonger  Lost\n");
    assertThat(table.text(true))
        .isEqualTo("NAME    STATE   SINCE\na       Synced  3s\nlonger  Lost    1m\n");
  }

  @Test
  void a_note_stands_below_its_row_or_in_the_last_column() {
    Table table = Table.of("NAME", "STATE");
    table.noted("it " + "is ".repeat(30) + "so", "a", "Lost");
    table.row("b", "Synced");

    assertThat(table.text(false))
        .isEqualTo(
            """
            NAME  STATE
            a     Lost
                it is is is is is is is is is is is is is is is is is is is is is is is is
                is is is is is is so
            b     Synced
            """);
    assertThat(table.text(true))
        .isEqualTo(
            "NAME  STATE   MESSAGE\na     Lost    it " + "is ".repeat(30) + "so\nb     Synced\n");
  }

  @Test
  void a_path_in_a_note_is_never_cut() {
    Table table = Table.of("NAME");
    String path = "policies/" + "x".repeat(100) + ".yaml:7:";
    table.noted(path + " must be", "a");

    assertThat(table.text(false)).contains("    " + path + "\n    must be\n");
  }

  @Property
  void the_narrow_form_keeps_to_80_characters(
      @ForAll @AlphaChars @StringLength(max = 60) String first,
      @ForAll @AlphaChars @StringLength(max = 60) String second,
      @ForAll @AlphaChars @StringLength(max = 60) String third) {
    Table table = Table.of("FIRST", "SECOND", "THIRD");
    table.row(first, second, third);

    assertThat(table.text(false).lines()).allMatch(line -> line.length() <= Table.WIDTH);
    assertThat(table.text(true)).contains(first, second, third);
  }
}
