package dev.skiffmesh.server.cli;

import dev.skiffmesh.api.document.DurationText;
import dev.skiffmesh.api.model.World;
import dev.skiffmesh.api.schema.Spelled;
import dev.skiffmesh.api.schema.WrittenAs;
import dev.skiffmesh.server.admin.ApiForm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What files were understood as: services, endpoints and policies with every default filled in. */
final class ModelView {

  private ModelView() {}

  static void print(World world, Output output) {
    Table table = Table.of("KIND", "NAME", "DETAIL");
    world
        .services()
        .forEach(
            (id, service) ->
                table.row(
                    "Service",
                    id.toString(),
                    service.ports().size()
                        + " ports, "
                        + world.endpointsOf(id).endpoints().size()
                        + " endpoints"));
    List<Object> policies = new ArrayList<>();
    world
        .policies()
        .forEach(
            (key, policy) -> {
              Map<String, Object> item = new LinkedHashMap<>();
              item.put("kind", key.kind());
              item.put("namespace", key.namespace());
              item.put("name", key.name());
              item.put("location", policy.origin().toString());
              item.put("spec", tree(policy.spec()));
              policies.add(item);
              table.row(key.kind(), key.namespace() + "/" + key.name(), policy.origin().toString());
            });
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("services", ApiForm.services(world));
    model.put("endpoints", ApiForm.endpoints(world));
    model.put("policies", policies);
    output.print(model, table, "Nothing.");
  }

  /** A spec as the document would have it, without what is absent. */
  static @Nullable Object tree(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Record fields when isSection(fields) -> section(fields);
      case Map<?, ?> entries -> {
        Map<String, Object> tree = new LinkedHashMap<>();
        entries.forEach((key, item) -> tree.put(String.valueOf(key), tree(item)));
        yield tree;
      }
      case Collection<?> items -> items.stream().map(ModelView::tree).toList();
      case Enum<?> constant -> ApiForm.word(constant);
      case Duration duration -> DurationText.print(duration);
      case Boolean truth -> truth;
      case Number number -> number;
      default -> value.toString();
    };
  }

  /** A record that documents write as one value, a percentage for example, is none. */
  private static boolean isSection(Record value) {
    return !value.getClass().isAnnotationPresent(WrittenAs.class);
  }

  private static Map<String, Object> section(Record fields) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : fields.getClass().getRecordComponents()) {
      Spelled spelled = component.getAnnotation(Spelled.class);
      try {
        Object item = tree(component.getAccessor().invoke(fields));
        if (item != null) {
          tree.put(spelled == null ? component.getName() : spelled.value(), item);
        }
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("a spec's record must be readable", e);
      }
    }
    return tree;
  }
}
