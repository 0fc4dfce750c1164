package dev.skiffmesh.server.cli;

/**
 * A command that another module adds: a class with picocli's {@code @Command}, named in {@code
 * META-INF/services}.
 */
public interface SkiffCommand {}
