package dev.skiffmesh.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.KeyValuePair;

/** The case {@code log-injection} and its relatives. */
class LineEncoderTest {

  private static final int A_LINE = 16 * 1_024;

  private final LoggerContext context = new LoggerContext();
  private final LineEncoder encoder =
      new LineEncoder(new Repeats(10_000, 3, 5), new Repeats(10_000, 2, 2));
  private long now = 1_000_000;

  static Stream<Arguments> foreignWords() {
    return Stream.of(
        Arguments.of("a\"b\\c\nd{e}", "a\\\"b\\\\c\\nd{e}"),
        Arguments.of("\u001b[31mred", "\\u001b[31mred"),
        Arguments.of("\u009b31mred", "\\u009b31mred"),
        Arguments.of("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"),
        Arguments.of("\u0000\u0007\u007f", "\\u0000\\u0007\\u007f"),
        Arguments.of(
            "line\u2028and\u2029paragraph\u0085next", "line\\u2028and\\u2029paragraph\\u0085next"),
        Arguments.of("\u202etxt.exe\u2066", "\\u202etxt.exe\\u2066"),
        Arguments.of("\ud800alone", "\\ud800alone"),
        Arguments.of("订单 café 😀", "订单 café 😀"),
        Arguments.of("", ""));
  }

  @ParameterizedTest
  @MethodSource("foreignWords")
  void a_value_stays_between_its_quotes(String words, String written) {
    String line = line("A proxy has rejected a response", null, "error", words);
    assertThat(line).endsWith(" WARN  A proxy has rejected a response error=\"" + written + "\"\n");
    assertThat(line.lines()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("foreignWords")
  void a_message_and_an_exception_stay_on_their_line(String words, String written) {
    String line = line(words, new IllegalStateException(words), "stream", "7");
    assertThat(line.lines()).hasSize(1);
    assertThat(line)
        .contains("exception=\"java.lang.IllegalStateException: " + written + "\" at=\"");
  }

  @Test
  void a_long_value_is_cut_and_says_so() {
    String line = line("x", null, "error", "e".repeat(5_000_000));
    assertThat(line).hasSizeLessThan(A_LINE).contains("...(4998976 more)\"");
  }

  @Test
  void a_cut_does_not_part_a_character() {
    String line = line("x", null, "error", "e".repeat(LineEncoder.MOST_OF_VALUE - 1) + "😀😀");
    assertThat(line).contains("e...(4 more)\"");
  }

  @Test
  void a_line_is_bounded_whatever_it_is_made_of() {
    LoggingEvent event = event("m".repeat(100_000), new IllegalStateException("t".repeat(100_000)));
    for (int i = 0; i < 1_000; i++) {
      event.addKeyValuePair(new KeyValuePair("k" + i, "v".repeat(100_000)));
    }
    assertThat(written(event)).hasSizeLessThan(2 * A_LINE);
  }

  @Test
  void what_one_proxy_repeats_is_counted_and_hides_nobody_else() {
    List<String> lines =
        Stream.generate(() -> line("Rejected", null, "proxy", "loud")).limit(1_000).toList();
    assertThat(lines.stream().filter(line -> !line.isEmpty())).hasSize(3);
    assertThat(line("Rejected", null, "proxy", "quiet")).contains("proxy=\"quiet\"");
    now += 10_000;
    assertThat(line("Rejected", null, "proxy", "loud")).endsWith(" and=\"997 more\"\n");
  }

  @Test
  void many_proxies_together_are_bounded_too() {
    long said = 0;
    for (int i = 0; i < 1_000; i++) {
      said += line("Connected", null, "proxy", "p" + i).isEmpty() ? 0 : 1;
    }
    assertThat(said).isEqualTo(5);
    assertThat(line("Disconnected", null, "proxy", "p1")).isNotEmpty();
    now += 10_000;
    assertThat(line("Connected", null, "proxy", "p7")).endsWith(" and=\"995 more\"\n");
  }

  @Test
  void a_library_is_named_and_counted_by_its_logger() {
    Logger library = context.getLogger("io.grpc.netty.NettyServerHandler");
    long said = 0;
    for (int i = 0; i < 100; i++) {
      LoggingEvent event =
          new LoggingEvent(
              "", library, Level.WARN, "Stream Error " + i, new Exception("refused"), null);
      event.setTimeStamp(now);
      String line = written(event);
      said += line.isEmpty() ? 0 : 1;
      assertThat(line.lines().count()).isLessThanOrEqualTo(1);
    }
    assertThat(said).isEqualTo(2);
  }

  private String line(String message, @Nullable Throwable thrown, String key, String value) {
    LoggingEvent event = event(message, thrown);
    event.addKeyValuePair(new KeyValuePair(key, value));
    return written(event);
  }

  private LoggingEvent event(String message, @Nullable Throwable thrown) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("dev.skiffmesh.Test"), Level.WARN, message, thrown, null);
    event.setTimeStamp(now);
    return event;
  }

  private String written(LoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
