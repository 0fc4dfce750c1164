package dev.skiffmesh.registry.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Watchable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Clients as the settings describe them. */
final class ClusterAccess {

  private ClusterAccess() {}

  /**
   * A client; nothing is asked of the server yet.
   *
   * @throws IllegalArgumentException if a file cannot be read or does not say what it must
   */
  static KubernetesClient client(KubernetesSettings settings) {
    KubernetesSettings.Access access = settings.access();
    ConfigBuilder config = new ConfigBuilder(base(access));
    int answer = Math.toIntExact(settings.timing().answer().toMillis());
    config
        .withRequestTimeout(answer)
        .withConnectionTimeout(answer)
        // Failures are counted and waited for by the reflectors, who tell about them.
        .withRequestRetryBackoffLimit(0)
        .withWatchReconnectLimit(0);
    if (access.server() != null) {
      config.withMasterUrl(access.server());
      Path authority = access.certificateAuthority();
      if (authority != null) {
        config.withCaCertFile(authority.toString());
      }
      Path token = access.token();
      if (token != null) {
        config.withOauthTokenProvider(() -> tokenOf(token));
      }
    }
    return new KubernetesClientBuilder()
        .withHttpClientFactory(new ClosingHttpClients())
        .withConfig(config.build())
        .build();
  }

  private static Config base(KubernetesSettings.Access access) {
    Path kubeconfig = access.kubeconfig();
    if (kubeconfig != null) {
      return fromKubeconfig(kubeconfig, access.context());
    }
    return access.server() == null ? Config.autoConfigure(null) : Config.empty();
  }

  private static Config fromKubeconfig(Path file, @Nullable String context) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "`kubeconfig` must be a file that can be read, found '" + file + "'");
    }
    Config config = Config.fromKubeconfig(file.toFile());
    if (context == null) {
      return config;
    }
    if (config.getContexts().stream().noneMatch(known -> known.getName().equals(context))) {
      throw new IllegalArgumentException(
          "`context` must be one of '" + file + "', found '" + context + "'");
    }
    return Config.fromKubeconfig(context, file.toFile());
  }

  /** Tokens are exchanged while pods run; who has none is refused by the server, which says so. */
  private static String tokenOf(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The objects of a kind, asked for with the client of the moment.
   *
   * @param namespace empty for all
   */
  static Reflector.Objects objects(
      ClusterLink link, KubernetesSettings.Timing timing, Kind kind, String namespace) {
    return objects(
        link,
        timing,
        client ->
            switch (kind) {
              case NAMESPACES -> client.namespaces();
              case NODES -> client.nodes();
              case PODS -> within(client.pods(), namespace);
              case SERVICES -> within(client.services(), namespace);
              case ENDPOINTSLICES -> within(client.discovery().v1().endpointSlices(), namespace);
            });
  }

  /** The same of a custom resource. */
  static Reflector.Objects objects(
      ClusterLink link,
      KubernetesSettings.Timing timing,
      ResourceDefinitionContext kind,
      String namespace) {
    return objects(
        link, timing, client -> within(client.genericKubernetesResources(kind), namespace));
  }

  private static <T extends HasMetadata, L extends KubernetesResourceList<T>>
      AnyNamespaceOperation<T, L, ?> within(MixedOperation<T, L, ?> operation, String namespace) {
    return namespace.isEmpty() ? operation.inAnyNamespace() : operation.inNamespace(namespace);
  }

  private static Reflector.Objects objects(
      ClusterLink link,
      KubernetesSettings.Timing timing,
      Function<
              KubernetesClient,
              AnyNamespaceOperation<? extends HasMetadata, ? extends KubernetesResourceList<?>, ?>>
          operation) {
    return new Reflector.Objects() {
      @Override
      public KubernetesResourceList<? extends HasMetadata> list(ListOptions options)
          throws InterruptedException {
        return link.ask(timing.page(), client -> operation.apply(client).list(options));
      }

      @Override
      public Watch watch(ListOptions options, Watcher<HasMetadata> watcher) {
        return begin(operation.apply(link.client()), options, watcher);
      }
    };
  }

  private static <T extends HasMetadata> Watch begin(
      Watchable<T> operation, ListOptions options, Watcher<HasMetadata> watcher) {
    return operation.watch(options, ClusterAccess.<T>narrowed(watcher));
  }

  /** A watcher of all objects is one of these. */
  private static <T extends HasMetadata> Watcher<T> narrowed(Watcher<HasMetadata> watcher) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, T object) {
        watcher.eventReceived(action, object);
      }

      @Override
      public void onClose() {
        watcher.onClose();
      }

      @Override
      public void onClose(io.fabric8.kubernetes.client.WatcherException cause) {
        watcher.onClose(cause);
      }
    };
  }
}
