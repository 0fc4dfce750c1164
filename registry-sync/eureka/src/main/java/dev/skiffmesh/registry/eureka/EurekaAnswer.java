package dev.skiffmesh.registry.eureka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An {@code applications} document: all, or what changed within the last minutes. Pure.
 *
 * @param version of a list of changes: counts up while a server runs; empty where it has none
 * @param hashcode the count of all instances by their status, after the changes
 * @param entries in the document's order, in which changes are to be applied
 */
record EurekaAnswer(Optional<Long> version, String hashcode, List<Entry> entries) {

  /** Reads what stands in the middle of a document. */
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Copies the entries. */
  EurekaAnswer {
    entries = List.copyOf(entries);
  }

  /**
   * One instance.
   *
   * @param application its application's name, as the server spells it
   * @param isGone whether the change is that it has gone
   */
  record Entry(String application, EurekaInstance instance, boolean isGone) {}

  /**
   * Reads one application after the other, since all together may be large.
   *
   * @throws IOException with a reason for the user, if it is no such document
   */
  static EurekaAnswer read(String text) throws IOException {
    Optional<Long> version = Optional.empty();
    String hashcode = "";
    List<Entry> entries = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || !"applications".equals(parser.nextName())
          || parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("answers with a document that Eureka does not have");
      }
      for (String field = parser.nextName(); field != null; field = parser.nextName()) {
        parser.nextToken();
        switch (field) {
          case "versions__delta" -> version = number(parser.getString());
          case "apps__hashcode" -> hashcode = parser.getString();
          case "application" -> applications(parser, entries);
          default -> parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IOException(
          "answers with a document that is not whole: " + e.getOriginalMessage(), e);
    }
    return new EurekaAnswer(version, hashcode, entries);
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.valueOf(text));
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  /** A list, or the only one where a server writes JSON as it would write XML. */
  private static void applications(JsonParser parser, List<Entry> entries) {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      application(JSON.readTree(parser), entries);
      return;
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      application(JSON.readTree(parser), entries);
    }
  }

  private static void application(JsonNode application, List<Entry> entries) {
    String name = application.path("name").asString("");
    JsonNode instances = application.path("instance");
    if (instances.isObject()) {
      entry(name, instances, entries);
    } else {
      instances.forEach(instance -> entry(name, instance, entries));
    }
  }

  private static void entry(String application, JsonNode json, List<Entry> entries) {
    String name = application.isEmpty() ? json.path("app").asString("") : application;
    EurekaInstance instance = EurekaInstance.read(json);
    if (!name.isEmpty() && !instance.id().isEmpty()) {
      boolean isGone = json.path("actionType").asString("").equals("DELETED");
      entries.add(new Entry(name, instance, isGone));
    }
  }
}
