package dev.skiffmesh.registry.eureka;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.registry.core.Backoff;
import dev.skiffmesh.registry.core.ChangedOnly;
import dev.skiffmesh.registry.core.HttpRegistry;
import dev.skiffmesh.registry.core.HttpRegistry.Answer;
import dev.skiffmesh.registry.core.LastAnswer;
import dev.skiffmesh.registry.core.ServiceCatalog;
import dev.skiffmesh.registry.core.SourceThread;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services from Eureka, as Spring Cloud registers them. It writes nothing, and is not registered
 * itself.
 *
 * <p>All is read once, and then what has changed; a server that counts otherwise than we do, or no
 * longer knows how its list has changed, is read whole again. A server keeps its registry in memory
 * alone: one that was restarted, and a peer that takes the place of a lost one, count as a loss, so
 * that what such a server does not know yet is doubted by whoever doubts sudden falls.
 */
public final class EurekaSource implements Source {

  /** The type's word in the configuration. */
  public static final String TYPE = "eureka";

  private static final Logger LOG = LoggerFactory.getLogger(EurekaSource.class);

  private static final String ALL = "/apps/";
  private static final String CHANGES = "/apps/delta";

  private final EurekaSettings settings;
  private final SourceThread thread;
  private final LastAnswer lastAnswer = new LastAnswer();
  private final EurekaApplications applications;

  private volatile @Nullable ChangedOnly sink;

  // On the source's thread, as all methods below.
  private @Nullable HttpRegistry server;
  private boolean isFollowing;
  private boolean hasChanges = true;
  private long version;
  private int failures;
  private int turn;

  /** A source that is not yet started, on a thread of its own. */
  public EurekaSource(EurekaSettings settings) {
    this.settings = settings;
    this.thread = SourceThread.named("source-" + settings.name());
    this.applications =
        new EurekaApplications(
            new ServiceCatalog(settings.name(), settings.namespace(), "applications"));
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** Every answer counts; there is one at each {@code poll-interval}. */
  @Override
  public Optional<Duration> silence() {
    return lastAnswer.age();
  }

  @Override
  public void start(Sink events) {
    sink = new ChangedOnly(events);
    thread.execute(this::look);
  }

  @Override
  public void close() {
    ChangedOnly events = sink;
    if (events != null) {
      events.close();
    }
    thread.close();
    // Nothing runs on the thread any more, so that this is the only user.
    HttpRegistry open = server;
    if (open != null) {
      open.close();
    }
  }

  private void look() {
    try {
      HttpRegistry asked = server();
      if (isFollowing && hasChanges) {
        readChanges(asked);
      } else {
        readAll(asked);
      }
      failures = 0;
      thread.after(settings.timing().poll(), this::look);
    } catch (IOException e) {
      failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      // The source is closed.
      Thread.currentThread().interrupt();
    }
  }

  /** Whom it asks now. */
  private URI address() {
    return settings.servers().get(turn % settings.servers().size());
  }

  private HttpRegistry server() throws IOException {
    HttpRegistry known = server;
    if (known == null) {
      SortedMap<String, String> headers = new TreeMap<>();
      EurekaSettings.Credentials login = settings.credentials();
      if (login.isPresent()) {
        byte[] pair = (login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
        headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
      }
      known = new HttpRegistry(address(), headers, settings.tls(), settings.timing().answer());
      server = known;
    }
    return known;
  }

  private void readAll(HttpRegistry asked) throws IOException, InterruptedException {
    EurekaAnswer all = read(ask(asked, ALL));
    applications.become(all);
    tell();
    isFollowing = true;
    version = 0;
    tell(new SourceEvent.Synced());
  }

  private void readChanges(HttpRegistry asked) throws IOException, InterruptedException {
    Answer answer = asked.get(CHANGES, settings.timing().answer());
    if (answer.status() == 403 || answer.status() == 404) {
      // `eureka.server.disable-delta`; a server that lets nobody in says so to the next question.
      hasChanges = false;
      readAll(asked);
      return;
    }
    EurekaAnswer changes = read(checked(answer));
    long now = changes.version().orElse(version);
    if (now < version) {
      throw new IOException(address() + " was restarted and begins anew");
    }
    version = now;
    applications.change(changes);
    if (applications.hashcode().equals(changes.hashcode())) {
      tell();
    } else {
      LOG.atDebug()
          .addKeyValue("source", settings.name())
          .addKeyValue("known", applications.hashcode())
          .addKeyValue("there", changes.hashcode())
          .log("Eureka counts otherwise; all is read again");
      readAll(asked);
      version = now;
    }
  }

  private Answer ask(HttpRegistry asked, String path) throws IOException, InterruptedException {
    return checked(asked.get(path, settings.timing().answer()));
  }

  private Answer checked(Answer answer) throws IOException {
    if (answer.status() == 200) {
      return answer;
    }
    throw new IOException(
        address()
            + switch (answer.status()) {
              case 401 -> " refuses to be read: wrong or no login (status 401)";
              case 403 -> " refuses to be read (status 403)";
              default -> " answers with status " + answer.status();
            });
  }

  private EurekaAnswer read(Answer answer) throws IOException {
    try {
      EurekaAnswer read = EurekaAnswer.read(answer.body());
      lastAnswer.isNow();
      return read;
    } catch (IOException e) {
      throw new IOException(address() + " " + e.getMessage(), e);
    }
  }

  /** The next server is tried at once, as long as there is one that has not failed as well. */
  private void failed(String reason) {
    isFollowing = false;
    hasChanges = true;
    failures++;
    LOG.atWarn()
        .addKeyValue("source", settings.name())
        .addKeyValue("reason", reason)
        .addKeyValue("failures", failures)
        .log("Eureka is lost");
    tell(new SourceEvent.Lost("Eureka at " + reason));
    HttpRegistry known = server;
    server = null;
    turn++;
    if (known != null) {
      known.close();
    }
    if (failures < settings.servers().size()) {
      thread.execute(this::look);
    } else {
      thread.after(
          Backoff.DEFAULT.delay(
              failures - settings.servers().size() + 1, RandomGenerator.getDefault()),
          this::look);
    }
  }

  private void tell() {
    ChangedOnly events = sink;
    if (events != null) {
      applications.catalog().tell(events);
    }
  }

  private void tell(SourceEvent event) {
    ChangedOnly events = sink;
    if (events != null) {
      events.accept(event);
    }
  }
}
