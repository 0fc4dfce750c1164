package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * Responses of the state-of-the-world variant. One of clusters or listeners must be whole, because
 * what it lacks is deleted; so while a new content is held back or an old one is still in use, the
 * response carries the content that the proxy accepted before. All other types get only what
 * changed. Pure.
 */
final class SotwResponses implements ResponseForm {

  /** Marks a version that stands for a part, so that no proxy can claim the whole by it. */
  private static final String PART = "part-";

  private final DeliveryRules rules;

  SotwResponses(DeliveryRules rules) {
    this.rules = rules;
  }

  /** Everything that the proxy should have. */
  static TreePMap<String, Resource> wanted(KindDraft draft) {
    ResourceKind kind = draft.rule.kind();
    if (draft.subscription.wildcard() && !kind.equals(ResourceKind.ENDPOINT)) {
      return draft.snapshot().resources().of(kind);
    }
    SortedMap<String, Resource> wanted = new TreeMap<>();
    Collection<String> all =
        draft.subscription.wildcard() ? draft.wildcardNames() : Set.<String>of();
    for (Collection<String> some : List.of(all, draft.subscription.allNames())) {
      for (String name : some) {
        if (draft.target(name, Known.NOTHING_OWED) instanceof Target.Body body) {
          wanted.put(name, body.resource());
        }
      }
    }
    return TreePMap.fromSortedMap(wanted);
  }

  @Override
  public List<String> choose(KindDraft draft, Pending pending, boolean withRemovals) {
    if (!pending.isolated().isEmpty()) {
      return pending.isolated();
    }
    List<String> names = new ArrayList<>(pending.additions());
    if (withRemovals) {
      names.addAll(pending.removals());
    }
    return draft.rule.most() < names.size() ? names.subList(0, draft.rule.most()) : names;
  }

  @Override
  public StreamResponse assemble(
      StreamDraft stream, KindDraft draft, List<String> names, boolean withRemovals) {
    return draft.rule.kind().sotwWhole() ? whole(stream, draft, names) : part(stream, draft, names);
  }

  private StreamResponse whole(StreamDraft stream, KindDraft draft, List<String> names) {
    Set<String> fresh = new HashSet<>(names);
    TreePMap<String, Resource> content = wanted(draft);
    for (Map.Entry<String, Known> entry : draft.open().entrySet()) {
      String name = entry.getKey();
      if (!fresh.contains(name)) {
        // Its turn has not come, or it was rejected: the proxy keeps what it accepted.
        Resource old = draft.whole.get(name);
        content = old == null ? content.minus(name) : content.plus(name, old);
      }
    }
    List<String> removed = new ArrayList<>();
    for (String name : names) {
      if (!content.containsKey(name) && draft.whole.containsKey(name)) {
        removed.add(name);
      }
      draft.put(name, draft.copyOf(name).withOwed(false));
    }
    return fly(
        stream,
        draft,
        List.copyOf(content.values()),
        Fingerprint.of(content.values()),
        fresh,
        removed,
        content);
  }

  private StreamResponse part(StreamDraft stream, KindDraft draft, List<String> names) {
    List<Resource> resources = new ArrayList<>();
    for (String name : names) {
      Known known = draft.copyOf(name);
      if (draft.target(name, known) instanceof Target.Body body) {
        resources.add(body.resource());
      }
      draft.put(name, known.withOwed(false));
    }
    Set<String> fresh = new HashSet<>(names);
    String version =
        fresh.containsAll(draft.open().keySet())
            ? Fingerprint.of(wanted(draft).values())
            : PART + Fingerprint.of(resources);
    return fly(stream, draft, resources, version, fresh, List.of(), null);
  }

  private StreamResponse fly(
      StreamDraft stream,
      KindDraft draft,
      List<Resource> resources,
      String version,
      Set<String> fresh,
      List<String> removed,
      @Nullable TreePMap<String, Resource> whole) {
    Map<String, String> versions = new LinkedHashMap<>();
    resources.forEach(resource -> versions.put(resource.name(), resource.version()));
    String nonce = stream.nonce();
    draft.inFlight =
        new InFlight(
            nonce,
            Collections.unmodifiableMap(versions),
            Immutable.sortedSet(removed),
            NONE_ASKED,
            Collections.unmodifiableSet(fresh),
            NO_NAMES,
            draft.snapshot(),
            whole);
    return new StreamResponse(
        draft.rule.kind(),
        nonce,
        version,
        resources,
        NONE_ASKED,
        List.of(),
        List.of(),
        rules.ttls(resources),
        false);
  }

  /**
   * The same as that of a response which the proxy accepts now, so that it can be quoted after a
   * reconnect.
   */
  @Override
  public String renewalVersion(KindDraft draft, List<Resource> held) {
    return draft.open().isEmpty()
        ? Fingerprint.of(wanted(draft).values())
        : PART + Fingerprint.of(held);
  }

  @Override
  public void oweAssignment(StreamDraft stream, String name) {
    KindDraft assignments = stream.askedKind(ResourceKind.ENDPOINT);
    if (assignments == null) {
      return;
    }
    if (assignments.subscription.names(name)) {
      assignments.owe(name);
    } else if (stream.kind(ResourceKind.CLUSTER).subscription.wildcard()) {
      // An Envoy asks for it behind its acknowledgement, and cannot use the cluster before. Whoever
      // names its clusters (gRPC) asks for what it uses, and may not use this one yet.
      assignments.expected = assignments.expected.and(name);
    }
  }

  @Override
  public void oweAssignments(StreamDraft stream, Everything assignments) {
    assignments.names().forEach(name -> oweAssignment(stream, name));
  }

  /** Virtual hosts are served in delta alone (vhds.proto). */
  @Override
  public boolean hasVirtualHosts() {
    return false;
  }
}
