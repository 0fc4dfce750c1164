package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CuttableLinkTest {

  private static final int BOUND_MILLIS = 20_000;

  @Test
  void whatIsSentIntoACutArrivesWhenItIsMended() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CuttableLink link = CuttableLink.to(server.getLocalPort());
        Socket near = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket far = server.accept()) {
      near.getOutputStream().write(1);
      far.setSoTimeout(BOUND_MILLIS);
      assertThat(far.getInputStream().read()).isEqualTo(1);

      link.cut();
      near.getOutputStream().write(2);
      far.setSoTimeout(200);
      assertThatThrownBy(() -> far.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      link.mend();
      far.setSoTimeout(BOUND_MILLIS);
      assertThat(far.getInputStream().read()).isEqualTo(2);
      far.getOutputStream().write(3);
      near.setSoTimeout(BOUND_MILLIS);
      assertThat(near.getInputStream().read()).isEqualTo(3);
    }
  }

  @Test
  void whenOneSideEndsSoDoesTheOther() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CuttableLink link = CuttableLink.to(server.getLocalPort());
        Socket near = new Socket(InetAddress.getLoopbackAddress(), link.port())) {
      server.accept().close();
      near.setSoTimeout(BOUND_MILLIS);
      assertThat(near.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whenAnswersAreCutRequestsStillArrive() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CuttableLink link = CuttableLink.to(server.getLocalPort());
        Socket near = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket far = server.accept()) {
      link.cutAnswers();
      near.getOutputStream().write(1);
      far.setSoTimeout(BOUND_MILLIS);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      far.getOutputStream().write(2);
      near.setSoTimeout(200);
      assertThatThrownBy(() -> near.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      link.mend();
      near.setSoTimeout(BOUND_MILLIS);
      assertThat(near.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void aResetBreaksWhatIsOpenAndNothingAfterIt() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CuttableLink link = CuttableLink.to(server.getLocalPort());
        Socket near = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket far = server.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);

      link.reset();

      near.setSoTimeout(BOUND_MILLIS);
      assertThatThrownBy(() -> near.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
      try (Socket next = new Socket(InetAddress.getLoopbackAddress(), link.port());
          Socket behind = server.accept()) {
        next.getOutputStream().write(2);
        assertThat(behind.getInputStream().read()).isEqualTo(2);
      }
    }
  }

  @Test
  void whatIsForgottenCarriesNothingAnyMoreAndNewConnectionsDo() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CuttableLink link = CuttableLink.to(server.getLocalPort());
        Socket near = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket far = server.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);

      link.forget();
      near.getOutputStream().write(2);
      link.mend();
      try (Socket next = new Socket(InetAddress.getLoopbackAddress(), link.port());
          Socket behind = server.accept()) {
        next.getOutputStream().write(3);
        assertThat(behind.getInputStream().read()).isEqualTo(3);
      }
      far.setSoTimeout(200);
      assertThatThrownBy(() -> far.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aSlowLinkTakesItsTimeInEachDirection() throws IOException {
    Duration each = Duration.ofMillis(50);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CuttableLink link = CuttableLink.to(server.getLocalPort());
        Socket near = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket far = server.accept()) {
      link.delay(each);
      long start = System.nanoTime();
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      far.getOutputStream().write(2);
      assertThat(near.getInputStream().read()).isEqualTo(2);

      // At least: no machine is too slow for it.
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(each.multipliedBy(2));
    }
  }
}
