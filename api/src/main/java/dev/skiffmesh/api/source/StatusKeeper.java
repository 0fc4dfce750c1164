package dev.skiffmesh.api.source;

import dev.skiffmesh.api.status.KeptStatus;
import java.util.List;

/**
 * A source that keeps what is said of its policies beside them, where their writers look: the
 * status of a custom resource in Kubernetes.
 */
public interface StatusKeeper {

  /**
   * Takes all that is to be said of all policies now, those of other sources too; the newest call
   * counts. What has not changed is not written. Thread-safe, never blocks.
   */
  void keep(List<KeptStatus> statuses);
}
