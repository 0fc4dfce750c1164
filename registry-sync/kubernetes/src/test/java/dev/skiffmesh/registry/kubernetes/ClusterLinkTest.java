package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.registry.core.Backoff;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API server that begins an answer and stops: the worst that one can do to who waits for it. */
class ClusterLinkTest {

  private static final long PATIENCE_SECONDS = 30;

  private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private ClusterLink link;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    link =
        new ClusterLink(
            new KubernetesSettings(
                "cluster",
                new KubernetesSettings.Access(
                    null, null, "http://127.0.0.1:" + server.getLocalPort(), null, null),
                new Selection(new TreeSet<>(), new TreeMap<>()),
                KubernetesSettings.Timing.DEFAULT.paced(
                    Duration.ofMillis(10), Duration.ofMillis(300), Backoff.DEFAULT)));
  }

  @AfterEach
  void stop() throws IOException {
    link.close();
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        Thread.ofVirtual().start(() -> answer(connection));
      } catch (IOException over) {
        return;
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      String begun = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n";
      connection.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
      in.transferTo(OutputStream.nullOutputStream());
      closed.add("in order");
    } catch (IOException reset) {
      closed.add("by a reset");
    }
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
    assertThat(closed.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("a connection of the first client")
        .isNotNull();
  }
}
