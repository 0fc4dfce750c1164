package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.Decoded;
import dev.skiffmesh.api.document.FieldPath;
import dev.skiffmesh.api.document.Position;
import dev.skiffmesh.api.document.RawNode;
import dev.skiffmesh.api.document.RawNode.Entry;
import dev.skiffmesh.api.document.RawNode.Mapping;
import dev.skiffmesh.api.document.RawNode.Scalar;
import dev.skiffmesh.api.document.RawNode.Sequence;
import dev.skiffmesh.api.document.RecordDecoder;
import dev.skiffmesh.api.document.Violation;
import dev.skiffmesh.api.document.Wording;
import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.registry.core.DocumentReader;
import dev.skiffmesh.registry.core.SourceSettings;
import dev.skiffmesh.server.admin.AdminSettings;
import dev.skiffmesh.server.delivery.DeliverySettings;
import dev.skiffmesh.server.guard.GuardSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code skiff.yaml}. All that is wrong is found at once, with file and line; nothing is
 * guessed. Confined to one call.
 */
public final class ConfigReader {

  private static final NavigableMap<String, Class<? extends Record>> REGISTRIES =
      types(SourceSection.OfServices.class);
  private static final NavigableMap<String, Class<? extends Record>> POLICIES =
      types(SourceSection.OfPolicies.class);

  private final String file;
  private final Path folder;
  private final ValueOrigins origins;
  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, String> sourceNames = new TreeMap<>();

  private ConfigReader(String file, Path folder, Function<String, @Nullable String> environment) {
    this.file = file;
    this.folder = folder;
    this.origins = new ValueOrigins(file, folder, environment);
  }

  /**
   * Reads a configuration.
   *
   * @param text the file's content; empty for the defaults
   * @param file its name, for messages
   * @param folder what relative paths are relative to
   * @param environment the environment variables
   * @throws ConfigException with all that is wrong
   */
  public static SkiffConfig read(
      String text, String file, Path folder, Function<String, @Nullable String> environment)
      throws ConfigException {
    return load(text, file, folder, environment).config();
  }

  /** The same with where each value came from. */
  public static LoadedConfig load(
      String text, String file, Path folder, Function<String, @Nullable String> environment)
      throws ConfigException {
    return new ConfigReader(file, folder, environment).load(text);
  }

  private LoadedConfig load(String text) throws ConfigException {
    Optional<RawNode> tree =
        kept(new DocumentReader().readTree(text))
            .map(ConfigReader::withSections)
            .map(read -> origins.resolve(read, ConfigSchema.Root.class, ""));
    if (tree.isPresent()) {
      Optional<ConfigSchema.Root> root =
          kept(RecordDecoder.decode(tree.get(), ConfigSchema.Root.class, ""));
      List<Record> registries = items(tree.get(), "registries", REGISTRIES);
      List<Record> policies = items(tree.get(), "policies", POLICIES);
      root.ifPresent(found -> check(found, tree.get()));
      violations.addAll(origins.violations());
      if (root.isPresent() && violations.isEmpty()) {
        SkiffConfig config = assemble(root.get(), registries, policies, tree.get());
        if (violations.isEmpty()) {
          return new LoadedConfig(config, root.get(), registries, policies, origins);
        }
      }
    }
    throw new ConfigException(file, violations);
  }

