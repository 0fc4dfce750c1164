package dev.skiffmesh.server.guard;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.ServiceId;
import java.time.Duration;

/**
 * A service whose registry is not believed at present.
 *
 * @param usable how many usable instances there were
 * @param left how many of them the registry still lists, or lists others instead of
 * @param reason why it is doubted, as a clause
 * @param remaining for how much longer, unless the registry recovers or somebody accepts
 * @param said what the registry lists
 */
public record HeldBack(
    ServiceId service, int usable, int left, String reason, Duration remaining, EndpointSet said) {}
