package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.RecordDecoder;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.nacos.NacosSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code skiff.yaml}. All that is wrong is found at once, with file and line; nothing is
 * guessed. Confined to one call.
 */
public final class ConfigReader {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private static final Set<String> REGISTRIES = Set.of("file", "nacos");
  private static final Set<String> LATER_REGISTRIES = Set.of("kubernetes", "etcd");
  private static final Set<String> POLICIES = Set.of("file");
  private static final Set<String> LATER_POLICIES = Set.of("kubernetes", "etcd", "nacos-config");

  private final String file;
  private final Path folder;
  private final Function<String, @Nullable String> environment;
  private final List<Violation> violations = new ArrayList<>();

  private ConfigReader(String file, Path folder, Function<String, @Nullable String> environment) {
    this.file = file;
    this.folder = folder;
    this.environment = environment;
  }

  /**
   * Reads a configuration.
   *
   * @param text the file's content
   * @param file its name, for messages
   * @param folder what relative paths are relative to
   * @param environment the environment variables
   * @throws ConfigException with all that is wrong
   */
  public static SkiffConfig read(
      String text, String file, Path folder, Function<String, @Nullable String> environment)
      throws ConfigException {
    return new ConfigReader(file, folder, environment).read(text);
  }

  /** The configuration of somebody who has written none. */
  public static SkiffConfig defaults(Path folder) {
    try {
      return read("", "defaults", folder, name -> null);
    } catch (ConfigException e) {
      throw new IllegalStateException("the defaults must be right", e);
    }
  }

  private SkiffConfig read(String text) throws ConfigException {
    Optional<RawNode> tree = kept(new DocumentReader().readTree(text)).map(this::expand);
    Optional<ConfigSchema.Root> root =
        tree.flatMap(node -> kept(RecordDecoder.decode(node, ConfigSchema.Root.class, "")));
    if (root.isEmpty()) {
      throw new ConfigException(file, violations);
    }
    SkiffConfig config = assemble(root.get(), tree.get());
    if (!violations.isEmpty()) {
      throw new ConfigException(file, violations);
    }
    return config;
  }

  private SkiffConfig assemble(ConfigSchema.Root root, RawNode tree) {
    Set<String> names = new HashSet<>();
    List<SkiffConfig.RegistrySource> registries = new ArrayList<>();
    for (int i = 0; i < root.registries().size(); i++) {
      String path = "registries[" + i + "]";
      RawNode node = root.registries().get(i);
      registry(node, path)
          .filter(registry -> isNew(names, registry.name(), path, node.position()))
          .ifPresent(registries::add);
    }
    List<SkiffConfig.FilePolicies> policies = new ArrayList<>();
    for (int i = 0; i < root.policies().size(); i++) {
      String path = "policies[" + i + "]";
      RawNode node = root.policies().get(i);
      policies(node, path, i)
          .filter(source -> isNew(names, source.name(), path, node.position()))
          .ifPresent(policies::add);
    }
    ConfigSchema.Xds xds = root.xds();
    ConfigSchema.Admin admin = root.admin();
    ConfigSchema.State state = root.state();
    if (xds != null && !xds.plaintext() && !isLoopback(xds.host())) {
      refuse(
          "xds.host",
          tree,
          "must be a loopback address unless `xds.plaintext` is true, found '" + xds.host() + "'");
    }
    return new SkiffConfig(
        xds == null
            ? new SkiffConfig.Listen("127.0.0.1", 18_000)
            : new SkiffConfig.Listen(xds.host(), xds.port()),
        admin == null
            ? new SkiffConfig.Listen("127.0.0.1", 18_080)
            : new SkiffConfig.Listen(admin.host(), admin.port()),
        registries,
        policies,
        folder.resolve(state == null ? "state/" : state.path()),
        root.rootNamespace(),
        root.startupTimeout(),
        root.scope());
  }

  private Optional<SkiffConfig.RegistrySource> registry(RawNode node, String path) {
    Optional<String> type = type(node, path, REGISTRIES, LATER_REGISTRIES);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    if (type.get().equals("file")) {
      return kept(RecordDecoder.decode(node, ConfigSchema.FileRegistry.class, path))
          .map(
              found ->
                  new SkiffConfig.FileRegistry(
                      found.name(), folder.resolve(found.path()), found.path()));
    }
    return kept(RecordDecoder.decode(node, ConfigSchema.NacosRegistry.class, path))
        .flatMap(found -> nacos(found, path, node));
  }

