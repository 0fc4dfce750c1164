package dev.skiffmesh.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A proxy in memory that keeps what it accepts and watches that no promise is broken. */
abstract class WorldProxy {

  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final StreamMachine machine;
  StreamState state = StreamState.begin(new StreamId(1), Farewell.NONE);
  private final Deque<StreamResponse> unanswered = new ArrayDeque<>();
  private final Map<ResourceKind, Map<String, String>> copies = new TreeMap<>();

  /** Names whose copy is in doubt: they were in a rejected response or were asked for again. */
  private final Map<ResourceKind, Set<String>> maySendAgain = new TreeMap<>();

  /** Contents that were refused alone, as {@code name@version}. */
  private final Map<ResourceKind, Set<String>> refused = new TreeMap<>();

  private ProxySnapshot published = TestingSnapshot.EMPTY.build();
  private long streams = 1;
  private Tally tally = Tally.NONE;

  WorldProxy(StreamMachine machine) {
    this.machine = machine;
  }

  static DeliveryRules rules() {
    return DeliveryRules.of(TestingSnapshot::emptyAssignment, 2);
  }

  /** The types of this variant. */
  abstract List<ResourceKind> kinds();

  /** Asks for everything again, as on a new stream. */
  abstract void asksAnew();

  /** Asks for one more name. */
  abstract void ask(Random random);

  /** Asks for one name less. */
  abstract void leave(Random random);

  /** What was asked for: names, and {@code *}. */
  abstract Set<String> asked(ResourceKind kind);

  abstract StreamEvent answer(StreamResponse response, String nonce, boolean accepted);

  String nameOf(ResourceKind kind, String name) {
    return kind.equals(ResourceKind.VIRTUAL_HOST) ? "rc/" + name : name;
  }

  final Map<String, String> has(ResourceKind kind) {
    return copies.computeIfAbsent(kind, any -> new TreeMap<>());
  }

  private Set<String> again(ResourceKind kind) {
    return maySendAgain.computeIfAbsent(kind, any -> new HashSet<>());
  }

  private Set<String> refusals(ResourceKind kind) {
    return refused.computeIfAbsent(kind, any -> new HashSet<>());
  }

  final void mayComeAgain(ResourceKind kind, String name) {
    again(kind).add(name);
  }

  final void forgetRefusal(ResourceKind kind, String name) {
    refusals(kind).removeIf(entry -> entry.startsWith(name + "@"));
  }

  /** Names that are no longer asked for may be asked for, and sent, anew. */
  final void forgetRefusals(ResourceKind kind, Set<String> except) {
    refusals(kind).removeIf(entry -> !except.contains(entry.substring(0, entry.indexOf('@'))));
  }

  final Collection<String> refusedBy(ResourceKind kind) {
    KindState known = state.kinds().get(kind);
    return known == null ? List.of() : known.rejected().keySet();
  }

  final boolean holdsRemovals() {
    return kinds().stream().anyMatch(kind -> !refusedBy(kind).isEmpty());
  }

  final Set<String> wanted(ResourceKind kind, TestingSnapshot world) {
    Set<String> wanted = new TreeSet<>(asked(kind));
    if (wanted.remove(Subscription.WILDCARD)) {
      wanted.addAll(Contents.wildcardNames(world.build(), kind));
    }
    return wanted;
  }

  final void connect() {
    state = StreamState.begin(new StreamId(streams++), StreamReport.farewell(state));
    unanswered.clear();
    refused.clear();
    maySendAgain.clear();
    published = TestingSnapshot.EMPTY.build();
    asksAnew();
  }

  /** What happened last on this stream, for the message of a failure. */
  private final Deque<String> history = new ArrayDeque<>();

  private void remember(Object what) {
    history.add(what.toString());
    if (history.size() > 40) {
      history.removeFirst();
    }
  }

  private String story() {
    return String.join("\n", history);
  }

  final void event(StreamEvent event) {
    remember(
        event instanceof StreamEvent.Published
            ? "published " + published.resources().byKind() + published.assignments()
            : event);
    Step step = machine.step(state, event);
    state = step.state();
    assertThat(step.responses()).isEmpty();
  }

