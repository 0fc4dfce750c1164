package dev.skiffmesh.api.status;

/**
 * What is to be said of one policy, and of which version.
 *
 * @param status its conditions and counts
 * @param source the name of the source that it counts from
 * @param text the newest version that the status speaks of, as that source told it
 * @param target what it is about, in a few words; empty if that is not known
 */
public record KeptStatus(PolicyStatus status, String source, String text, String target) {}
