package dev.skiffmesh.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.LifeCycle;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/**
 * Leads what libraries write to {@code java.util.logging} (gRPC does) into Skiff's log, where
 * {@code SKIFF_LOG} and the bounds of {@link LineEncoder} hold for it. Made by {@code logback.xml},
 * so that it is in force from the first line on.
 */
public final class LibraryLog extends ContextAwareBase implements LoggerContextListener, LifeCycle {

  private final Handler handler = new Forward();
  private volatile boolean started;

  /** Not yet in force. */
  public LibraryLog() {}

  /** Replaces whatever would have written. */
  @Override
  public void start() {
    java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
    for (Handler other : root.getHandlers()) {
      root.removeHandler(other);
    }
    root.addHandler(handler);
    started = true;
  }

  @Override
  public void stop() {
    LogManager.getLogManager().getLogger("").removeHandler(handler);
    started = false;
  }

  @Override
  public boolean isStarted() {
    return started;
  }

  @Override
  public boolean isResetResistant() {
    return true;
  }

  @Override
  public void onStart(LoggerContext context) {}

  @Override
  public void onReset(LoggerContext context) {}

  @Override
  public void onStop(LoggerContext context) {
    stop();
  }

  @Override
  public void onLevelChange(Logger logger, Level level) {}

  private static final class Forward extends Handler {

    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord entry) {
      String name = entry.getLoggerName() == null ? "" : entry.getLoggerName();
      LoggerFactory.getLogger(name)
          .atLevel(level(entry.getLevel().intValue()))
          .setCause(entry.getThrown())
          .log(String.valueOf(formatter.formatMessage(entry)));
    }

    private static org.slf4j.event.Level level(int value) {
      if (value >= java.util.logging.Level.SEVERE.intValue()) {
        return org.slf4j.event.Level.ERROR;
      }
      if (value >= java.util.logging.Level.WARNING.intValue()) {
        return org.slf4j.event.Level.WARN;
      }
      return value >= java.util.logging.Level.INFO.intValue()
          ? org.slf4j.event.Level.INFO
          : org.slf4j.event.Level.DEBUG;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
