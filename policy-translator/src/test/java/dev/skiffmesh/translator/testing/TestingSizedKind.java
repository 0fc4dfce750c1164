package dev.skiffmesh.translator.testing;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Sized;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import dev.skiffmesh.translator.resource.Resource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A kind {@code Keep} whose number follows from how many instances there are: three are kept, so
 * that of ten seven may be lost, in percent. Thread-safe.
 */
public final class TestingSizedKind implements PolicyKind<TimeoutSpec> {

  private static final int KEPT = 3;

  /** What the number is written with, where it can be read again. */
  private static final int SECONDS = 1_000;

  /** How often it was asked what it contributes. */
  public final AtomicInteger planned = new AtomicInteger();

  private final boolean says;

  /**
   * One that nobody has asked.
   *
   * @param says whether it says, as it must, that it follows from the number of instances
   */
  public TestingSizedKind(boolean says) {
    this.says = says;
  }

  /**
   * A policy of this kind in the namespace {@code trading}.
   *
   * @param service its target
   * @param from a {@code from} key with a comma behind it, or nothing
   */
  public static String policy(String service, String from) {
    return """
    apiVersion: skiffmesh.dev/v1alpha1
    kind: Keep
    metadata: {name: keep, namespace: trading}
    spec: {targetRefs: [{kind: Service, name: %s}], %sidle: 1s}
    """
        .formatted(service, from);
  }

  /** The number that a cluster was given; negative if none was. */
  public static int percent(Resource cluster) {
    try {
      Cluster parsed = Cluster.parseFrom(Any.parseFrom(cluster.any()).getValue());
      return Math.toIntExact(parsed.getConnectTimeout().getSeconds() - SECONDS);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(cluster.toString(), e);
    }
  }

  private record AtLeast(int percent) implements ClusterOption, Sized {
    @Override
    public Traits traits() {
      return new Traits(Slot.CONNECT_TIMEOUT, "keep", Lacking.NOTHING);
    }

    @Override
    public Optional<Sized> sized() {
      return Optional.of(this);
    }

    @Override
    public int number(int instances) {
      return instances <= KEPT ? 0 : Sized.onGrid(100 * (instances - KEPT) / instances);
    }

    @Override
    public ClusterOption with(int number) {
      return new AtLeast(number);
    }

    @Override
    public void applyTo(Cluster.Builder cluster) {
      cluster.getConnectTimeoutBuilder().setSeconds(SECONDS + percent);
    }
  }

  @Override
  public PolicyDescriptor<TimeoutSpec> descriptor() {
    return new PolicyDescriptor<>(
        "Keep", "keeps", TimeoutSpec.class, Family.SETTING, Direction.OUTBOUND, "Only for a test.");
  }

  @Override
  public void check(TimeoutSpec spec, SpecChecker checker) {}

  @Override
  public boolean isSized(TimeoutSpec spec) {
    return says;
  }

  @Override
  public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
    planned.incrementAndGet();
    return List.of(Contribution.At.of(applied.getFirst().key(), new AtLeast(-1)));
  }
}
