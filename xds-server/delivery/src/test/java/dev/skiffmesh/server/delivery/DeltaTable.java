package dev.skiffmesh.server.delivery;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Drives a delta machine row by row: what goes in, what comes out, in short words. */
final class DeltaTable {

  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  final DeltaStream machine;
  final List<Notice> notices = new ArrayList<>();
  StreamState state = StreamState.begin(new StreamId(1), Farewell.NONE);

  DeltaTable() {
    this(32);
  }

  DeltaTable(int virtualHostsPerResponse) {
    this(rules(virtualHostsPerResponse));
  }

  DeltaTable(DeliveryRules rules) {
    machine = new DeltaStream(rules);
  }

  /** A client that is no Envoy. */
  static DeltaTable byTheLetter() {
    return new DeltaTable(rules(32).byTheLetter());
  }

  /** An Envoy's stream of one type. */
  static DeltaTable of(ResourceKind only) {
    DeltaTable table = new DeltaTable();
    table.state = StreamState.begin(new StreamId(1), only, Farewell.NONE);
    return table;
  }

  private static DeliveryRules rules(int virtualHostsPerResponse) {
    return DeliveryRules.of(TestingSnapshot::emptyAssignment, virtualHostsPerResponse);
  }

  DeltaTable publish(TestingSnapshot snapshot) {
    return event(new StreamEvent.Published(snapshot.build(), null));
  }

  DeltaTable publish(ProxySnapshot snapshot) {
    return event(new StreamEvent.Published(snapshot, null));
  }

  DeltaTable asks(ResourceKind kind, String... names) {
    return request(kind, "", null, List.of(names), List.of(), Map.of());
  }

  DeltaTable leaves(ResourceKind kind, String... names) {
    return request(kind, "", null, List.of(), List.of(names), Map.of());
  }

  DeltaTable returns(ResourceKind kind, Map<String, String> versions, String... names) {
    return request(kind, "", null, List.of(names), List.of(), versions);
  }

  DeltaTable acks(StreamResponse response) {
    return request(response.kind(), response.nonce(), null, List.of(), List.of(), Map.of());
  }

  DeltaTable nacks(StreamResponse response, String text) {
    return request(response.kind(), response.nonce(), text, List.of(), List.of(), Map.of());
  }

  DeltaTable request(
      ResourceKind kind,
      String nonce,
      @Nullable String error,
      List<String> subscribe,
      List<String> unsubscribe,
      Map<String, String> initial) {
    return event(
        new StreamEvent.DeltaRequest(kind, nonce, error, subscribe, unsubscribe, initial, NOW));
  }

  DeltaTable event(StreamEvent event) {
    Step step = machine.step(state, event);
    state = step.state();
    notices.addAll(step.notices());
    return this;
  }

  /** Everything that goes out now, with no answer to any of it. */
  List<StreamResponse> sends() {
    List<StreamResponse> sent = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Step step = machine.step(state, new StreamEvent.Writable());
      state = step.state();
      if (step.responses().isEmpty()) {
        return sent;
      }
      sent.addAll(step.responses());
    }
    throw new AssertionError("the machine does not stop sending: " + sent.getLast());
  }

  /** Everything that goes out if the proxy accepts everything at once. */
  List<StreamResponse> settles() {
    List<StreamResponse> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      List<StreamResponse> sent = sends();
      if (sent.isEmpty()) {
        return all;
      }
      all.addAll(sent);
      sent.forEach(this::acks);
    }
    throw new AssertionError("the machine does not stop sending: " + all.getLast());
  }

  /** A response as a row: {@code cluster +a +b -c ?d}. */
  static String row(StreamResponse response) {
    StringBuilder row = new StringBuilder(response.kind().shortName());
    for (Resource resource : response.resources()) {
      row.append(" +").append(resource.name());
      response
          .asked()
          .getOrDefault(resource.name(), List.of())
          .forEach(asked -> row.append('=').append(asked));
    }
    response.removed().forEach(name -> row.append(" -").append(name));
    response.aliases().forEach(name -> row.append(" ?").append(name));
    return row.toString();
  }

  static List<String> rows(List<StreamResponse> responses) {
    return responses.stream().map(DeltaTable::row).toList();
  }
}
