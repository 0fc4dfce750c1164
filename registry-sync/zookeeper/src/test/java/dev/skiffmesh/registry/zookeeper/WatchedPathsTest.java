package dev.skiffmesh.registry.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import dev.skiffmesh.registry.zookeeper.WatchedPaths.Touched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedPathsTest {

  private static final ZooKeeperSettings SETTINGS = ZooKeeperSettings.of("zoo", "10.0.0.1:2181");

  private final WatchedPaths paths = new WatchedPaths(SETTINGS);

  @Test
  void tellsWhatAPathIsAbout() {
    Directory order = new Directory(Layout.CURATOR, "order");
    Directory quote = new Directory(Layout.DUBBO, "com.acme.Quote");
    assertThat(paths.touched("/services")).contains(new Touched.Root(Layout.CURATOR));
    assertThat(paths.touched("/services/order")).contains(new Touched.In(order, ""));
    assertThat(paths.touched("/services/order/7")).contains(new Touched.In(order, "7"));
    assertThat(paths.touched("/dubbo/com.acme.Quote")).contains(new Touched.In(quote, ""));
    assertThat(paths.touched("/dubbo/com.acme.Quote/providers/a"))
        .contains(new Touched.In(quote, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dubbo/com.acme.Quote/consumers",
        "/dubbo/com.acme.Quote/consumers/a",
        "/services/order/7/8",
        "/servicesx/order",
        "/other",
      })
  void whatIsNoInstanceTouchesNothing(String path) {
    assertThat(paths.touched(path)).isEmpty();
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> SETTINGS.withRoots("", "")).hasMessageContaining("`services`");
    assertThatThrownBy(() -> SETTINGS.withRoots("services", "")).hasMessageContaining("'services'");
    assertThatThrownBy(() -> SETTINGS.withRoots("/a", "/a/b")).hasMessageContaining("`dubbo`");
    assertThatThrownBy(() -> SETTINGS.withRoots("/a/b", "/a")).hasMessageContaining("`services`");
    assertThatThrownBy(() -> ZooKeeperSettings.of("zoo", "10.0.0.1"))
        .hasMessageContaining("found '10.0.0.1'");
    assertThatThrownBy(() -> new Login("skiff", "")).hasMessageContaining("`password`");
    assertThat(new Login("skiff", "hunter2").toString()).doesNotContain("hunter2");
  }
}
