package dev.skiffmesh.server.control;

import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.status.Finding;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;

/** Reads who a proxy says that it is; pure and thread-safe, never throws. */
@FunctionalInterface
public interface NodeIdentifier {

  /**
   * Reads {@code node}.
   *
   * @param incremental true for delta xDS, false for state-of-the-world
   * @param peer the remote address
   */
  Identified identify(Node node, boolean incremental, String peer);

  /**
   * Who it is, and what is odd about how it says so.
   *
   * @param findings about metadata that Skiff's bootstrap would not write
   */
  record Identified(ProxyIdentity identity, List<Finding> findings) {
    /** Copies the findings. */
    public Identified {
      findings = List.copyOf(findings);
    }
  }
}
