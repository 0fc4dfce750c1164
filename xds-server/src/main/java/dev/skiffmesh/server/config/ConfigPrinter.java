package dev.skiffmesh.server.config;

import dev.skiffmesh.api.document.DurationText;
import dev.skiffmesh.registry.nacos.NacosSettings;
import java.util.Locale;

/** The configuration in force, as a file that says the same; secrets are never printed. */
public final class ConfigPrinter {

  private ConfigPrinter() {}

  /** A whole file. */
  public static String print(SkiffConfig config) {
    StringBuilder out = new StringBuilder();
    line(out, "xds: {host: %s, port: %d}", config.xds().host(), config.xds().port());
    line(out, "admin: {host: %s, port: %d}", config.admin().host(), config.admin().port());
    out.append("registries:\n");
    for (SkiffConfig.RegistrySource registry : config.registries()) {
      switch (registry) {
        case SkiffConfig.FileRegistry(String name, var path, String shown) ->
            line(out, "  - {type: file, name: %s, path: '%s'}  # from '%s'", name, path, shown);
        case SkiffConfig.NacosRegistry(NacosSettings nacos) ->
            line(
                out,
                "  - {type: nacos, name: %s, server: '%s', groups: %s, username: '%s', password: %s}",
                nacos.name(),
                nacos.server(),
                nacos.groups(),
                nacos.credentials().username(),
                nacos.credentials().password().isEmpty() ? "''" : "'***'");
      }
    }
    out.append("policies:\n");
    for (SkiffConfig.FilePolicies policies : config.policies()) {
      line(
          out,
          "  - {type: file, name: %s, path: '%s'}  # from '%s'",
          policies.name(),
          policies.path(),
          policies.shown());
    }
    line(out, "state: {path: '%s'}", config.state());
    line(out, "root-namespace: %s", config.rootNamespace());
    line(out, "startup-timeout: %s", DurationText.print(config.startupTimeout()));
    line(
        out,
        "scope: %s",
        switch (config.scope()) {
          case ON_DEMAND -> "OnDemand";
          case DECLARED -> "Declared";
          case ALL -> "All";
        });
    return out.toString();
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a dependency for one method.
  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
