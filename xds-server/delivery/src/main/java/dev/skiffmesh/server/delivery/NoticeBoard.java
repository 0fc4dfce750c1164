package dev.skiffmesh.server.delivery;

import io.envoyproxy.envoy.config.core.v3.Node;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is told of what a stream's machine has noticed: the metrics, the control loop, the log. */
final class NoticeBoard {

  private static final Logger log = LoggerFactory.getLogger(NoticeBoard.class);

  private final StreamId stream;
  private final DeliveryMetrics metrics;
  private final DeliveryListener listener;

  NoticeBoard(StreamId stream, DeliveryMetrics metrics, DeliveryListener listener) {
    this.stream = stream;
    this.metrics = metrics;
    this.listener = listener;
  }

  /**
   * Tells of it.
   *
   * @param who the proxy; null if it has not said so
   */
  void tell(Notice notice, @Nullable Node who) {
    switch (notice) {
      case Notice.Stale _ -> metrics.ignored(DeliveryMetrics.Ignored.STALE_NONCE);
      case Notice.Lapsed lapsed -> metrics.lapsed(lapsed.kind());
      case Notice.Forgotten _ -> metrics.ignored(DeliveryMetrics.Ignored.TOO_MANY_NAMES);
      case Notice.AnsweredAgain again -> metrics.answeredAgain(again.names());
      case Notice.Wanted wanted -> {
        if (!wanted.asked().isEmpty()) {
          metrics.wanted(wanted.asked().size());
        }
        listener.wanted(stream, wanted.kind(), wanted.asked(), wanted.held());
      }
      case Notice.Answered answered -> {
        ProxyAnswer answer = answered.answer();
        metrics.answered(answer.kind(), answer.errorText() == null);
        if (answer.errorText() != null) {
          log.atWarn()
              .addKeyValue("proxy", who == null ? "" : who.getId())
              .addKeyValue("stream", stream.number())
              .addKeyValue("type", answer.kind().shortName())
              .addKeyValue("resources", answer.versions().size())
              .addKeyValue("first", answer.versions().keySet().stream().findFirst().orElse(""))
              .addKeyValue("error", answer.errorText())
              .log("A proxy has rejected a response");
        }
        listener.answered(answer);
      }
    }
  }
}