  final void publish(TestingSnapshot world) {
    ProxySnapshot next = world.build();
    for (ResourceKind kind : kinds()) {
      // A refused content that went away and came back may be tried once more.
      refusals(kind)
          .removeIf(
              entry -> {
                String name = entry.substring(0, entry.indexOf('@'));
                return !entry.equals(
                    name + "@" + next.get(kind, name).map(Resource::version).orElse(""));
              });
    }
    for (ResourceKind kind : kinds()) {
      // What went away and was not removed is no longer watched: it may come back as it was.
      Set<String> hasOrWillHave = new HashSet<>(has(kind).keySet());
      unanswered.stream()
          .filter(response -> response.kind().equals(kind))
          .flatMap(response -> response.resources().stream())
          .forEach(resource -> hasOrWillHave.add(resource.name()));
      hasOrWillHave.stream()
          .filter(name -> !kind.removable() && next.get(kind, name).isEmpty())
          .forEach(again(kind)::add);
    }
    for (String name : asked(ResourceKind.RUNTIME)) {
      // What comes to be may equal what was sent as long as there was nothing.
      if (published.get(ResourceKind.RUNTIME, name).isEmpty()) {
        again(ResourceKind.RUNTIME).add(name);
      }
    }
    published = next;
    event(new StreamEvent.Published(next, null));
  }

  /** Takes everything that the machine sends now. */
  final void receive() {
    for (int i = 0; i < 100; i++) {
      StreamState before = state;
      Step step = machine.step(state, new StreamEvent.Writable());
      state = step.state();
      if (step.responses().isEmpty()) {
        return;
      }
      tally = before.kinds().get(step.responses().getFirst().kind()).tally();
      StreamResponse response = step.responses().getFirst();
      remember("sent " + response);
      check(response);
      unanswered.add(response);
    }
    throw new AssertionError("the machine does not stop sending: " + unanswered.getLast());
  }

  private void check(StreamResponse response) {
    ResourceKind kind = response.kind();
    assertThat(unanswered)
        .as("one unanswered response of a type")
        .noneMatch(other -> other.kind().equals(kind));
    for (Resource resource : response.resources()) {
      assertThat(response.ttls().containsKey(resource.name()))
          .as("whatever may harm has a limited life, and nothing else: %s", response)
          .isEqualTo(isMortal(resource));
    }
    if (response.renewal()) {
      assertThat(response.resources()).as("%s", story()).isNotEmpty();
      for (Resource resource : response.resources()) {
        assertThat(published.get(kind, resource.name())).as("%s", story()).contains(resource);
        assertThat(refusals(kind))
            .as("what was refused is not renewed:%n%s", story())
            .doesNotContain(resource.name() + "@" + resource.version());
      }
      assertThat(state.kinds().get(kind).tally()).as("a renewal is no news").isEqualTo(tally);
    }
    Set<String> fresh =
        state.kinds().get(kind).inFlight() == null
            ? Set.of()
            : state.kinds().get(kind).inFlight().fresh();
    for (Resource resource : response.resources()) {
      if (!fresh.contains(resource.name())) {
        continue;
      }
      if (!again(kind).remove(resource.name()) && !kind.equals(ResourceKind.ENDPOINT)) {
        assertThat(has(kind).get(resource.name()))
            .as("%s was accepted before:%n%s", resource, story())
            .isNotEqualTo(resource.version());
      }
      assertThat(refusals(kind))
          .as("a refused content came again:%n%s", story())
          .doesNotContain(resource.name() + "@" + resource.version());
    }
    if (kind.equals(ResourceKind.CLUSTER)
        && response.removed().stream().anyMatch(has(kind)::containsKey)) {
      assertThat(unanswered)
          .as("removals after the ACK of what replaces them:%n%s", story())
          .noneMatch(
              other ->
                  other.kind().equals(ResourceKind.LISTENER)
                      || other.kind().equals(ResourceKind.ROUTE)
                      || other.kind().equals(ResourceKind.VIRTUAL_HOST));
    }
  }

  /** Answers the oldest response that is not yet answered. */
  final void answer(Random random, boolean accepted) {
    if (unanswered.isEmpty()) {
      return;
    }
    List<StreamResponse> all = new ArrayList<>(unanswered);
    StreamResponse one = all.get(random.nextInt(all.size()));
    // There is nothing in an empty response that a proxy could object to.
    answer(one, accepted || one.resources().isEmpty());
  }

