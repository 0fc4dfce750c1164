package dev.skiffmesh.registry.nacos;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.registry.core.SourceSettings;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a source of policies in Nacos's configuration reads. Immutable; a value that makes no sense
 * is refused with an {@link IllegalArgumentException} whose message names the configuration's key.
 *
 * @param connection servers, login, namespace, group and times, as for services; its one namespace
 *     and its one group are read
 * @param prefix of the data ids that are read; each data id is one portion
 */
public record NacosPolicySettings(NacosSettings connection, String prefix)
    implements SourceSettings {

  /** Data ids that begin so are documents unless the configuration says otherwise. */
  public static final String DEFAULT_PREFIX = "skiff.";

  /** Checks what can be checked without a server. */
  public NacosPolicySettings {
    SourceSettings.require(
        !prefix.isEmpty(), "prefix", "must not be empty; every data id would be a document");
    SourceSettings.require(
        prefix.matches("[A-Za-z0-9._:-]+"),
        "prefix",
        "must be letters, digits, '.', '_', ':' and '-', as data ids are, found '" + prefix + "'");
    SourceSettings.require(
        connection.namespaces().size() == 1 && connection.groups().size() == 1,
        "namespace",
        "must be one, with one group");
    SourceSettings.require(
        connection.credentials().accessKey().isEmpty(),
        "access-key",
        "cannot be used for policies; give `username` and `password`");
  }

  @Override
  public Source source() {
    return new NacosPolicySource(this);
  }

  /** A source of one namespace and group. */
  public static NacosPolicySettings of(
      String name,
      String server,
      String namespace,
      String group,
      NacosSettings.Credentials credentials,
      SortedMap<String, String> client,
      String prefix,
      NacosSettings.Timing timing) {
    return new NacosPolicySettings(
        new NacosSettings(
            name,
            server,
            // The name in the mesh says nothing here: documents name their namespaces themselves.
            List.of(new NacosSettings.Namespace(namespace, "default")),
            List.of(group),
            NacosSettings.ServiceFilter.ALL,
            credentials,
            client,
            timing),
        prefix);
  }

  /** The default prefix in the namespace {@code public} and the default group, without a login. */
  public static NacosPolicySettings of(String name, String server) {
    return of(
        name,
        server,
        NacosSettings.Namespace.PUBLIC.id(),
        NacosSettings.DEFAULT_GROUP,
        NacosSettings.Credentials.NONE,
        new TreeMap<>(),
        DEFAULT_PREFIX,
        NacosSettings.Timing.DEFAULT);
  }

  @Override
  public String name() {
    return connection.name();
  }

  String group() {
    return connection.groups().getFirst();
  }

  /** The namespace as the configuration module has it: nothing for {@code public}. */
  String tenant() {
    String id = connection.namespaces().getFirst().id();
    return id.equals(NacosSettings.Namespace.PUBLIC.id()) ? "" : id;
  }
}
