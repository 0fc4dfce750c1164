package dev.skiffmesh.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.schema.Default;
import dev.skiffmesh.api.schema.Description;
import dev.skiffmesh.api.schema.Matches;
import dev.skiffmesh.api.schema.MaxItems;
import dev.skiffmesh.api.schema.MaxLength;
import dev.skiffmesh.api.schema.Range;
import dev.skiffmesh.server.testing.GeneratedPage;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference page says what the records say, and its examples are configurations. */
final class ConfigurationPageTest {

  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static final Map<Class<?>, String> WORDS =
      Map.of(
          String.class, "text",
          int.class, "number",
          boolean.class, "true or false",
          Duration.class, "duration",
          Secret.class, "secret",
          RawNode.class, "source",
          ConfigSchema.NacosNamespace.class, "namespace");

  @Test
  void the_page_is_what_the_code_says() throws IOException {
    StringBuilder page = new StringBuilder("## Keys\n\n");
    section(page, "The file itself", ConfigSchema.Root.class);
    section(page, "`xds`", ConfigSchema.Xds.class);
    section(page, "`admin`", ConfigSchema.Admin.class);
    section(page, "`state`", ConfigSchema.State.class);
    ConfigReader.itemTypes()
        .forEach(
            (where, type) ->
                section(
                    page,
                    where.replaceFirst("(.*) of type (.*)", "An item of `$1` with `type: $2`"),
                    type));
    section(page, "An item of `namespaces`", ConfigSchema.NacosNamespace.class);
    section(page, "`tls`", TlsSection.class);
    GeneratedPage.check("configuration.md", page.toString());
  }

  @Test
  void every_example_can_be_used(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("secrets"));
    Files.writeString(folder.resolve("secrets/nacos-password"), "p");
    Path page = GeneratedPage.root().resolve("docs/configuration.md");
    Matcher example = EXAMPLE.matcher(Files.readString(page));
    int found = 0;
    while (example.find()) {
      found++;
      String text = example.group(1);
      try {
        ConfigReader.read(text, "example " + found, folder, name -> "value of " + name);
      } catch (ConfigException refused) {
        assertThat(refused.getMessage()).as(text).isEmpty();
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void every_key_has_a_description() {
    List<Class<? extends Record>> sections =
        new ArrayList<>(
            List.of(
                ConfigSchema.Root.class,
                ConfigSchema.Xds.class,
                ConfigSchema.Admin.class,
                ConfigSchema.State.class,
                ConfigSchema.NacosNamespace.class,
                TlsSection.class));
    sections.addAll(ConfigReader.itemTypes().values());
    for (Class<? extends Record> section : sections) {
      for (RecordComponent component : section.getRecordComponents()) {
        assertThat(component.getAnnotation(Description.class)).as("%s", component).isNotNull();
        assertThat(ValueOrigins.spelling(component)).matches("[a-z]+(-[a-z]+)*");
      }
    }
  }

  private static void section(StringBuilder page, String title, Class<? extends Record> section) {
    page.append("### ").append(title).append("\n\n");
    page.append("| key | value | default | |\n|---|---|---|---|\n");
    for (RecordComponent component : section.getRecordComponents()) {
      page.append("| `")
          .append(ValueOrigins.spelling(component))
          .append("` | ")
          .append(value(component))
          .append(" | ")
          .append(fallback(component))
          .append(" | ")
          .append(component.getAnnotation(Description.class).value())
          .append(" |\n");
    }
    page.append('\n');
  }

  private static String value(RecordComponent component) {
    List<String> parts = new ArrayList<>(List.of(type(component.getGenericType())));
    Matches matches = component.getAnnotation(Matches.class);
    if (matches != null) {
      parts.add(matches.meaning());
    }
    Range range = component.getAnnotation(Range.class);
    if (range != null) {
      parts.add(range.min() + " to " + range.max());
    }
    MaxLength length = component.getAnnotation(MaxLength.class);
    if (length != null) {
      parts.add("at most " + length.value() + " characters");
    }
    MaxItems items = component.getAnnotation(MaxItems.class);
    if (items != null) {
      parts.add("at most " + items.value());
    }
    return String.join(", ", parts);
  }

  private static String type(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? "list of " + type(arguments[0]) + "s"
          : "map of " + type(arguments[1]) + "s";
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isEnum()) {
      return Arrays.stream(plain.getEnumConstants())
          .map(constant -> ConfigSchema.word((Enum<?>) constant))
          .collect(Collectors.joining(", "));
    }
    return WORDS.getOrDefault(plain, "section");
  }

  private static String fallback(RecordComponent component) {
    Default fallback = component.getAnnotation(Default.class);
    if (fallback != null) {
      return "`" + fallback.value() + "`";
    }
    boolean optional =
        component.getAnnotatedType().isAnnotationPresent(Nullable.class)
            || component.getGenericType() instanceof ParameterizedType;
    boolean isSection = component.getType().isRecord() && component.getType() != Secret.class;
    return optional || isSection ? "" : "required";
  }
}