  /** Time goes by, and what is to be renewed is still wanted. */
  final void tick() {
    event(new StreamEvent.Tick());
    event(new StreamEvent.Renew());
  }

  /** The time of all that has a limited life is over. */
  final void expire() {
    remember("expired");
    for (ResourceKind kind : kinds()) {
      Set<String> expired = new HashSet<>();
      has(kind)
          .forEach(
              (name, version) -> {
                if (kind.equals(ResourceKind.RUNTIME)
                    && !version.equals(TestingSnapshot.runtime(name).version())) {
                  expired.add(name);
                }
              });
      has(kind).keySet().removeAll(expired);
    }
  }

  private static boolean isMortal(Resource resource) {
    return resource.kind().equals(ResourceKind.RUNTIME)
        && !resource.version().equals(TestingSnapshot.runtime(resource.name()).version());
  }

  /** Tells whether it is a renewal of what this proxy has; see Envoy's delta_subscription_state. */
  boolean takes(StreamResponse renewal) {
    return renewal.resources().stream()
        .allMatch(
            resource ->
                !covers(renewal.kind(), resource.name())
                    || resource.version().equals(has(renewal.kind()).get(resource.name())));
  }

  private void answer(StreamResponse response, boolean willing) {
    unanswered.remove(response);
    ResourceKind kind = response.kind();
    boolean accepted = willing && (!response.renewal() || takes(response));
    Set<String> fresh = new HashSet<>(state.kinds().get(kind).inFlight().fresh());
    if (accepted) {
      apply(response);
    } else {
      fresh.forEach(again(kind)::add);
      if (response.renewal()) {
        response.resources().forEach(resource -> again(kind).add(resource.name()));
      }
      response.resources().stream()
          .filter(resource -> fresh.size() == 1 && fresh.contains(resource.name()))
          .filter(resource -> covers(kind, resource.name()))
          .filter(
              resource -> published.get(kind, resource.name()).filter(resource::equals).isPresent())
          .forEach(resource -> refusals(kind).add(resource.name() + "@" + resource.version()));
    }
    event(answer(response, response.nonce(), accepted));
  }

  private void apply(StreamResponse response) {
    Map<String, String> copy = has(response.kind());
    if (isWhole(response.kind())) {
      copy.clear();
    }
    for (Resource resource : response.resources()) {
      if (covers(response.kind(), resource.name())) {
        copy.put(resource.name(), resource.version());
      }
    }
    response.removed().forEach(copy::remove);
  }

  private boolean covers(ResourceKind kind, String name) {
    return asked(kind).contains(Subscription.WILDCARD) || asked(kind).contains(name);
  }

  boolean isWhole(ResourceKind kind) {
    return false;
  }

  final void lateNonce(Random random) {
    ResourceKind kind = kinds().get(random.nextInt(kinds().size()));
    if (!state.kinds().containsKey(kind) || !state.kinds().get(kind).asked()) {
      // The first request of a type is no answer; without names it would ask for everything.
      return;
    }
    event(
        answer(
            new StreamResponse(
                kind,
                "",
                "",
                List.of(),
                new TreeMap<>(),
                List.of(),
                List.of(),
                new TreeMap<>(),
                false),
            "late",
            random.nextBoolean()));
  }

  /** Accepts everything until nothing more comes. */
  final void settle() {
    for (int i = 0; i < 500; i++) {
      receive();
      if (unanswered.isEmpty()) {
        return;
      }
      answer(unanswered.getFirst(), true);
    }
    throw new AssertionError("it does not come to rest");
  }

  final void assertBounded(int names) {
    for (KindState kind : state.kinds().values()) {
      // Names of the world and names that the proxy asked for, "nobody" among them.
      int most = 2 * (names + 2);
      assertThat(kind.open().size()).isLessThanOrEqualTo(most);
      assertThat(kind.rejected().size()).isLessThanOrEqualTo(most);
      assertThat(kind.isolation().size()).isLessThanOrEqualTo(most);
      assertThat(kind.warmUps().size()).isLessThanOrEqualTo(most);
    }
  }
}
