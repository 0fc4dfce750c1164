package dev.skiffmesh.registry.eureka;

import dev.skiffmesh.registry.core.HttpRegistry;
import dev.skiffmesh.registry.core.HttpRegistry.Answer;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.ServiceCatalog;
import dev.skiffmesh.registry.core.SourceShell;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
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
public final class EurekaSource extends SourceShell {

  /** The type's word in the configuration. */
  public static final String TYPE = "eureka";

  private static final Logger LOG = LoggerFactory.getLogger(EurekaSource.class);

  private static final String ALL = "/apps/";
  private static final String CHANGES = "/apps/delta";

  private final EurekaSettings settings;
  private final EurekaApplications applications;

  // On the source's thread, as all methods below.
  private @Nullable HttpRegistry server;
  private boolean hasChanges = true;
  private long version;
  private int turn;

  /** A source that is not yet started, on a thread of its own. */
  public EurekaSource(EurekaSettings settings) {
    super(TYPE, settings.name());
    this.settings = settings;
    this.applications =
        new EurekaApplications(
            new ServiceCatalog(settings.name(), settings.namespace(), "applications"));
  }

  @Override
  protected String reason(String message) {
    return "Eureka at " + message;
  }

  @Override
  protected void connect(Connection connection) throws IOException, InterruptedException {
    SortedMap<String, String> headers = new TreeMap<>();
    Login login = settings.credentials();
    if (login.isPresent()) {
      byte[] pair = (login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
      headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
    HttpRegistry asked =
        new HttpRegistry(address(), headers, settings.tls(), settings.timing().answer());
    server = asked;
    hasChanges = true;
    readAll(asked);
    connection.after(settings.timing().poll(), () -> look(asked, connection));
  }

  @Override
  protected void disconnect() {
    turn++;
    HttpRegistry known = server;
    server = null;
    if (known != null) {
      known.close();
    }
  }

  /** The next server is tried at once, as long as there is one that has not failed as well. */
  @Override
  protected Duration pause(int losses) {
    int rounds = losses - settings.servers().size() + 1;
    return rounds < 1 ? Duration.ZERO : super.pause(rounds);
  }

  private void look(HttpRegistry asked, Connection connection)
      throws IOException, InterruptedException {
    if (hasChanges) {
      readChanges(asked);
    } else {
      readAll(asked);
    }
    synced();
    connection.after(settings.timing().poll(), () -> look(asked, connection));
  }

  /** Whom it asks now. */
  private URI address() {
    return settings.servers().get(turn % settings.servers().size());
  }

  private void readAll(HttpRegistry asked) throws IOException, InterruptedException {
    EurekaAnswer all = read(ask(asked, ALL));
    applications.become(all);
    applications.catalog().tell(this::tell);
    version = 0;
    synced();
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
      applications.catalog().tell(this::tell);
    } else {
      LOG.atDebug()
          .addKeyValue("source", name())
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
      lastAnswer().isNow();
      return read;
    } catch (IOException e) {
      throw new IOException(address() + " " + e.getMessage(), e);
    }
  }
}
