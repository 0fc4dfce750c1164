package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.ResourceKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the stream engine counts, in Prometheus' names. Labels are types, variants and results,
 * never a proxy. Thread-safe.
 */
public final class DeliveryMeters implements DeliveryMetrics {

  private final MeterRegistry registry;
  private final Counter wanted;
  private final Counter answeredAgain;
  private final Counter renewals;
  private final Counter lapses;
  private final AtomicInteger delta;
  private final AtomicInteger sotw;

  /** All types from the start: an alert cannot see a counter that is first seen at 1. */
  private final Map<ResourceKind, Sent> sent = new TreeMap<>();

  private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
  private final Map<Ignored, Counter> ignorances = new EnumMap<>(Ignored.class);

  /** Registers everything that is there from the start. */
  public DeliveryMeters(MeterRegistry registry) {
    this.registry = registry;
    this.wanted =
        counter(
            "skiff.xds.hosts.asked",
            "Names that proxies asked for on demand: first calls of their applications");
    this.answeredAgain =
        counter(
            "skiff.xds.hosts.answered.again",
            "Hosts sent again after a reconnect, because nobody knew that they had been answered");
    this.renewals =
        counter(
            "skiff.runtime.renewals",
            "Runtime layers with keys whose life was prolonged by a heartbeat");
    this.lapses =
        counter(
            "skiff.runtime.lapses",
            "Heartbeats that came too late: the proxy had dropped its runtime keys");
    this.delta = streams("delta");
    this.sotw = streams("sotw");
    ResourceKind.ALL.forEach(kind -> sent.put(kind, new Sent(registry, kind)));
    for (Refusal reason : Refusal.values()) {
      refusals.put(
          reason,
          counter("skiff.xds.streams.refused", "Streams that were refused, by reason", reason));
    }
    for (Ignored what : Ignored.values()) {
      ignorances.put(
          what,
          counter("skiff.xds.ignored", "What proxies said and Skiff passed over, by what", what));
    }
  }

  private AtomicInteger streams(String variant) {
    AtomicInteger open = new AtomicInteger();
    Gauge.builder("skiff.xds.streams", open, AtomicInteger::get)
        .description("Open streams by variant")
        .tag("kind", variant)
        .register(registry);
    return open;
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter counter(String name, String description, Enum<?> result) {
    return Counter.builder(name)
        .description(description)
        .tag("result", result.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  @Override
  public void wanted(int names) {
    wanted.increment(names);
  }

  @Override
  public void answeredAgain(int names) {
    answeredAgain.increment(names);
  }

  @Override
  public void responded(ResourceKind kind, int resources, int removals, long bytes) {
    Sent counters = sent.get(kind);
    if (counters != null) {
      counters.responses.increment();
      counters.bytes.increment((double) bytes);
      counters.resources.increment(resources);
      counters.removals.increment(removals);
    }
  }

  @Override
  public void answered(ResourceKind kind, boolean accepted) {
    Sent counters = sent.get(kind);
    if (counters != null) {
      (accepted ? counters.acks : counters.nacks).increment();
    }
  }

  @Override
  public void renewed(ResourceKind kind) {
    renewals.increment();
  }

  @Override
  public void lapsed(ResourceKind kind) {
    lapses.increment();
  }

  @Override
  public void opened(boolean incremental) {
    (incremental ? delta : sotw).incrementAndGet();
  }

  @Override
  public void closed(boolean incremental) {
    (incremental ? delta : sotw).decrementAndGet();
  }

  @Override
  public void refused(Refusal reason) {
    refusals.get(reason).increment();
  }

  @Override
  public void ignored(Ignored what) {
    ignorances.get(what).increment();
  }

  /** What goes over the wire for one type. */
  private static final class Sent {
    private final Counter responses;
    private final Counter bytes;
    private final Counter resources;
    private final Counter removals;
    private final Counter acks;
    private final Counter nacks;

    private Sent(MeterRegistry registry, ResourceKind kind) {
      this.responses = counter(registry, kind, "skiff.xds.responses", "Responses sent");
      this.bytes =
          counter(registry, kind, "skiff.xds.response.bytes", "Bytes of the responses sent");
      this.resources = counter(registry, kind, "skiff.xds.resources.sent", "Resources sent");
      this.removals = counter(registry, kind, "skiff.xds.removals.sent", "Removals sent");
      this.acks = counter(registry, kind, "skiff.xds.acks", "Responses that proxies accepted");
      this.nacks = counter(registry, kind, "skiff.xds.nacks", "Responses that proxies rejected");
    }

    private static Counter counter(
        MeterRegistry registry, ResourceKind kind, String name, String description) {
      return Counter.builder(name)
          .description(description)
          .tag("type_url", kind.typeUrl())
          .register(registry);
    }
  }
}
