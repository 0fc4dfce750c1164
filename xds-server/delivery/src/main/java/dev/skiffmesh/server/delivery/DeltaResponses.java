package dev.skiffmesh.server.delivery;

import dev.skiffmesh.api.model.Immutable;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Responses of the incremental (delta) variant: only what changed for this stream. Pure. */
final class DeltaResponses implements ResponseForm {

  private final DeliveryRules rules;

  DeltaResponses(DeliveryRules rules) {
    this.rules = rules;
  }

  @Override
  public List<String> choose(KindDraft draft, Pending pending, boolean withRemovals) {
    if (!pending.isolated().isEmpty()) {
      return pending.isolated();
    }
    if (isBatch(draft.batch(), pending.additions())) {
      return pending.additions();
    }
    boolean removals = withRemovals && pending.hasRemovals();
    if (draft.rule.removalsWithNews() && (removals || hasUpdates(draft, pending))) {
      // A domain or an address may move from one of these names to another: all or nothing.
      List<String> all = new ArrayList<>(pending.removals());
      all.addAll(pending.additions());
      return all;
    }
    return removals ? removable(draft, pending.removals()) : limited(draft, pending.additions());
  }

  @SuppressWarnings("ReferenceEquality") // It is that list and no other.
  private static boolean isBatch(Everything.@Nullable Batch batch, List<String> names) {
    return batch != null && batch.names() == names;
  }

  /** All at once, but one at a time what was in a rejected response before. */
  private static List<String> removable(KindDraft draft, List<String> names) {
    return names.stream()
        .filter(name -> draft.copyOf(name).doubtful())
        .findFirst()
        .map(List::of)
        .orElse(names);
  }

  private static boolean hasUpdates(KindDraft draft, Pending pending) {
    return pending.additions().stream()
        .anyMatch(name -> draft.copyOf(name).version() != null && !draft.copyOf(name).owed());
  }

  private static List<String> limited(KindDraft draft, List<String> names) {
    List<String> chosen = new ArrayList<>();
    int bodies = 0;
    long bytes = 0;
    for (String name : names) {
      Target target = draft.target(name, draft.copyOf(name));
      boolean body = target instanceof Target.Body;
      // An alias stands in the response twice, as name and as alias.
      long size =
          target instanceof Target.Body(Resource resource, boolean _)
              ? resource.any().size()
              : 2L * name.length();
      if (!chosen.isEmpty()
          && ((body && bodies >= draft.rule.most()) || bytes + size > DeliveryRules.MOST_BYTES)) {
        break;
      }
      chosen.add(name);
      bytes += size;
      bodies += body ? 1 : 0;
    }
    return chosen;
  }

  @Override
  public StreamResponse assemble(
      StreamDraft stream, KindDraft draft, List<String> names, boolean withRemovals) {
    Everything.Batch batch = draft.batch();
    if (batch != null && isBatch(batch, names)) {
      return whole(stream, draft, batch);
    }
    List<Resource> resources = new ArrayList<>();
    List<String> aliases = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    Map<String, String> versions = new LinkedHashMap<>();
    SortedMap<String, List<String>> asked = new TreeMap<>();
    SortedMap<String, List<String>> riders = draft.riders();
    for (String name : names) {
      Known known = draft.copyOf(name);
      switch (draft.target(name, known)) {
        case Target.Body body -> {
          resources.add(body.resource());
          versions.put(name, body.version());
          List<String> waiting = riders.getOrDefault(name, List.of());
          if (!waiting.isEmpty()) {
            asked.put(name, waiting);
            waiting.forEach(rider -> draft.put(rider, null));
          }
        }
        case Target.Gone _ -> removed.add(name);
        case Target.Alias _ -> aliases.add(name);
        case Target.Awaited _, Target.Rides _, Target.Same _ -> {
          continue;
        }
      }
      // After a removal of a virtual host that was asked for by name, the name itself is answered.
      boolean stillOwed =
          draft.rule.isAliased()
              && !removed.isEmpty()
              && removed.getLast().equals(name)
              && known.owed();
      draft.put(name, known.withOwed(stillOwed));
    }
    Set<String> fresh = removed.isEmpty() && aliases.isEmpty() ? versions.keySet() : union(names);
    removed.addAll(endWarmUps(draft, versions));
    String nonce = stream.nonce();
    draft.inFlight =
        new InFlight(
            nonce,
            Collections.unmodifiableMap(versions),
            Immutable.sortedSet(removed),
            asked.isEmpty() ? NONE_ASKED : Collections.unmodifiableSortedMap(asked),
            fresh,
            NO_NAMES,
            draft.snapshot(),
            null);
    return new StreamResponse(
        draft.rule.kind(),
        nonce,
        Fingerprint.of(resources),
        resources,
        asked,
        aliases,
        removed,
        rules.ttls(resources),
        false);
  }

  /** The same for a proxy that is given everything in one response. */
  private static StreamResponse whole(StreamDraft stream, KindDraft draft, Everything.Batch batch) {
    draft.openAllSent();
    List<String> removed = endWarmUps(draft, batch.versions());
    String nonce = stream.nonce();
    draft.inFlight =
        new InFlight(
            nonce,
            batch.versions(),
            Immutable.sortedSet(removed),
            NONE_ASKED,
            batch.versions().keySet(),
            NO_NAMES,
            draft.snapshot(),
            null);
    return new StreamResponse(
        draft.rule.kind(),
        nonce,
        batch.version(),
        batch.resources(),
        NONE_ASKED,
        List.of(),
        removed,
        DeliveryRules.NO_TTLS,
        false);
  }

  @Override
  public String renewalVersion(KindDraft draft, List<Resource> held) {
    return Fingerprint.of(held);
  }

  private static Set<String> union(List<String> names) {
    return Collections.unmodifiableSet(new HashSet<>(names));
  }

  /** Names that never existed, whose removal tells Envoy that a configuration has no host yet. */
  private static List<String> endWarmUps(KindDraft draft, Map<String, String> versions) {
    List<String> barren = draft.barrenWarmUps();
    if (draft.warmUps.isEmpty()) {
      return List.of();
    }
    SortedSet<String> left = new TreeSet<>(draft.warmUps);
    left.removeAll(barren);
    versions.keySet().forEach(name -> left.remove(routesOf(name)));
    draft.warmUps = left.isEmpty() ? NO_NAMES : Immutable.sortedSet(left);
    return barren.stream().map(routes -> routes + "/init").toList();
  }

  private static String routesOf(String virtualHost) {
    int slash = virtualHost.indexOf('/');
    return slash < 0 ? virtualHost : virtualHost.substring(0, slash);
  }

  @Override
  public void oweAssignment(StreamDraft stream, String name) {
    // A stream of one type carries no other; only an Envoy is known to need and to take it.
    if (stream.before.only() == null && rules.ofEnvoy()) {
      stream.kind(ResourceKind.ENDPOINT).owe(name);
    }
  }

  @Override
  public void oweAssignments(StreamDraft stream, Everything assignments) {
    if (stream.before.only() == null && rules.ofEnvoy()) {
      KindDraft draft = stream.kind(ResourceKind.ENDPOINT);
      if (draft.isUntouched()) {
        draft.open(assignments.owed());
      } else {
        assignments.names().forEach(draft::owe);
      }
    }
  }

  @Override
  public boolean hasVirtualHosts() {
    return true;
  }
}
