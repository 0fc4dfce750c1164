package dev.skiffmesh.server.state;

import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.api.model.Service;

/**
 * What one source said last of one service.
 *
 * @param portion where the source has it from
 */
public record SavedService(String portion, Service service, EndpointSet endpoints) {}
