package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one proxy stands to one resource that it asked for, by name or by wildcard.
 *
 * @param kind the resource's type
 * @param name the resource's name
 * @param state one word for it
 * @param intended what the proxy should have; null if the name does not exist
 * @param accepted the version that the proxy has, as far as it said so; null for none
 * @param rejection what the proxy has against {@code intended}; null unless it is rejected
 */
public record ResourceStanding(
    ResourceKind kind,
    String name,
    State state,
    @Nullable Resource intended,
    @Nullable String accepted,
    @Nullable RejectedContent rejection) {

  /** How far the newest content has come. */
  public enum State {
    /** The proxy has it; or it knows that the name does not exist. */
    ACCEPTED,
    /** It was sent and is not yet answered. */
    SENT,
    /** It is still to be sent. */
    UNSENT,
    /** The proxy refused it, so it is not sent again. */
    REJECTED
  }

  /** What the proxy should have, if the name exists. */
  public Optional<Resource> content() {
    return Optional.ofNullable(intended);
  }

  /** The version that the proxy has, if it has one. */
  public Optional<String> acceptedVersion() {
    return Optional.ofNullable(accepted);
  }

  /** What the proxy has against it, if it refused it. */
  public Optional<RejectedContent> refusal() {
    return Optional.ofNullable(rejection);
  }
}
