package dev.skiffmesh.translator.policy.timeout;

import dev.skiffmesh.api.model.Protocol;
import dev.skiffmesh.api.policy.timeout.TimeoutSpec;
import dev.skiffmesh.translator.policy.Applied;
import dev.skiffmesh.translator.policy.Contribution;
import dev.skiffmesh.translator.policy.Contribution.At;
import dev.skiffmesh.translator.policy.FieldMerge;
import dev.skiffmesh.translator.policy.PolicyDescriptor;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Direction;
import dev.skiffmesh.translator.policy.PolicyDescriptor.Family;
import dev.skiffmesh.translator.policy.PolicyKind;
import dev.skiffmesh.translator.policy.SpecChecker;
import dev.skiffmesh.translator.policy.TargetPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long callers wait. */
public final class TimeoutPolicyKind implements PolicyKind<TimeoutSpec> {

  private static final PolicyDescriptor<TimeoutSpec> DESCRIPTOR =
      new PolicyDescriptor<>(
          "TimeoutPolicy",
          "timeoutpolicies",
          TimeoutSpec.class,
          Family.SETTING,
          Direction.OUTBOUND,
          "How long callers wait for a service.");

  @Override
  public PolicyDescriptor<TimeoutSpec> descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void check(TimeoutSpec spec, SpecChecker checker) {
    Duration connect = spec.connect();
    Duration request = spec.request();
    if (connect != null && request != null && !request.isZero() && request.compareTo(connect) < 0) {
      checker.refuse(
          "spec.request",
          "must not be shorter than `connect`, or a slow connection could never be answered");
    }
  }

  @Override
  public List<Contribution> contribute(List<Applied<TimeoutSpec>> applied, TargetPort target) {
    FieldMerge<TimeoutSpec> merge = new FieldMerge<>(applied);
    List<Contribution> contributions = new ArrayList<>();
    merge
        .field(TimeoutSpec::connect)
        .ifPresent(d -> contributions.add(At.of(d.by(), new TimeoutOptions.Connect(d.value()))));
    merge
        .field(TimeoutSpec::idle)
        .ifPresent(d -> contributions.add(At.of(d.by(), new TimeoutOptions.Idle(d.value()))));
    merge.field(TimeoutSpec::request).ifPresent(d -> contributions.add(request(d, target)));
    contributions.addAll(merge.losers());
    return contributions;
  }

  private static Contribution request(FieldMerge.Decided<Duration> decided, TargetPort target) {
    if (target.port().protocol() == Protocol.GRPC) {
      return new Contribution.Lacking(
          decided.by(),
          "`request` is not applied to gRPC calls of "
              + target.service().id()
              + ": a proxy cannot tell a unary call from a stream; use deadlines");
    }
    return At.of(decided.by(), new TimeoutOptions.Request(decided.value()));
  }
}
