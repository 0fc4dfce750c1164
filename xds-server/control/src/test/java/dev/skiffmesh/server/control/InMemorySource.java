package dev.skiffmesh.server.control;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A source whose events a test sends. */
final class InMemorySource implements Source {

  private final String name;
  private @Nullable Sink sink;
  private boolean closed;
  private Optional<Duration> silence = Optional.of(Duration.ZERO);

  InMemorySource(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String type() {
    return "memory";
  }

  /** What is called {@code files} is written by people, as files are. */
  @Override
  public boolean isWritten() {
    return name.equals("files");
  }

  @Override
  public Optional<Duration> silence() {
    return silence;
  }

  /** How long ago it says that it answered; null for never. */
  void silentFor(@Nullable Duration since) {
    silence = Optional.ofNullable(since);
  }

  @Override
  public void start(Sink to) {
    sink = to;
  }

  @Override
  public void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  void send(SourceEvent event) {
    Sink to = sink;
    if (to == null) {
      throw new IllegalStateException("The source '" + name + "' was not started");
    }
    to.accept(event);
  }
}
