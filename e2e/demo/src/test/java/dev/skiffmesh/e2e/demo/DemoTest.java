package dev.skiffmesh.e2e.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.e2e.parts.RequiresEnvoy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The demo as the README shows it. */
@RequiresEnvoy
class DemoTest {

  private static final Pattern SHARE = Pattern.compile("order v2 +(\\d+\\.\\d) %");

  @Test
  void oneRoundShowsTheCanarysShareAndNoFailure() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();

    boolean good = new Demo(new PrintStream(shown, true, UTF_8), System.err, false, true).run();

    String text = shown.toString(UTF_8);
    assertThat(good).as(text).isTrue();
    assertThat(text)
        .contains("a real Envoy beside each of its 4 applications", "examples/demo/policies")
        .containsPattern("failed +0\\.0 %");
    Matcher share = SHARE.matcher(text);
    assertThat(share.find()).as(text).isTrue();
    // 5 % of 1,000 calls, give or take four standard deviations of 0.7 points.
    assertThat(Double.parseDouble(share.group(1))).isBetween(2.2, 7.8);
  }
}
