package dev.skiffmesh.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.util.Arrays;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What Skiff's own {@code logback.xml} does. */
@Isolated("replaces the handlers of the whole process")
class LibraryLogTest {

  @Test
  void the_configuration_takes_over_what_libraries_write() throws JoranException {
    var root = LogManager.getLogManager().getLogger("");
    Handler[] before = root.getHandlers();
    LoggerContext context = new LoggerContext();
    try {
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(LibraryLog.class.getResource("/logback.xml"));
      assertThat(root.getHandlers()).hasSize(1);
      assertThat(root.getHandlers()[0].getClass().getName()).startsWith(LibraryLog.class.getName());
      assertThat(context.getLogger("ROOT").getAppender("stderr").isStarted()).isTrue();
    } finally {
      context.stop();
      Arrays.stream(root.getHandlers()).forEach(root::removeHandler);
      Arrays.stream(before).forEach(root::addHandler);
    }
  }
}
