package dev.skiffmesh.api.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "0s, 0",
    "250ms, 250",
    "10s, 10000",
    "1h30m, 5400000",
    "00060m, 3600000",
    "1s1s, 2000",
    "500ms1h, 3600500",
    "99999h59m59s999ms, 359999999999"
  })
  void readsWhatTheGatewayApiReads(String text, long millis) {
    assertThat(DurationText.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "10",
        "s",
        "1.5s",
        "-1s",
        "+1s",
        "1 s",
        "1S",
        "1d",
        "1us",
        "100000s",
        "1h1m1s1ms1ms",
        "99999h99999h",
        "1s\n",
        "１s"
      })
  void refusesWhatTheGatewayApiRefuses(String text) {
    assertThat(DurationText.parse(text)).isEmpty();
  }

  @Property
  void readsWhatItPrints(@ForAll @LongRange(min = 0, max = 359_999_999_999L) long millis) {
    Duration duration = Duration.ofMillis(millis);

    assertThat(DurationText.parse(DurationText.print(duration))).contains(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT0.0001S", "PT100000H"})
  void printsNoneThatItHasNoWordsFor(String iso) {
    assertThatThrownBy(() -> DurationText.print(Duration.parse(iso)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
