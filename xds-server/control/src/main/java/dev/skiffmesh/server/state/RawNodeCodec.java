package dev.skiffmesh.server.state;

import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Neutral trees as JSON arrays, positions included: a document that comes back from the state
 * folder is reported with the lines of the file that it came from, whether or not the file can
 * still be read.
 */
final class RawNodeCodec {

  private RawNodeCodec() {}

  static ArrayNode position(JsonMapper json, Position position) {
    return json.createArrayNode().add(position.line()).add(position.column());
  }

  static Position position(JsonNode node) {
    return new Position(node.required(0).intValue(), node.required(1).intValue());
  }

  static ArrayNode write(JsonMapper json, RawNode node) {
    ArrayNode to = json.createArrayNode();
    switch (node) {
      case RawNode.Scalar scalar -> {
        to.add("scalar").add(position(json, scalar.position()));
        to.add(scalar.type().name()).add(scalar.text());
      }
      case RawNode.Sequence sequence -> {
        to.add("sequence").add(position(json, sequence.position()));
        sequence.items().forEach(item -> to.add(write(json, item)));
      }
      case RawNode.Mapping mapping -> {
        to.add("mapping").add(position(json, mapping.position()));
        for (RawNode.Entry entry : mapping.entries()) {
          to.addArray()
              .add(entry.key())
              .add(position(json, entry.position()))
              .add(write(json, entry.value()));
        }
      }
    }
    return to;
  }

  static RawNode.Mapping readMapping(JsonNode node) {
    if (read(node) instanceof RawNode.Mapping mapping) {
      return mapping;
    }
    throw new IllegalArgumentException("a document must be made of fields");
  }

  private static RawNode read(JsonNode node) {
    Position position = position(node.required(1));
    String form = node.required(0).stringValue();
    return switch (form) {
      case "scalar" ->
          new RawNode.Scalar(
              node.required(3).stringValue(),
              RawNode.ScalarType.valueOf(node.required(2).stringValue()),
              position);
      case "sequence" -> {
        List<RawNode> items = new ArrayList<>();
        for (int i = 2; i < node.size(); i++) {
          items.add(read(node.required(i)));
        }
        yield new RawNode.Sequence(items, position);
      }
      case "mapping" -> {
        List<RawNode.Entry> entries = new ArrayList<>();
        for (int i = 2; i < node.size(); i++) {
          JsonNode entry = node.required(i);
          entries.add(
              new RawNode.Entry(
                  entry.required(0).stringValue(),
                  position(entry.required(1)),
                  read(entry.required(2))));
        }
        yield new RawNode.Mapping(entries, position);
      }
      default -> throw new IllegalArgumentException("no node is called '" + form + "'");
    };
  }
}
