package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What proxies get that come at once, and what is worked out for the first of them alone. */
final class EverythingTest {

  private static final int NEVER = Integer.MAX_VALUE;

  private final ResponseMarshaller marshaller = new ResponseMarshaller(true, "skiff/test");

  /** One proxy from its first request to its last answer. */
  private static final class Life {

    private final DeltaStream machine;
    private final List<StreamResponse> responses = new ArrayList<>();
    private StreamState state = StreamState.begin(new StreamId(1), Farewell.NONE);

    Life(DeltaStream machine, ProxySnapshot snapshot, int services) {
      this.machine = machine;
      asks(ResourceKind.CLUSTER, "", List.of("*"));
      event(new StreamEvent.Published(snapshot, null));
      writes();
      asks(ResourceKind.ENDPOINT, "", names(services));
      writes();
      for (StreamResponse response : responses) {
        asks(response.kind(), response.nonce(), List.of());
      }
      writes();
    }

    private void asks(ResourceKind kind, String nonce, List<String> names) {
      event(
          new StreamEvent.DeltaRequest(
              kind, nonce, null, names, List.of(), Map.of(), Instant.EPOCH));
    }

    private void event(StreamEvent event) {
      state = machine.step(state, event).state();
    }

    private void writes() {
      for (StreamResponse response = write(); response != null; response = write()) {
        responses.add(response);
      }
    }

    private @Nullable StreamResponse write() {
      Step step = machine.step(state, new StreamEvent.Writable());
      state = step.state();
      return step.responses().isEmpty() ? null : step.responses().getFirst();
    }
  }

  @SuppressWarnings("ReferenceEquality") // It is about which object is sent.
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 1_000})
  void isWhatEachWouldGetByItselfAndWorkedOutOnce(int services) throws IOException {
    TestingSnapshot world = TestingSnapshot.EMPTY;
    for (String name : names(services)) {
      world = world.withService(name, 1);
    }
    ProxySnapshot snapshot = world.build();
    DeliveryRules rules = DeliveryRules.of(TestingSnapshot::emptyAssignment, 32);
    Life alone = new Life(new DeltaStream(rules, NEVER), snapshot, services);
    DeltaStream machine = new DeltaStream(rules);
    Life first = new Life(machine, snapshot, services);
    Life second = new Life(machine, snapshot, services);

    assertThat(first.responses).hasSize(2);
    assertThat(first.state.equals(alone.state)).isTrue();
    for (int i = 0; i < 2; i++) {
      byte[] expected = marshaller.stream(alone.responses.get(i)).readAllBytes();
      assertThat(marshaller.size(first.responses.get(i))).isEqualTo(expected.length);
      assertThat(marshaller.stream(first.responses.get(i)).readAllBytes()).isEqualTo(expected);
      assertThat(first.responses.get(i).resources() == second.responses.get(i).resources())
          .as("the same object, packed once")
          .isEqualTo(services >= Everythings.MANY);
    }
    assertThat(first.state.kinds().values().stream().mapToInt(kind -> kind.open().size()).sum())
        .isZero();
  }

  private static List<String> names(int services) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      names.add("svc-%04d".formatted(i));
    }
    return names;
  }
}
