package dev.skiffmesh.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void whatATerminalWouldObeyIsWrittenOut() {
    assertThat(Printable.of("a\u001b[2Jb\rc\u009bd\u202ee\u200bf\u2028g\th\u0000"))
        .isEqualTo("a\\u001b[2Jb\\u000dc\\u009bd\\u202ee\\u200bf\\u2028g\\u0009h\\u0000");
  }

  @Test
  void whatPeopleReadStays() {
    String text = "订单服务 Ünder é 🚀\nnext line\n";
    assertThat(Printable.of(text)).isEqualTo(text);
  }
}
