package dev.skiffmesh.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/**
 * One event, one line: time, level, message and {@code key="value"} pairs, whatever a proxy, a
 * registry or a library puts into them. Nothing that is logged can break the line, paint the
 * terminal or fill the disk: values are escaped and cut, and what repeats within ten seconds is
 * counted ({@code and="312 more"}). Made by {@code logback.xml}; thread-safe.
 */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {

  static final int MOST_OF_MESSAGE = 1_024;
  static final int MOST_OF_VALUE = 1_024;
  private static final int MOST_OF_LINE = 8_192;
  private static final int FRAMES = 6;
  private static final int CAUSES = 3;

  private static final long INTERVAL_MILLIS = 10_000;

  /** Ten seconds of a fleet that connects are worth two hundred lines. */
  private static final Repeats OURS = new Repeats(INTERVAL_MILLIS, 5, 200);

  /** A library's message changes with its numbers, so that all of a logger's are one thing. */
  private static final Repeats LIBRARIES = new Repeats(INTERVAL_MILLIS, 5, 5);

  private static final String SKIFF = "dev.skiffmesh.";

  /** Keys whose value says about whom an event is. */
  private static final Set<String> SUBJECTS = Set.of("proxy", "source", "peer");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  private final Repeats ours;
  private final Repeats libraries;

  /** With the limits of this process. */
  public LineEncoder() {
    this(OURS, LIBRARIES);
  }

  LineEncoder(Repeats ours, Repeats libraries) {
    this.ours = ours;
    this.libraries = libraries;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  /** The line; nothing if the event is only counted. */
  @Override
  public byte[] encode(ILoggingEvent event) {
    boolean own = event.getLoggerName().startsWith(SKIFF);
    String what = event.getLoggerName() + ' ' + event.getLevel() + (own ? event.getMessage() : "");
    long left = (own ? ours : libraries).say(what, own ? subject(event) : "", event.getTimeStamp());
    return left == Repeats.LEFT_OUT
        ? new byte[0]
        : line(event, own, left).getBytes(StandardCharsets.UTF_8);
  }

  private static String line(ILoggingEvent event, boolean own, long left) {
    StringBuilder line = new StringBuilder(128);
    line.append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp()))).append(' ');
    line.append("%-5s ".formatted(event.getLevel()));
    if (!own) {
      Escaped.plain(line, event.getLoggerName(), MOST_OF_VALUE);
      line.append(": ");
    }
    Escaped.plain(line, String.valueOf(event.getFormattedMessage()), MOST_OF_MESSAGE);
    for (KeyValuePair pair : pairs(event)) {
      if (line.length() < MOST_OF_LINE) {
        append(line, pair.key, String.valueOf(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      append(line, event.getThrowableProxy());
    }
    if (left > 0) {
      append(line, "and", left + " more");
    }
    return line.append('\n').toString();
  }

  private static void append(StringBuilder line, String key, String value) {
    line.append(' ');
    Escaped.plain(line, key, MOST_OF_VALUE);
    line.append("=\"");
    Escaped.quoted(line, value, MOST_OF_VALUE);
    line.append('"');
  }

  private static void append(StringBuilder line, IThrowableProxy thrown) {
    IThrowableProxy each = thrown;
    for (int depth = 0; each != null && depth < CAUSES; depth++) {
      append(
          line,
          depth == 0 ? "exception" : "cause",
          each.getClassName() + (each.getMessage() == null ? "" : ": " + each.getMessage()));
      append(line, "at", frames(each));
      each = each.getCause();
    }
  }

  private static String frames(IThrowableProxy thrown) {
    StringBuilder frames = new StringBuilder();
    StackTraceElementProxy[] all = thrown.getStackTraceElementProxyArray();
    for (int i = 0; i < Math.min(FRAMES, all.length); i++) {
      frames.append(i == 0 ? "" : " < ").append(all[i].getStackTraceElement());
    }
    return frames.toString();
  }

  private static String subject(ILoggingEvent event) {
    for (KeyValuePair pair : pairs(event)) {
      if (SUBJECTS.contains(pair.key)) {
        String value = String.valueOf(pair.value);
        return value.length() <= MOST_OF_VALUE ? value : value.substring(0, MOST_OF_VALUE);
      }
    }
    return "";
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null ? List.of() : pairs;
  }
}
