package dev.skiffmesh.e2e.scenarios;

import static dev.skiffmesh.registry.core.TextChange.GOOD;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skiffmesh.registry.core.TextChange;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Random;

/**
 * What somebody, or something, made of a file: from one byte to 4 MB. Whatever is still valid in it
 * concerns services of the namespace {@code spoilt} alone.
 *
 * @param form what was done to it
 * @param bytes the file
 */
// It is written once and never compared.
@SuppressWarnings("ArrayRecordComponent")
record MutatedDocument(Form form, byte[] bytes) {

  private static final int MOST_BYTES = 4_000_000;

  private static final String RULES = GOOD.substring(0, GOOD.indexOf("    - name: gray"));

  /** What is done to it. */
  enum Form {
    CHANGED_TEXT,
    ENCODED,
    WITH_BYTES_THAT_ARE_NO_TEXT,
    NO_TEXT_AT_ALL,
    CUT_OFF,
    NEARLY_NOTHING,
    HUGE_SCALAR,
    DEEP,
    ALIASES,
    VIOLATIONS,
    MANY_DOCUMENTS,
    MANY_NAMES,
    MANY_RULES,
    EMPTY_LINES
  }

  /** One of all that there are, half of them changed texts. */
  static MutatedDocument random(Random random) {
    Form[] forms = Form.values();
    return of(
        random.nextBoolean() ? Form.CHANGED_TEXT : forms[random.nextInt(forms.length)],
        random,
        random.nextDouble());
  }

  /**
   * One of a form.
   *
   * @param size from 0 to 1, the largest
   */
  static MutatedDocument of(Form form, Random random, double size) {
    int many = 1 + (int) (size * size * 99_999);
    byte[] bytes =
        switch (form) {
          case CHANGED_TEXT -> changed(random).getBytes(UTF_8);
          case ENCODED -> encoded(random);
          case WITH_BYTES_THAT_ARE_NO_TEXT -> withOthers(random);
          case NO_TEXT_AT_ALL -> {
            byte[] noise = new byte[many];
            random.nextBytes(noise);
            yield noise;
          }
          case CUT_OFF -> GOOD.substring(0, random.nextInt(GOOD.length())).getBytes(UTF_8);
          case NEARLY_NOTHING ->
              new String[] {" ", "-", "---", "\n", "{", "&", "\u0000", "\uFEFF", "%", "a: b", "[]"}
                  [random.nextInt(11)].getBytes(UTF_8);
          case HUGE_SCALAR ->
              GOOD.replace(
                      random.nextBoolean() ? "gray" : "victim",
                      '"' + (random.nextBoolean() ? "x" : "\\u4e70 ").repeat(many * 4) + '"')
                  .getBytes(UTF_8);
          case DEEP ->
              (random.nextBoolean()
                      ? RULES + "    - " + "[".repeat(many)
                      : "a: ".repeat(many) + "\n" + "{a: [".repeat(many) + "]}".repeat(many))
                  .getBytes(UTF_8);
          case ALIASES -> aliases(random).getBytes(UTF_8);
          case VIOLATIONS ->
              (RULES + "    - {nmae: a, matchs: [], repli: 7, destinations: {a: b}}\n".repeat(many))
                  .getBytes(UTF_8);
          case MANY_DOCUMENTS -> documents(many).getBytes(UTF_8);
          case MANY_NAMES -> names(many).getBytes(UTF_8);
          case MANY_RULES ->
              (RULES
                      + ("    - matches: [" + "{path: {prefix: /a}}, ".repeat(16) + "]\n")
                          .repeat(1 + many / 100))
                  .getBytes(UTF_8);
          case EMPTY_LINES ->
              (GOOD + (random.nextBoolean() ? "\n" : "# \n    \n").repeat(many * 4))
                  .getBytes(UTF_8);
        };
    return new MutatedDocument(form, Arrays.copyOf(bytes, Math.min(bytes.length, MOST_BYTES)));
  }

  private static String changed(Random random) {
    String text = GOOD;
    for (int change = 0; change <= random.nextInt(3) && text.length() < 100_000; change++) {
      text = TextChange.random(random).of(text);
    }
    return text;
  }

  private static byte[] encoded(Random random) {
    Charset[] charsets = {UTF_8, UTF_16LE, UTF_16BE, ISO_8859_1};
    return ("\uFEFF".repeat(random.nextInt(3)) + GOOD.replace("team: spoilt", "team: \u00e9quipe"))
        .getBytes(charsets[random.nextInt(charsets.length)]);
  }

  private static byte[] withOthers(Random random) {
    byte[] bytes = GOOD.getBytes(UTF_8);
    byte[] others = {0, (byte) 0xff, (byte) 0xc0, (byte) 0xed, (byte) 0x80, 0x1b, 0x7f, 0x0b};
    for (int i = 0; i <= random.nextInt(20); i++) {
      bytes[random.nextInt(bytes.length)] = others[random.nextInt(others.length)];
    }
    return bytes;
  }

  /** Each list holds the one before many times. */
  private static String aliases(Random random) {
    StringBuilder text = new StringBuilder("x0: &x0 [1, 2]\n");
    int times = 2 + random.nextInt(50);
    for (int level = 1; level < 12; level++) {
      text.append("x%d: &x%d [".formatted(level, level))
          .append("*x%d, ".formatted(level - 1).repeat(times))
          .append("]\n");
    }
    return text + "<<: *x11\n" + GOOD;
  }

  private static String documents(int many) {
    StringBuilder text = new StringBuilder();
    // Whole ones, thousands of them with a name of their own.
    int most = MOST_BYTES - 2 * GOOD.length();
    for (int i = 0; i < many / 4 && text.length() < most; i++) {
      text.append(GOOD.replace("name: route", "name: route-" + i % 3_000)).append("---\n");
    }
    return text.toString();
  }

  private static String names(int many) {
    StringBuilder text = new StringBuilder(RULES).append("    - {");
    for (int i = 0; i < many && text.length() < MOST_BYTES; i++) {
      text.append('f').append(i).append(": ").append(i).append(", ");
    }
    return text.append("}\n").toString();
  }

  @Override
  public String toString() {
    return form + " of " + bytes.length + " bytes";
  }
}
