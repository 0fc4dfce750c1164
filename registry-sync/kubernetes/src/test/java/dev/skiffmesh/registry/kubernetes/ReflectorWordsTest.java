package dev.skiffmesh.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

/** What users read when an API server cannot be read. */
class ReflectorWordsTest {

  @Test
  void aServerThatIsNotThereHasTheSystemsWords() {
    assertThat(
            Reflector.words(
                new KubernetesClientException(
                    "An error has occurred.",
                    new IOException(new ConnectException("Connection refused")))))
        .isEqualTo("Connection refused");
    assertThat(Reflector.words(new KubernetesClientException("interrupted")))
        .isEqualTo("interrupted");
  }

  @Test
  void anAnswerHasTheServersWords() {
    assertThat(
            Reflector.words(
                new KubernetesClientException(
                    "Failure",
                    403,
                    new StatusBuilder().withCode(403).withMessage("pods is forbidden").build())))
        .isEqualTo("'pods is forbidden'");
    assertThat(Reflector.words(new KubernetesClientException("Failure", 503, null)))
        .isEqualTo("status 503");
  }
}
