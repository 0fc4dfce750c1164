package dev.skiffmesh.translator.testing;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** TrafficRoutes of which most are valid and many are odd. */
public final class RandomRoutes {

  /** Fields that specs have. */
  public static final List<String> FIELDS =
      List.of(
          "targetRefs",
          "kind",
          "name",
          "namespace",
          "port",
          "from",
          "service",
          "labels",
          "order",
          "rules",
          "matches",
          "path",
          "exact",
          "prefix",
          "template",
          "regex",
          "headers",
          "destinations",
          "weight",
          "stickyBy",
          "mirror",
          "percent",
          "redirect",
          "reply",
          "status",
          "body",
          "rewrite",
          "requestHeaders",
          "set",
          "remove",
          "whenEmpty",
          "request",
          "connect",
          "expiresAfter",
          "kinds");

  private static final Arbitrary<String> TEXTS =
      Arbitraries.oneOf(
          Arbitraries.strings().ofMaxLength(6),
          Arbitraries.of(
              "",
              "a",
              "*",
              "%",
              "%REQ(x)%",
              "\\1",
              "\n",
              "\u0000",
              " ",
              "x-a",
              "Host",
              ":path",
              "没有",
              "a b",
              "a;b",
              "\"",
              "'",
              "{id}",
              "?",
              "#"));

  private static final Arbitrary<String> PATHS =
      Arbitraries.oneOf(
          TEXTS.map(text -> "/" + text),
          Arbitraries.of("/", "//", "/a/", "/a", "/a/b", "/{id}", "/a/{id}/b", "/a%20b", "/(a|b)"));

  private RandomRoutes() {}

  /** Documents of the name {@code random} that target {@code trading/order}. */
  public static Arbitrary<String> texts() {
    return rules()
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(
            rules ->
                """
                apiVersion: skiffmesh.dev/v1alpha1
                kind: TrafficRoute
                metadata: {name: random, namespace: trading}
                spec: {targetRefs: [{kind: Service, name: order}], rules: [%s]}
                """
                    .formatted(String.join(", ", rules)));
  }

  private static Arbitrary<String> rules() {
    return Combinators.combine(matches().list().ofMaxSize(2), actions())
        .as((matches, action) -> "{matches: [" + String.join(", ", matches) + "], " + action + "}");
  }

  private static Arbitrary<String> matches() {
    Arbitrary<String> value =
        Combinators.combine(
                TEXTS, Arbitraries.of("exact", "prefix", "regex", "not", "present"), TEXTS)
            .as(
                (name, field, text) ->
                    "[{name: %s, %s: %s}]"
                        .formatted(
                            quoted(name), field, field.equals("present") ? "true" : quoted(text)));
    return Arbitraries.oneOf(
        Combinators.combine(Arbitraries.of("exact", "prefix", "template", "regex"), PATHS)
            .as((field, path) -> "{path: {%s: %s}}".formatted(field, quoted(path))),
        Combinators.combine(Arbitraries.of("headers", "queryParams", "cookies"), value)
            .as((field, values) -> "{%s: %s}".formatted(field, values)),
        TEXTS.map(text -> "{marks: {lane: %s}}".formatted(quoted(text))),
        Arbitraries.of(
            "{}", "{grpc: {service: a.B}}", "{grpc: {service: a.B, method: C}, methods: [POST]}"));
  }

  private static Arbitrary<String> actions() {
    Arbitrary<String> destinations =
        Combinators.combine(
                TEXTS,
                Arbitraries.longs().between(0, 4_294_967_295L),
                Arbitraries.of("Fail", "Fallback"))
            .as(
                (label, weight, whenEmpty) ->
                    ("destinations: [{labels: {v: %s}, weight: %d}, {service: risk}, {service: no}],"
                            + " whenEmpty: %s")
                        .replace(", {service: no}", label.isEmpty() ? ", {service: no}" : "")
                        .formatted(quoted(label), weight, whenEmpty));
    return Arbitraries.oneOf(
        destinations,
        TEXTS.map(text -> "stickyBy: {header: %s}".formatted(quoted(text))),
        TEXTS.map(text -> "stickyBy: {queryParam: %s}".formatted(quoted(text))),
        TEXTS.map(text -> "stickyBy: {cookie: {name: %s}}".formatted(quoted(text))),
        TEXTS.map(text -> "mirror: {labels: {%s: a}, percent: 0.0001}".formatted(quoted(text))),
        PATHS.map(path -> "rewrite: {path: %s}".formatted(quoted(path))),
        TEXTS.map(text -> "rewrite: {host: %s}".formatted(quoted(text))),
        PATHS.map(path -> "redirect: {path: %s}".formatted(quoted(path))),
        TEXTS.map(text -> "redirect: {host: %s, status: 303}".formatted(quoted(text))),
        TEXTS.map(text -> "reply: {status: 200, body: %s}".formatted(quoted(text))),
        Combinators.combine(TEXTS, TEXTS)
            .as(
                (name, text) ->
                    "requestHeaders: {set: {%s: %s}}".formatted(quoted(name), quoted(text))),
        TEXTS.map(text -> "responseHeaders: {remove: [%s]}".formatted(quoted(text))));
  }

  /** As YAML quotes it. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e) {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
