package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.skiffmesh.registry.core.Backoff;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API server that begins an answer and stops: the worst that one can do to who waits for it. */
class ClusterLinkTest {

  private static final long PATIENCE_SECONDS = 30;

  private HttpServer server;
  private ClusterLink link;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write('o');
          exchange.getResponseBody().flush();
        });
    server.start();
    link =
        new ClusterLink(
            new KubernetesSettings(
                "cluster",
                new KubernetesSettings.Access(
                    null, null, "http://127.0.0.1:" + server.getAddress().getPort(), null, null),
                new Selection(new TreeSet<>(), new TreeMap<>()),
                KubernetesSettings.Timing.DEFAULT.paced(
                    Duration.ofMillis(10), Duration.ofMillis(300), Backoff.DEFAULT)));
  }

  @AfterEach
  void stop() {
    link.close();
    server.stop(0);
  }

  @Test
  void anAnswerThatDoesNotEndIsNone() {
    assertThatThrownBy(() -> link.ask(Duration.ofMillis(300), client -> client.raw("/version")))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessage("no whole answer within 300 ms");
  }

  @Test
  void itIsNoticedAndAskedAgainOverOtherConnections() throws InterruptedException {
    KubernetesClient first = link.client();
    BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    link.check(trouble -> troubles.add(String.valueOf(trouble)));
    for (int i = 0; i < 3; i++) {
      assertThat(troubles.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isEqualTo("does not answer: no whole answer within 300 ms");
    }
    assertThat(link.client()).isNotSameAs(first);
  }
}
