package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.api.status.Finding;
import java.util.List;

/**
 * Who a node is, as well as it could be told.
 *
 * @param identity never missing: what the node did not say is derived from its id, its cluster or a
 *     default
 * @param findings what was expected and not found; empty for a node of Skiff's own bootstrap
 */
public record NodeReading(ProxyIdentity identity, List<Finding> findings) {

  /** Copies the findings. */
  public NodeReading {
    findings = List.copyOf(findings);
  }
}
