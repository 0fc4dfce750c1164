package dev.skiffmesh.server.admin;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.skiffmesh.translator.resource.Resource;
import tools.jackson.databind.json.JsonMapper;

/** Resources as JSON trees, in the protos' own JSON form. */
public final class ResourcePrinter {

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().usingTypeRegistry(KnownTypes.REGISTRY);

  private ResourcePrinter() {}

  /** A tree that a JSON mapper can write. */
  public static Object tree(Resource resource) {
    try {
      return JsonMapper.shared().readTree(PRINTER.print(Any.parseFrom(resource.any())));
    } catch (InvalidProtocolBufferException e) {
      return "a resource of a type that this version cannot print: " + e.getMessage();
    }
  }
}
