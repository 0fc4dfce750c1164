package dev.skiffmesh.registry.core;

import java.util.Random;

/**
 * One way to spoil a text, at one place.
 *
 * @param way what is done
 * @param at a share of the text's length, in thousandths
 * @param times how often, or how long
 * @param what the character that is put in, where one is
 */
public record TextChange(Way way, int at, int times, char what) {

  /** Documents that are worth spoiling, all of the namespace {@code spoilt}. */
  public static final String GOOD =
      """
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TrafficRoute
      metadata: {name: route, namespace: spoilt, labels: {team: spoilt}}
      spec:
        targetRefs: [{kind: Service, name: victim}]
        rules:
          - name: gray
            matches:
              - headers: [{name: x-lane, exact: gray}]
                queryParams: [{name: side, regex: "a|b"}]
                marks: {lane: gray}
            destinations: [{labels: {version: v2}, weight: 80}, {labels: {version: v1}, weight: 20}]
          - reply: {status: 503, body: "no"}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: Service
      metadata: {name: victim, namespace: spoilt}
      spec:
        ports: [{name: http, port: 80, protocol: http}]
        endpoints:
          - {address: 10.1.0.1, port: 8080, labels: {version: v1}}
          - {address: 10.1.0.2, port: 8080, labels: {version: v2}}
      ---
      apiVersion: skiffmesh.dev/v1alpha1
      kind: TimeoutPolicy
      metadata: {name: patience, namespace: spoilt}
      spec:
        targetRefs: [{kind: Service, name: victim}]
        request: 3s
      """;

  private static final String CHARACTERS =
      "\u0000\uFEFF\uD800\t\n\"'&*!<{[:#|>%\u00e9\u4e70aZ09-_. ";

  /** What is done. */
  public enum Way {
    /** A line stands more than once. */
    REPEAT_A_LINE,
    /** Forty characters stand more than once. */
    REPEAT_A_PIECE,
    /** Forty characters stand within lists and fields in each other. */
    NEST_A_PIECE,
    /** A word of many characters begins there. */
    LENGTHEN_A_WORD,
    /** Forty characters are missing. */
    DROP_A_PIECE,
    /** Forty characters stand the other way round. */
    TURN_A_PIECE,
    /** A document follows whose aliases multiply. */
    ADD_ALIASES,
    /** A character more. */
    ADD_A_CHARACTER,
    /** Another character for each e among forty. */
    SPELL_A_WORD_WRONG,
    /** The whole text stands more than once. */
    REPEAT_ALL
  }

  /** One of all that there are. */
  public static TextChange random(Random random) {
    return new TextChange(
        Way.values()[random.nextInt(Way.values().length)],
        random.nextInt(1001),
        1 + random.nextInt(200),
        CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
  }

  /** The text with this change. */
  public String of(String text) {
    int from = Math.min(text.length(), (int) ((long) text.length() * at / 1000));
    int to = Math.min(text.length(), from + 40);
    String before = text.substring(0, from);
    String piece = text.substring(from, to);
    String rest = text.substring(to);
    return switch (way) {
      case REPEAT_A_LINE -> {
        int begin = text.lastIndexOf('\n', Math.max(0, from - 1)) + 1;
        int end = text.indexOf('\n', begin);
        String line = text.substring(begin, end < 0 ? text.length() : end + 1);
        yield text.substring(0, begin) + line.repeat(times) + text.substring(begin);
      }
      case REPEAT_A_PIECE -> before + piece.repeat(times) + rest;
      case NEST_A_PIECE -> before + "[{a: ".repeat(times) + piece + "}]".repeat(times) + rest;
      case LENGTHEN_A_WORD -> before + String.valueOf(what).repeat(700 * times) + piece + rest;
      case DROP_A_PIECE -> before + rest;
      case TURN_A_PIECE -> before + new StringBuilder(piece).reverse() + rest;
      case ADD_ALIASES ->
          text
              + "\n---\na: &a ["
              + "x, ".repeat(times)
              + "]\nb: &b ["
              + "*a, ".repeat(times)
              + "]\nc: ["
              + "*b, ".repeat(times)
              + "]\n";
      case ADD_A_CHARACTER -> before + what + piece + rest;
      case SPELL_A_WORD_WRONG -> before + piece.replace('e', what) + rest;
      case REPEAT_ALL ->
          (text + "\n---\n").repeat(Math.min(times, 20_000 / (text.length() + 1) + 1));
    };
  }
}