  private Optional<SkiffConfig.RegistrySource> nacos(
      ConfigSchema.NacosRegistry found, String path, RawNode node) {
    try {
      return Optional.of(
          new SkiffConfig.NacosRegistry(
              new NacosSettings(
                  found.name(),
                  found.server(),
                  namespaces(found.namespaces()),
                  found.groups().isEmpty() ? List.of(NacosSettings.DEFAULT_GROUP) : found.groups(),
                  new NacosSettings.ServiceFilter(
                      found.include().isEmpty() ? List.of("*") : found.include(), found.exclude()),
                  new NacosSettings.Credentials(
                      orEmpty(found.username()),
                      orEmpty(found.password()),
                      orEmpty(found.accessKey()),
                      orEmpty(found.secretKey())),
                  new TreeMap<>(found.client()),
                  new NacosSettings.Timing(found.discoveryInterval(), found.settleTime()))));
    } catch (IllegalArgumentException refused) {
      violations.add(new Violation(path, node.position(), String.valueOf(refused.getMessage())));
      return Optional.empty();
    }
  }

  private static List<NacosSettings.Namespace> namespaces(List<ConfigSchema.NacosNamespace> found) {
    return found.isEmpty()
        ? List.of(NacosSettings.Namespace.PUBLIC)
        : found.stream()
            .map(
                namespace -> {
                  String as = namespace.as();
                  return new NacosSettings.Namespace(
                      namespace.id(),
                      as != null
                          ? as
                          : namespace.id().equals("public") ? "default" : namespace.id());
                })
            .toList();
  }

  private Optional<SkiffConfig.FilePolicies> policies(RawNode node, String path, int index) {
    return type(node, path, POLICIES, LATER_POLICIES)
        .flatMap(type -> kept(RecordDecoder.decode(node, ConfigSchema.FilePolicies.class, path)))
        .map(
            found -> {
              String name = found.name();
              return new SkiffConfig.FilePolicies(
                  name != null ? name : index == 0 ? "policies" : "policies-" + (index + 1),
                  folder.resolve(found.path()),
                  found.path());
            });
  }

  private Optional<String> type(RawNode node, String path, Set<String> now, Set<String> later) {
    Optional<RawNode> type =
        node instanceof Mapping mapping ? mapping.get("type") : Optional.empty();
    if (type.isEmpty()) {
      violations.add(new Violation(path, node.position(), "must have a `type`"));
      return Optional.empty();
    }
    String word = type.get() instanceof Scalar scalar ? scalar.text() : type.get().describe();
    if (now.contains(word)) {
      return Optional.of(word);
    }
    violations.add(
        new Violation(
            path + ".type",
            type.get().position(),
            later.contains(word)
                ? "must be a type that this version has ("
                    + Wording.choice(new java.util.TreeSet<>(now))
                    + "); '"
                    + word
                    + "' is not available yet"
                : "must be "
                    + Wording.choice(new java.util.TreeSet<>(now))
                    + ", found '"
                    + word
                    + "'"
                    + Wording.didYouMean(word, now)));
    return Optional.empty();
  }

  private boolean isNew(Set<String> names, String name, String path, Position position) {
    if (names.add(name)) {
      return true;
    }
    violations.add(
        new Violation(
            path + ".name",
            position,
            "must be unique among the sources, found '" + name + "' twice"));
    return false;
  }

  private void refuse(String field, RawNode tree, String message) {
    violations.add(dev.skiffmesh.api.document.FieldPath.violation(tree, field, message));
  }

  private <T> Optional<T> kept(Decoded<T> decoded) {
    return switch (decoded) {
      case Decoded.Ok<T>(T value) -> Optional.of(value);
      case Decoded.Rejected<T>(List<Violation> found) -> {
        violations.addAll(found);
        yield Optional.empty();
      }
    };
  }

  /** Puts environment variables in, in every text of the tree. */
  private RawNode expand(RawNode node) {
    return switch (node) {
      case Scalar(String text, var type, Position position) ->
          new Scalar(expand(text, position), type, position);
      case Sequence(List<RawNode> items, Position position) ->
          new Sequence(items.stream().map(this::expand).toList(), position);
      case Mapping(List<Entry> entries, Position position) ->
          new Mapping(
              entries.stream()
                  .map(entry -> new Entry(entry.key(), entry.position(), expand(entry.value())))
                  .toList(),
              position);
    };
  }

  private String expand(String text, Position position) {
    Matcher variable = VARIABLE.matcher(text);
    UnaryOperator<String> quoted = Matcher::quoteReplacement;
    return variable.replaceAll(
        match -> {
          String value = environment.apply(match.group(1));
          if (value == null) {
            violations.add(
                new Violation(
                    "", position, "the environment variable '" + match.group(1) + "' must be set"));
            return "";
          }
          return quoted.apply(value);
        });
  }

  /** A literal address is not looked up; a name is, since it decides who can connect. */
  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** For the reference page: each list item's records by type. */
  static Map<String, Class<?>> sections() {
    Map<String, Class<?>> sections = new TreeMap<>();
    sections.put("registries (type: file)", ConfigSchema.FileRegistry.class);
    sections.put("registries (type: nacos)", ConfigSchema.NacosRegistry.class);
    sections.put("policies (type: file)", ConfigSchema.FilePolicies.class);
    return sections;
  }
}
