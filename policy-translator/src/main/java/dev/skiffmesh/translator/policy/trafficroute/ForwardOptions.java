package dev.skiffmesh.translator.policy.trafficroute;

import dev.skiffmesh.api.model.Dialect;
import dev.skiffmesh.api.policy.match.HashKey;
import dev.skiffmesh.api.policy.trafficroute.Rewrite;
import dev.skiffmesh.translator.place.ClusterName;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.Lacking;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.wire.NewPath;
import dev.skiffmesh.translator.wire.NewerEnvoyFields;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.Optional;

/** What a TrafficRoute's rule says of the calls that it sends on, beside their destinations. */
final class ForwardOptions {

  private ForwardOptions() {}

  /**
   * A copy of a share of the calls.
   *
   * @param to where it goes
   * @param partsPerMillion of the calls
   */
  record Copies(ClusterName to, int partsPerMillion) implements ForwardOption {
    private static final Traits TRAITS =
        new Traits(Slot.MIRROR, "mirror", Lacking.inGrpc("mirrors are not available"));

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public Optional<ClusterName> cluster() {
      return Optional.of(to);
    }

    @Override
    public ForwardOption withCluster(ClusterName cluster) {
      return new Copies(cluster, partsPerMillion);
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      action
          .addRequestMirrorPoliciesBuilder()
          .setCluster(to.text())
          .setRuntimeFraction(
              RuntimeFractionalPercent.newBuilder()
                  .setDefaultValue(
                      FractionalPercent.newBuilder()
                          .setNumerator(partsPerMillion)
                          .setDenominator(FractionalPercent.DenominatorType.MILLION)))
          .setDisableShadowHostSuffixAppend(true);
    }
  }

  /** Path and host as the callee sees them. */
  record Rewritten(Rewrite rewrite) implements ForwardOption {
    private static final Traits TRAITS =
        new Traits(Slot.REWRITE, "rewrite", Lacking.inGrpc("rewrites are not available"));

    @Override
    public Traits traits() {
      return TRAITS;
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      String path = rewrite.path();
      if (path != null) {
        switch (NewPath.of(requests.match(), path)) {
          case NewPath.Same() -> {}
          case NewPath.ForPrefix(String prefix) -> action.setPrefixRewrite(prefix);
          case NewPath.Whole whole -> action.setRegexRewrite(whole.substitution());
          case NewPath.ByRegex(RegexMatchAndSubstitute by) -> action.setRegexRewrite(by);
        }
      }
      String host = rewrite.host();
      if (host != null) {
        action.setHostRewriteLiteral(host);
      }
    }
  }

  /**
   * What of a request chooses among destinations.
   *
   * @param key what it is
   * @param chooses whether there are several to choose among
   */
  record Sticky(HashKey key, boolean chooses) implements ForwardOption {
    private static final Traits CHOOSING = new Traits(Slot.HASH, "stickyBy", Sticky::lackingChoice);

    /** With one destination there is nothing that a client could lack. */
    private static final Traits WITHOUT_CHOICE = new Traits(Slot.HASH, "stickyBy", Lacking.NOTHING);

    @Override
    public Traits traits() {
      return chooses ? CHOOSING : WITHOUT_CHOICE;
    }

    private static Optional<String> lackingChoice(Dialect dialect) {
      boolean follows =
          dialect instanceof Dialect.Envoy envoy
              && envoy.isAtLeast(NewerEnvoyFields.USE_HASH_POLICY_SINCE);
      return follows ? Optional.empty() : Optional.of("sticky shares are not available");
    }

    @Override
    public void applyTo(RouteAction.Builder action, Requests requests) {
      action.addHashPolicy(policy());
      if (action.hasWeightedClusters()) {
        StickyShares.divide(action.getWeightedClustersBuilder());
      }
    }

    private RouteAction.HashPolicy policy() {
      RouteAction.HashPolicy.Builder policy = RouteAction.HashPolicy.newBuilder();
      String header = key.header();
      String queryParam = key.queryParam();
      HashKey.Cookie cookie = key.cookie();
      if (header != null) {
        policy.setHeader(RouteAction.HashPolicy.Header.newBuilder().setHeaderName(header));
      } else if (queryParam != null) {
        policy.setQueryParameter(
            RouteAction.HashPolicy.QueryParameter.newBuilder().setName(queryParam));
      } else if (cookie != null) {
        policy.setCookie(RouteAction.HashPolicy.Cookie.newBuilder().setName(cookie.name()));
      } else {
        policy.setConnectionProperties(
            RouteAction.HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
      }
      return policy.build();
    }
  }
}
