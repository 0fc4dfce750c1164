package dev.skiffmesh.registry.kubernetes;

import dev.skiffmesh.api.status.Condition;
import dev.skiffmesh.api.status.KeptStatus;
import dev.skiffmesh.api.status.PolicyStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A policy's status in the form of Kubernetes' API conventions. Pure. */
final class PolicyStatusText {

  private static final String CONDITIONS = "conditions";
  private static final String TRANSITION = "lastTransitionTime";

  /** Kubernetes takes no longer message. */
  private static final int LONGEST_MESSAGE = 32_768;

  private PolicyStatusText() {}

  /**
   * What the resource's status should be, without times.
   *
   * @param source this source's name
   * @param object as it stands in the API server
   * @return null if the status speaks of another version than the resource has
   */
  static @Nullable Map<String, Object> of(KeptStatus kept, String source, PolicyObject object) {
    if (!kept.source().equals(source)) {
      return status(
          kept.target(),
          List.of(
              condition(
                  "Accepted",
                  false,
                  "Conflicted",
                  "must stand in one place only; the one in '" + kept.source() + "' counts",
                  object.generation()),
              condition(
                  "Programmed",
                  false,
                  "Overridden",
                  "the one in '" + kept.source() + "' counts",
                  object.generation())),
          PolicyStatus.Proxies.NONE);
    }
    if (!kept.text().equals(object.document().text())) {
      return null;
    }
    PolicyStatus status = kept.status();
    return status(
        kept.target(),
        List.of(
            condition(status.accepted(), status, object),
            condition(status.programmed(), status, object)),
        status.proxies());
  }

  private static Map<String, Object> status(
      String target, List<Map<String, Object>> conditions, PolicyStatus.Proxies proxies) {
    Map<String, Object> status = new TreeMap<>();
    status.put("target", target);
    status.put(CONDITIONS, conditions);
    status.put(
        "proxies",
        new TreeMap<>(
            Map.of(
                "targeted", proxies.targeted(),
                "acked", proxies.acked(),
                "rejected", proxies.rejected(),
                "summary", proxies.acked() + "/" + proxies.targeted())));
    return status;
  }

  /** Skiff's own count of versions is another than the API server's. */
  private static Map<String, Object> condition(
      Condition condition, PolicyStatus status, PolicyObject object) {
    long behind = Math.max(0, status.generation() - condition.observedGeneration());
    return condition(
        pascal(condition.type().name()),
        condition.status(),
        pascal(condition.reason().name()),
        condition.message(),
        Math.max(0, object.generation() - behind));
  }

  private static Map<String, Object> condition(
      String type, boolean status, String reason, String message, long generation) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("type", type);
    fields.put("status", status ? "True" : "False");
    fields.put("reason", reason);
    fields.put(
        "message",
        message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message);
    fields.put("observedGeneration", generation);
    return fields;
  }

  /** Tells whether {@code there} says the same, whenever it was said. */
  static boolean isSame(Map<String, Object> wanted, Map<String, Object> there) {
    return plain(wanted).equals(plain(there));
  }

  /** The same with the moment of each condition's last change. */
  static Map<String, Object> withTimes(
      Map<String, Object> wanted, Map<String, Object> there, String now) {
    Map<String, Object> whole = new LinkedHashMap<>(wanted);
    List<Object> conditions = new ArrayList<>();
    for (Object one : items(wanted)) {
      if (one instanceof Map<?, ?> condition) {
        Map<String, Object> timed = new TreeMap<>();
        condition.forEach((name, value) -> timed.put(String.valueOf(name), value));
        timed.put(TRANSITION, lastTransition(condition, there, now));
        conditions.add(timed);
      }
    }
    whole.put(CONDITIONS, conditions);
    return whole;
  }

  private static String lastTransition(Map<?, ?> wanted, Map<String, Object> there, String now) {
    for (Object one : items(there)) {
      if (one instanceof Map<?, ?> known
          && Objects.equals(known.get("type"), wanted.get("type"))
          && Objects.equals(known.get("status"), wanted.get("status"))
          && known.get(TRANSITION) instanceof String time) {
        return time;
      }
    }
    return now;
  }

  private static List<?> items(Map<String, Object> status) {
    return status.get(CONDITIONS) instanceof List<?> items ? items : List.of();
  }

  /** Numbers come back as other types than they were sent as. */
  private static Object plain(Object value) {
    return switch (value) {
      case Map<?, ?> fields -> {
        TreeMap<String, Object> copy = new TreeMap<>();
        fields.forEach(
            (name, field) -> {
              if (field != null && !TRANSITION.equals(name)) {
                copy.put(String.valueOf(name), plain(field));
              }
            });
        yield copy;
      }
      case List<?> items -> items.stream().map(PolicyStatusText::plain).toList();
      case Number number -> number.longValue();
      default -> value;
    };
  }

  private static String pascal(String constant) {
    StringBuilder word = new StringBuilder();
    for (String part : constant.split("_", -1)) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return word.toString();
  }
}
