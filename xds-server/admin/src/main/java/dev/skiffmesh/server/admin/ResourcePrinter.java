package dev.skiffmesh.server.admin;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import dev.skiffmesh.translator.wire.PackedTypes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Resources as JSON trees, in the protos' own JSON form. Pure. */
final class ResourcePrinter {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().usingTypeRegistry(PackedTypes.REGISTRY);

  private ResourcePrinter() {}

  /**
   * The resource; a sentence in its place if something in it is of a type unknown here, or if it is
   * a secret.
   */
  static JsonNode tree(Resource resource) {
    if (resource.kind().equals(ResourceKind.SECRET)) {
      return StringNode.valueOf("a secret, whose content is shown to nobody");
    }
    try {
      return JsonMapper.shared().readTree(PRINTER.print(Any.parseFrom(resource.any())));
    } catch (InvalidProtocolBufferException e) {
      return StringNode.valueOf(
          "a resource of a type that this version cannot print: " + e.getMessage());
    }
  }
}
