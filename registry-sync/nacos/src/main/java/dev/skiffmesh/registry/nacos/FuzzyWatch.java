package dev.skiffmesh.registry.nacos;

import com.alibaba.nacos.api.common.Constants;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchChangeNotifyRequest;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchRequest;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchSyncRequest;
import com.alibaba.nacos.common.utils.FuzzyGroupKeyPattern;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which services there are in one namespace, as a Nacos 3 tells by its fuzzy watch. Thread-safe;
 * has no connection of its own.
 *
 * <p>It is a hint to list again and no truth of its own: a server stops telling, without a word,
 * when a pattern matches more services than its limit (500 unless configured), or when it has more
 * than its limit of patterns (20).
 */
final class FuzzyWatch {

  private static final String ANY = "*";
  private static final int PARTS = 3;

  private final String namespaceId;
  private final String pattern;
  private final Set<String> keys = new HashSet<>();
  private boolean isWhole;
  private boolean isLimited;

  FuzzyWatch(String namespaceId) {
    this.namespaceId = namespaceId;
    this.pattern = FuzzyGroupKeyPattern.generatePattern(ANY, ANY, namespaceId);
  }

  /** Forgets; a new connection knows nothing of the one before. */
  synchronized void reset() {
    keys.clear();
    isWhole = false;
    isLimited = false;
  }

  /** What to ask the server: at first for all, later for what differs from what is known here. */
  synchronized NamingFuzzyWatchRequest request() {
    NamingFuzzyWatchRequest request =
        new NamingFuzzyWatchRequest(pattern, Constants.WATCH_TYPE_WATCH);
    request.setNamespace(namespaceId);
    request.setInitializing(!isWhole);
    request.setReceivedGroupKeys(new HashSet<>(keys));
    return request;
  }

  /** The server says that it does not tell everything. */
  synchronized void limited(boolean limited) {
    isLimited = limited;
  }

  /** Takes a batch of what there is; tells whether it changes what is known. */
  synchronized boolean synced(NamingFuzzyWatchSyncRequest batch) {
    if (!pattern.equals(batch.getGroupKeyPattern())) {
      return false;
    }
    boolean changed = false;
    if (batch.getContexts() != null) {
      for (NamingFuzzyWatchSyncRequest.Context context : batch.getContexts()) {
        changed |= apply(context.getServiceKey(), context.getChangedType());
      }
    }
    if (Constants.FINISH_FUZZY_WATCH_INIT_NOTIFY.equals(batch.getSyncType())) {
      isWhole = true;
    }
    return changed;
  }

  /** Takes one change; tells whether it changes what is known. */
  synchronized boolean changed(NamingFuzzyWatchChangeNotifyRequest change) {
    return apply(change.getServiceKey(), change.getChangedType());
  }

  /** The groups that have services; empty as long as the server has not told them all. */
  synchronized Optional<Set<String>> groups() {
    if (!isWhole || isLimited) {
      return Optional.empty();
    }
    Set<String> groups = new TreeSet<>();
    for (String key : keys) {
      String[] parts = key.split(Constants.SERVICE_INFO_SPLITER, PARTS);
      if (parts.length == PARTS) {
        groups.add(parts[1]);
      }
    }
    return Optional.of(groups);
  }

  private boolean apply(String key, String changedType) {
    return Constants.ServiceChangedType.DELETE_SERVICE.equals(changedType)
        ? keys.remove(key)
        : keys.add(key);
  }
}