  /** A section that nobody has written is one without keys: all of it has defaults. */
  private static RawNode withSections(RawNode tree) {
    if (!(tree instanceof Mapping mapping)) {
      return tree;
    }
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : mapping.entries()) {
      entries.add(entry.key().equals("state") ? withoutFolder(entry) : entry);
    }
    for (String section : List.of("xds", "admin", "state", "guard")) {
      if (mapping.get(section).isEmpty()) {
        Position at = mapping.position();
        entries.add(new Entry(section, at, new Mapping(List.of(), at)));
      }
    }
    return new Mapping(entries, mapping.position());
  }

  /** {@code state: none} is short for the section with that path. */
  private static Entry withoutFolder(Entry state) {
    Position at = state.value().position();
    return state.value() instanceof Scalar(String text, _, _)
            && text.equals(ConfigSchema.State.NONE)
        ? new Entry(
            state.key(),
            state.position(),
            new Mapping(List.of(new Entry("path", at, state.value())), at))
        : state;
  }

  private void check(ConfigSchema.Root root, RawNode tree) {
    ConfigSchema.Xds xds = root.xds();
    if (!xds.plaintext() && !isLoopback(xds.host())) {
      refuse(
          "xds.host",
          tree,
          "must be a loopback address unless `xds.plaintext` is true, found '" + xds.host() + "'");
    }
    if (xds.port() != 0 && xds.port() == root.admin().port()) {
      refuse("admin.port", tree, "must differ from `xds.port`, found " + xds.port() + " twice");
    }
  }

  private SkiffConfig assemble(
      ConfigSchema.Root root, List<Record> registries, List<Record> policies, RawNode tree) {
    return new SkiffConfig(
        new SkiffConfig.Xds(
            new SkiffConfig.Listen(root.xds().host(), root.xds().port()),
            root.xds().clientStatus(),
            root.xds().loadReportInterval(),
            root.xds().connectionAge(),
            new DeliverySettings(root.xds().streams(), root.xds().newStreamsPerSecond())),
        new AdminSettings(root.admin().host(), root.admin().port(), root.admin().hosts()),
        settings(registries, tree),
        settings(policies, tree),
        state(root.state().path(), tree),
        root.rootNamespace(),
        root.startupTimeout(),
        root.scope(),
        guard(root.guard(), tree));
  }

  private SkiffConfig.State state(String path, RawNode tree) {
    return path.equals(ConfigSchema.State.NONE)
        ? new SkiffConfig.State.None()
        : new SkiffConfig.State.Folder(resolved(path, tree));
  }

  private GuardSettings guard(ConfigSchema.Guard found, RawNode tree) {
    NavigableMap<ServiceId, Integer> falls = new TreeMap<>();
    for (ConfigSchema.GuardedService one : found.services()) {
      if (falls.put(ServiceId.parse(one.service()), one.fall()) != null) {
        refuse(
            "guard.services",
            tree,
            "must name each service once, found '" + one.service() + "' twice");
      }
    }
    return new GuardSettings(found.fall(), found.holdTime(), falls);
  }

  private Path resolved(String path, RawNode tree) {
    try {
      return folder.resolve(path);
    } catch (InvalidPathException impossible) {
      violations.add(
          new Violation(
              "", tree.position(), "must have paths of this system, found '" + path + "'"));
      return folder;
    }
  }

  /** What is in force of sources; a violation for one that cannot be used. */
  private List<SourceSettings> settings(List<Record> sections, RawNode tree) {
    List<SourceSettings> usable = new ArrayList<>();
    for (Record section : sections) {
      if (section instanceof SourceSection source) {
        try {
          usable.add(source.settings(folder));
        } catch (IllegalArgumentException refused) {
          String path = sourceNames.getOrDefault(String.valueOf(source.name()), "");
          refuse(path, tree, "cannot be used: " + refused.getMessage());
        }
      }
    }
    return usable;
  }

  /** The items of a list of sources, each by its type; those that are right. */
  private List<Record> items(
      RawNode tree, String list, NavigableMap<String, Class<? extends Record>> types) {
    List<Record> items = new ArrayList<>();
    Optional<RawNode> found =
        tree instanceof Mapping mapping ? mapping.get(list) : Optional.empty();
    // Whatever is no list was refused with the root.
    if (found.isPresent() && found.get() instanceof Sequence(List<RawNode> nodes, _)) {
      for (int i = 0; i < nodes.size(); i++) {
        item(nodes.get(i), list + "[" + i + "]", i, types).ifPresent(items::add);
      }
    }
    return items;
  }

  private Optional<Record> item(
      RawNode node, String path, int index, NavigableMap<String, Class<? extends Record>> types) {
    return type(node, path, types.keySet())
        .map(types::get)
        .filter(type -> holdsNoLogin(node, type, path))
        .flatMap(type -> kept(RecordDecoder.decode(origins.resolve(node, type, path), type, path)))
        .map(item -> (Record) item)
        .map(item -> ConfigSchema.named(item, index))
        .filter(item -> isNew(ConfigSchema.name(item), path, node.position()));
  }

  private boolean holdsNoLogin(RawNode node, Class<? extends Record> type, String path) {
    List<Violation> found = LoginInAddress.violations(node, type, path);
    violations.addAll(found);
    return found.isEmpty();
  }

  private Optional<String> type(RawNode node, String path, Set<String> now) {
    Optional<RawNode> type =
        node instanceof Mapping mapping ? mapping.get("type") : Optional.empty();
    if (type.isEmpty()) {
      violations.add(
          new Violation(
              path, node.position(), "must have a `type`: " + Wording.choice(new TreeSet<>(now))));
      return Optional.empty();
    }
    String word = type.get() instanceof Scalar scalar ? scalar.text() : type.get().describe();
    if (now.contains(word)) {
      return Optional.of(word);
    }
    String known = Wording.choice(new TreeSet<>(now));
    violations.add(
        new Violation(
            path + ".type",
            type.get().position(),
            "must be " + known + ", found '" + word + "'" + Wording.didYouMean(word, now)));
    return Optional.empty();
  }

  private boolean isNew(String name, String path, Position position) {
    String earlier = sourceNames.putIfAbsent(name, path);
    if (earlier == null) {
      return true;
    }
    violations.add(
        new Violation(
            path + ".name",
            position,
            "must be unique among registries and policies, found '"
                + name
                + "' in `"
                + earlier
                + "`, too"));
    return false;
  }

  private void refuse(String field, RawNode tree, String message) {
    violations.add(FieldPath.violation(tree, field, message));
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

  /** A literal address is not looked up; a name is, since it decides who can connect. */
  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  /** The records of a list's items by the words of their types. */
  private static NavigableMap<String, Class<? extends Record>> types(Class<?> list) {
    NavigableMap<String, Class<? extends Record>> types = new TreeMap<>();
    for (Class<?> section : list.getPermittedSubclasses()) {
      SourceType type = Objects.requireNonNull(section.getAnnotation(SourceType.class));
      types.put(type.value(), section.asSubclass(Record.class));
    }
    return types;
  }

  /** For the reference page: the records of the lists' items by list and type. */
  static NavigableMap<String, Class<? extends Record>> itemTypes() {
    NavigableMap<String, Class<? extends Record>> types = new TreeMap<>();
    POLICIES.forEach((type, record) -> types.put("policies of type " + type, record));
    REGISTRIES.forEach((type, record) -> types.put("registries of type " + type, record));
    return types;
  }
}
