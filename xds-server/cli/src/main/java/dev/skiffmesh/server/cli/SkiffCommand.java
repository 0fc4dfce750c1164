package dev.skiffmesh.server.cli;

/**
 * A command that another module adds: a class with picocli's {@code @Command}, named in {@code
 * META-INF/services}. It runs as the built-in ones do: a {@link CommandFailure} is a sentence on
 * stderr, other exceptions are Skiff's own failures.
 */
public interface SkiffCommand {}
