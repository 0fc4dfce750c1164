package dev.skiffmesh.translator.reference;

import dev.skiffmesh.api.document.DurationText;
import dev.skiffmesh.api.document.FieldRule;
import dev.skiffmesh.api.document.RecordSchema;
import dev.skiffmesh.api.document.RecordSchema.Field;
import dev.skiffmesh.api.document.RecordSchema.Limits;
import dev.skiffmesh.api.document.ValueShape;
import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.api.schema.WrittenAs;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The reference page of one policy kind, as Markdown. Pure. */
public final class KindPage {

  private final Set<Class<?>> records = new LinkedHashSet<>();
  private final StringBuilder text = new StringBuilder();

  private KindPage() {}

  /**
   * Writes a page.
   *
   * @param example a document of the kind, as YAML
   */
  public static String of(PolicyDescriptor<?> kind, String example) {
    KindPage page = new KindPage();
    page.head(kind, example);
    page.collect(kind.spec());
    for (Class<?> type : page.records) {
      page.record(RecordSchema.of(type), type == kind.spec());
    }
    return page.text.toString();
  }

  private void head(PolicyDescriptor<?> kind, String example) {
    text.append("# ").append(kind.kind()).append("\n\n");
    text.append("<!-- Made from the code; write it anew with -Dskiff.goldens=rewrite -->\n\n");
    text.append(kind.description()).append(' ').append(enforced(kind)).append(' ');
    text.append(merged(kind)).append("\n\n");
    text.append("In Kubernetes: `kubectl get ").append(kind.plural()).append("` or `kubectl get ");
    text.append(kind.shortName()).append("`, from `manifests/crds/");
    text.append(CustomResources.name(kind)).append(".yaml`.\n\n");
    text.append("```yaml\n").append(example.strip()).append("\n```\n\n");
  }

  private static String enforced(PolicyDescriptor<?> kind) {
    return switch (kind.direction()) {
      case OUTBOUND ->
          kind.family() == PolicyDescriptor.Family.PERMISSION
              ? "No proxy is told of it."
              : "The caller's proxy enforces it.";
      case INBOUND -> "The callee's proxy enforces it.";
      case WORKLOAD -> "It is about the targets' own proxies, for the calls that they make.";
    };
  }

  private static String merged(PolicyDescriptor<?> kind) {
    return switch (kind.family()) {
      case SETTING -> "Several of them merge field by field; the more specific target decides.";
      case ADDITIVE -> "Several of them all apply.";
      case ROUTE ->
          "Rules of several of them follow one another: the more specific target first, then the"
              + " smaller `order`, then by name.";
      case PERMISSION -> "Several of them add up.";
    };
  }

  private void collect(Class<?> type) {
    if (records.add(type)) {
      for (Field field : RecordSchema.of(type).fields()) {
        if (field.shape().scalar() instanceof ValueShape.Fields(Class<?> nested)) {
          collect(nested);
        }
      }
    }
  }

  private void record(RecordSchema schema, boolean isSpec) {
    text.append("## ").append(isSpec ? "`spec`" : schema.type().getSimpleName()).append("\n\n");
    if (!isSpec && !schema.description().isEmpty()) {
      text.append(schema.description()).append("\n\n");
    }
    text.append("| field | value | default | |\n|---|---|---|---|\n");
    for (Field field : schema.fields()) {
      text.append("| `").append(field.name()).append("` | ");
      text.append(escaped(value(field))).append(" | ").append(fallback(field)).append(" | ");
      text.append(escaped(field.description())).append(" |\n");
    }
    text.append('\n');
    for (FieldRule rule : schema.rules()) {
      String must = rule.must();
      text.append("- It ").append(must).append(".\n");
    }
    if (!schema.rules().isEmpty()) {
      text.append('\n');
    }
  }

  private static String fallback(Field field) {
    String shown = field.defaultText();
    if (shown != null) {
      return "`" + shown + "`";
    }
    if (field.otherwise() != null) {
      return "what other policies say, else `" + field.otherwise() + "`";
    }
    return field.isRequired() ? "required" : "";
  }

  private static String value(Field field) {
    List<String> parts = new ArrayList<>(List.of(type(field.shape())));
    Limits limits = field.limits();
    if (limits.patternMeaning() != null) {
      parts.add(limits.patternMeaning());
    }
    bounds(limits, parts);
    if (limits.maxLength() != null) {
      parts.add("at most " + limits.maxLength() + " characters");
    }
    if (limits.minItems() != null && limits.maxItems() != null) {
      parts.add(limits.minItems() + " to " + limits.maxItems() + " of them");
    } else if (limits.maxItems() != null) {
      parts.add("at most " + limits.maxItems() + " of them");
    } else if (limits.minItems() != null) {
      parts.add("at least " + limits.minItems() + " of them");
    }
    return String.join(", ", parts);
  }

  private static void bounds(Limits limits, List<String> parts) {
    String least =
        limits.least() != null
            ? limits.least().toPlainString()
            : limits.shortest() != null ? DurationText.print(limits.shortest()) : "";
    String greatest =
        limits.greatest() != null
            ? limits.greatest().toPlainString()
            : limits.longest() != null ? DurationText.print(limits.longest()) : "";
    if (!least.isEmpty() && !greatest.isEmpty()) {
      parts.add("from " + least + " to " + greatest);
    } else if (!least.isEmpty()) {
      parts.add("at least " + least);
    } else if (!greatest.isEmpty()) {
      parts.add("at most " + greatest);
    }
  }

  private static String type(ValueShape shape) {
    return switch (shape) {
      case ValueShape.Text _ -> "text";
      case ValueShape.Truth _ -> "`true` or `false`";
      case ValueShape.Whole _ -> "whole number";
      case ValueShape.Decimal _ -> "number";
      case ValueShape.Time _ -> "duration";
      case ValueShape.Moment _ -> "moment (RFC 3339)";
      case ValueShape.Word(Map<String, Object> constants) ->
          Wording.choice(constants.keySet()).replace('\'', '`');
      case ValueShape.Written(WrittenAs rule, _) -> rule.meaning();
      case ValueShape.Fields(Class<?> nested) ->
          "[" + nested.getSimpleName() + "](#" + anchor(nested) + ")";
      case ValueShape.Untouched _ -> "anything";
      case ValueShape.Items(ValueShape item) -> "list of " + type(item);
      case ValueShape.Entries(ValueShape entry) -> "map from text to " + type(entry);
    };
  }

  private static String anchor(Class<?> type) {
    return type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** A bar would end the table's cell. */
  private static String escaped(String cell) {
    return cell.replace("|", "\\|");
  }
}
