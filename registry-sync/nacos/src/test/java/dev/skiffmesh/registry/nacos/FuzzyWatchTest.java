package dev.skiffmesh.registry.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.alibaba.nacos.api.common.Constants;
import com.alibaba.nacos.api.common.Constants.ServiceChangedType;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchChangeNotifyRequest;
import com.alibaba.nacos.api.naming.remote.request.NamingFuzzyWatchSyncRequest;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FuzzyWatchTest {

  private static final String PATTERN = "public>>*>>*";

  private final FuzzyWatch watch = new FuzzyWatch("public");

  @Test
  void asksForAllAtFirstAndForTheDifferenceLater() {
    assertThat(watch.request().getGroupKeyPattern()).isEqualTo(PATTERN);
    assertThat(watch.request().isInitializing()).isTrue();
    assertThat(watch.groups()).isEmpty();

    assertThat(watch.synced(batch(Constants.FUZZY_WATCH_INIT_NOTIFY, "public@@DAY@@a"))).isTrue();
    assertThat(watch.groups()).as("not all yet").isEmpty();
    assertThat(watch.synced(batch(Constants.FINISH_FUZZY_WATCH_INIT_NOTIFY))).isFalse();

    assertThat(watch.groups()).contains(Set.of("DAY"));
    assertThat(watch.request().isInitializing()).isFalse();
    assertThat(watch.request().getReceivedGroupKeys()).containsExactly("public@@DAY@@a");
  }

  @Test
  void onlyWhatIsNewIsAChange() {
    assertThat(watch.changed(change("public@@DAY@@a", ServiceChangedType.ADD_SERVICE))).isTrue();
    assertThat(watch.changed(change("public@@DAY@@a", ServiceChangedType.ADD_SERVICE))).isFalse();
    assertThat(watch.changed(change("public@@DAY@@a", ServiceChangedType.DELETE_SERVICE))).isTrue();
    assertThat(watch.changed(change("public@@DAY@@a", ServiceChangedType.DELETE_SERVICE)))
        .isFalse();
  }

  @Test
  void aLimitMeansThatNotAllGroupsAreKnown() {
    watch.synced(batch(Constants.FUZZY_WATCH_INIT_NOTIFY, "public@@DAY@@a", "public@@NIGHT@@b@@c"));
    watch.synced(batch(Constants.FINISH_FUZZY_WATCH_INIT_NOTIFY));
    assertThat(watch.groups()).contains(Set.of("DAY", "NIGHT"));

    watch.limited(true);
    assertThat(watch.groups()).isEmpty();
    watch.limited(false);
    assertThat(watch.groups()).isPresent();
    watch.reset();
    assertThat(watch.groups()).isEmpty();
  }

  private static NamingFuzzyWatchSyncRequest batch(String type, String... keys) {
    return new NamingFuzzyWatchSyncRequest(
        PATTERN,
        type,
        Arrays.stream(keys)
            .map(
                key ->
                    NamingFuzzyWatchSyncRequest.Context.build(key, ServiceChangedType.ADD_SERVICE))
            .collect(Collectors.toSet()));
  }

  private static NamingFuzzyWatchChangeNotifyRequest change(String key, String type) {
    return new NamingFuzzyWatchChangeNotifyRequest(key, type);
  }
}
