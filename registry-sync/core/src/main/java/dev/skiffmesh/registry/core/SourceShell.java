package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.RawDocument;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a source, which is the same for every registry: it starts once, tells in order what
 * is new and on one thread, is lost and tries again with longer and longer waits, and tells nothing
 * once it is closed. What a registry's own class adds is {@link #connect}.
 *
 * <p>Nothing ends a source but {@link #close}: whatever a step of it throws, a defect too, is a
 * loss with its reason, and {@link #connect} is called again.
 */
public abstract class SourceShell implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(SourceShell.class);

  private final String type;
  private final String name;
  private final SourceThread thread;
  private final Backoff backoff;
  private final LastAnswer lastAnswer = new LastAnswer();
  private final AtomicReference<@Nullable ChangedOnly> sink = new AtomicReference<>();
  private volatile boolean isClosed;

  // On the source's thread, as all methods below unless they say otherwise.
  private @Nullable Connection current;
  private @Nullable SourceEvent standing;
  private int failures;

  /** What a source does on its thread. */
  @FunctionalInterface
  public interface Step {
    /**
     * Runs it.
     *
     * @throws IOException if the registry cannot be followed any more; its message is for the user
     */
    void run() throws IOException, InterruptedException;
  }

  /**
   * A source that is not yet started.
   *
   * @param thread the source's own, ended by {@link #close()}
   */
  protected SourceShell(String type, String name, SourceThread thread, Backoff backoff) {
    this.type = type;
    this.name = name;
    this.thread = thread;
    this.backoff = backoff;
  }

  /** The same on a thread of its own. */
  protected SourceShell(String type, String name) {
    this(type, name, SourceThread.named("source-" + name), Backoff.DEFAULT);
  }

  /**
   * Begins to follow the registry, from nothing or after a loss. What must be done later is given
   * to {@code connection}.
   *
   * @throws IOException if that is not possible now; its message is for the user
   */
  protected abstract void connect(Connection connection) throws IOException, InterruptedException;

  /** Lets go of what belongs to the connection that is over. */
  protected void disconnect() {}

  /** Lets go of what all connections shared; after {@link #disconnect()}, on any thread. */
  protected void end() {}

  /** How long to wait after so many losses in a row. */
  protected Duration pause(int losses) {
    return backoff.delay(losses, RandomGenerator.getDefault());
  }

  /** What is told of a loss, by the message of what was thrown. */
  protected String reason(String message) {
    return message;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String type() {
    return type;
  }

  @Override
  public Optional<Duration> silence() {
    return lastAnswer.age();
  }

  /** When the registry last answered in full, for whoever hears it; thread-safe. */
  protected final LastAnswer lastAnswer() {
    return lastAnswer;
  }

  @Override
  public final void start(Sink events) {
    if (isClosed || !sink.compareAndSet(null, new ChangedOnly(events))) {
      throw new IllegalStateException("The source '" + name + "' was started or closed before");
    }
    thread.execute(this::begin);
  }

  @Override
  public final void close() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    ChangedOnly events = sink.get();
    if (events != null) {
      events.close();
    }
    thread.close();
    // Nothing runs on the thread any more, so that this is the only user of the rest.
    over();
    end();
  }

  /** Tells an event; what tells nothing new goes no further. */
  protected final void tell(SourceEvent event) {
    if ((event instanceof SourceEvent.Lost || event instanceof SourceEvent.Synced)
        && !event.equals(standing)) {
      standing = event;
      log(event);
    }
    ChangedOnly events = sink.get();
    if (events != null) {
      events.accept(event);
    }
  }

  /** Tells that a document is likely to be told, see {@link Sink#expect}. Thread-safe. */
  protected final void expect(RawDocument document) {
    ChangedOnly events = sink.get();
    if (events != null) {
      events.expect(document);
    }
  }

  /** Tells that all is known, and that what failed before is forgotten. */
  protected final void synced() {
    failures = 0;
    tell(new SourceEvent.Synced());
  }

  /** Begins anew at once, which is no loss. Thread-safe. */
  protected final void restart() {
    thread.execute(
        () -> {
          over();
          begin();
        });
  }

  private void begin() {
    Connection opened = new Connection();
    current = opened;
    run(opened, () -> connect(opened));
  }

  private void over() {
    boolean wasOpen = current != null;
    current = null;
    if (wasOpen) {
      try {
        disconnect();
      } catch (RuntimeException | Error defect) {
        LOG.atError().addKeyValue("source", name).setCause(defect).log("A connection stays open");
      }
    }
  }

  private void run(Connection connection, Step step) {
    if (connection != current) {
      return;
    }
    try {
      step.run();
    } catch (IOException lost) {
      lost(reason(String.valueOf(lost.getMessage())));
    } catch (InterruptedException interrupted) {
      if (isClosed) {
        Thread.currentThread().interrupt();
      } else {
        lost("The source '" + name + "' was interrupted");
      }
    } catch (RuntimeException | Error defect) {
      LOG.atError().addKeyValue("source", name).setCause(defect).log("A step of a source failed");
      lost("What the registry said could not be taken in: " + defect);
    }
  }

  private void lost(String reason) {
    failures++;
    // First of all, so that nothing below can prevent it.
    thread.after(
        pause(failures),
        () -> {
          if (current == null) {
            begin();
          }
        });
    over();
    try {
      tell(new SourceEvent.Lost(reason));
    } catch (RuntimeException | Error defect) {
      LOG.atError().addKeyValue("source", name).setCause(defect).log("Nobody heard of a loss");
    }
  }

  private void log(SourceEvent news) {
    if (news instanceof SourceEvent.Lost(String reason)) {
      LOG.atWarn()
          .addKeyValue("source", name)
          .addKeyValue("type", type)
          .addKeyValue("reason", reason)
          .addKeyValue("failures", failures)
          .log("The registry is lost; what it said last stays");
    } else {
      LOG.atInfo()
          .addKeyValue("source", name)
          .addKeyValue("type", type)
          .log("The registry is synced");
    }
  }

  /**
   * One way to the registry, from {@link #connect} until it fails. What is given to it runs on the
   * source's thread, one after the other, and not at all once the connection is over. Thread-safe.
   */
  public final class Connection {

    private Connection() {}

    /** Runs {@code step} after those that wait already. */
    public void execute(Step step) {
      thread.execute(() -> run(this, step));
    }

    /** Runs {@code step} after {@code delay}. */
    public void after(Duration delay, Step step) {
      thread.after(delay, () -> run(this, step));
    }

    /**
     * The same, and returns when it has run, or was left out: whoever asks a registry again and
     * again gets no further ahead than one answer. Not on the source's own thread.
     */
    public void executed(Step step) throws InterruptedException {
      CountDownLatch done = new CountDownLatch(1);
      thread.execute(
          () -> {
            try {
              run(this, step);
            } finally {
              done.countDown();
            }
          });
      done.await();
    }

    /**
     * It is over.
     *
     * @param message as that of an {@link IOException} of a step
     */
    public void lost(String message) {
      execute(
          () -> {
            throw new IOException(message);
          });
    }
  }
}
