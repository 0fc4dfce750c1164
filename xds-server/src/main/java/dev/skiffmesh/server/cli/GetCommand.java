package dev.skiffmesh.server.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a running control plane knows. */
@Command(
    name = "get",
    description = "Shows services, endpoints, proxies, policies, findings or registries.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  skiff get policies",
      "  skiff get endpoints trading/order -o wide",
      "  skiff get findings -o json"
    })
final class GetCommand implements Callable<Integer> {

  /** What can be shown. */
  enum What {
    SERVICES,
    ENDPOINTS,
    PROXIES,
    POLICIES,
    FINDINGS,
    REGISTRIES
  }

  @Mixin private AdminClient server = new AdminClient();
  @Mixin private Output output = new Output();

  @Parameters(
      index = "0",
      paramLabel = "WHAT",
      description = "One of services, endpoints, proxies, policies, findings, registries.")
  private What what = What.SERVICES;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "With endpoints: of this service alone.")
  private @Nullable String service;

  @Override
  public Integer call() {
    String path = "/api/v1/" + what.name().toLowerCase(Locale.ROOT);
    if (what == What.ENDPOINTS && service != null) {
      path += "?service=" + AdminClient.segment(service);
    }
    if (output.isJson()) {
      System.out.println(
          JsonMapper.shared()
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(JsonMapper.shared().readTree(server.text(path))));
      return Skiff.OK;
    }
    JsonNode items = server.items(path);
    Table table = table();
    items.forEach(item -> row(table, item));
    System.out.print(table.text(output.isWide()));
    return what == What.FINDINGS && !items.isEmpty() ? Skiff.FINDING : Skiff.OK;
  }

  private Table table() {
    return switch (what) {
      case SERVICES -> new Table("SERVICE", "PORTS", "USABLE", "REGISTRIES", "ALIASES");
      case ENDPOINTS ->
          new Table("SERVICE", "ADDRESS", "WEIGHT", "HEALTH", "USED", "REGISTRY", "LABELS");
      case PROXIES -> new Table("PROXY", "DIALECT", "IN SYNC", "SINCE");
      case POLICIES -> new Table("KIND", "NAME", "ACCEPTED", "PROGRAMMED", "PROXIES", "MESSAGE");
      case FINDINGS -> new Table("CODE", "SEVERITY", "WHERE", "MESSAGE");
      case REGISTRIES -> new Table("NAME", "TYPE", "STATE", "SINCE", "SERVICES", "REASON");
    };
  }

  private void row(Table table, JsonNode item) {
    switch (what) {
      case SERVICES ->
          table.row(
              name(item),
              join(item.get("ports"), "number", "protocol"),
              item.get("healthy").asInt() + "/" + item.get("endpoints").asInt(),
              join(item.get("registries")),
              join(item.get("aliases")));
      case ENDPOINTS ->
          table.row(
              item.get("namespace").asString() + "/" + item.get("service").asString(),
              item.get("address").asString() + " " + item.get("ports").toString(),
              item.get("weight").asString(),
              item.get("health").asString(),
              item.get("used").asBoolean() ? "yes" : "no",
              item.get("registry").asString(),
              item.get("labels").toString());
      case PROXIES ->
          table.row(
              item.get("id").asString(),
              item.get("dialect").asString(),
              item.get("inSync").asBoolean() ? "yes" : "no",
              age(item.get("connectedSince").asString()));
      case POLICIES -> policy(table, item);
      case FINDINGS ->
          table.row(
              item.get("code").asString(),
              item.get("severity").asString(),
              item.get("location").asString(item.get("subject").asString()),
              text(item.get("field"), "`", "` ") + item.get("message").asString());
      case REGISTRIES ->
          table.row(
              item.get("name").asString(),
              item.get("type").asString(),
              item.get("state").asString(),
              age(item.get("since").asString()),
              item.get("services").asString(),
              item.get("reason").asString());
    }
  }

  private static void policy(Table table, JsonNode item) {
    JsonNode accepted = item.get("conditions").get(0);
    JsonNode programmed = item.get("conditions").get(1);
    String message = accepted.get("message").asString();
    table.row(
        item.get("kind").asString(),
        name(item),
        word(accepted),
        word(programmed),
        item.get("proxies").get("acked").asInt()
            + "/"
            + item.get("proxies").get("targeted").asInt(),
        message.isEmpty() ? programmed.get("message").asString() : message);
  }

  private static String word(JsonNode condition) {
    return condition.get("status").asString().equals("True")
        ? "True"
        : condition.get("reason").asString();
  }

  private static String name(JsonNode item) {
    return item.get("namespace").asString() + "/" + item.get("name").asString();
  }

  private static String text(JsonNode node, String before, String after) {
    return node == null || node.isNull() ? "" : before + node.asString() + after;
  }

  private static String join(JsonNode list, String... fields) {
    StringBuilder out = new StringBuilder();
    for (JsonNode item : list) {
      out.append(out.isEmpty() ? "" : ", ");
      if (fields.length == 0) {
        out.append(item.asString());
      }
      for (int i = 0; i < fields.length; i++) {
        out.append(i == 0 ? "" : " ").append(item.get(fields[i]).asString());
      }
    }
    return out.toString();
  }

  /** How long ago, in the largest unit that says something. */
  static String age(String since) {
    Duration age = Duration.between(Instant.parse(since), Instant.now());
    if (age.toDays() > 0) {
      return age.toDays() + "d";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h";
    }
    return age.toMinutes() > 0 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
  }
}
