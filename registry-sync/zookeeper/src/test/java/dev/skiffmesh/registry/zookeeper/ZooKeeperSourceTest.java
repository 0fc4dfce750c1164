package dev.skiffmesh.registry.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.status.FindingCode;
import dev.skiffmesh.registry.core.Login;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import dev.skiffmesh.registry.zookeeper.Directory.Layout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ZooKeeper does and other registries do not. */
class ZooKeeperSourceTest {

  private static final Instance ONE = Instance.of("order", "10.0.0.1", 8080);
  private static final Instance TWO = Instance.of("quote", "10.0.0.2", 8080);

  private final TestingSink sink = new TestingSink();
  private TestingServer server;
  private RealZooKeeper zoo;

  @BeforeEach
  void start() throws Exception {
    server = new TestingServer();
    zoo = new RealZooKeeper(server, Layout.CURATOR, false);
  }

  @AfterEach
  void stop() throws Exception {
    zoo.close();
    server.close();
  }

  @Test
  void aProviderWhoseSessionEndsIsGone() throws Exception {
    zoo.put(List.of(ONE));
    try (Source source = zoo.source();
        CuratorFramework provider =
            CuratorFrameworkFactory.newClient(
                server.getConnectString(), new RetryNTimes(300, 100))) {
      provider.start();
      Instance other = Instance.of("order", "10.0.0.9", 8080);
      provider
          .create()
          .withMode(CreateMode.EPHEMERAL)
          .forPath(
              zoo.directory("order") + "/e",
              RealZooKeeper.json(other).getBytes(StandardCharsets.UTF_8));
      source.start(sink);
      sink.await("both", has("order", 2));

      // The same to the server as if it had been silent for too long.
      provider.getZookeeperClient().getZooKeeper().close();

      Seen seen = sink.await("the other one alone", has("order", 1));
      assertThat(seen.endpointsOf(zoo.idOf("order")).getFirst().address()).isEqualTo("10.0.0.1");
    }
  }

  @Test
  void aSessionThatEndedWhileTheServerWasAwayIsReplacedWithItsWatches() throws Exception {
    zoo.put(List.of(ONE));
    try (Source source = zoo.source()) {
      source.start(sink);
      sink.await("the one", has("order", 1));

      zoo.lose();
      sink.await(
          "the end of the session",
          seen -> seen.lost() != null && seen.lost().contains("session has ended"));
      zoo.restore();
      sink.await("the sync", Seen::isSynced);
      zoo.put(List.of(TWO));
      sink.await("what came after it", has("order", 1).and(has("quote", 1)));
    }
  }

  @Test
  void whatMayNotBeReadIsAFindingAndTheRestGoesOn() throws Exception {
    zoo.put(List.of(ONE, TWO));
    String digest = DigestAuthenticationProvider.generateDigest("skiff:hunter2");
    List<ACL> only =
        List.of(new ACL(ZooDefs.Perms.ALL, new Id("digest", digest)), aclForTheTestItself());
    try (Source source = zoo.source()) {
      source.start(sink);
      sink.await("both", has("order", 1).and(has("quote", 1)));

      zoo.client().setACL().withACL(only).forPath(zoo.directory("order"));
      zoo.put(List.of(Instance.of("order", "10.0.0.3", 8080)));
      zoo.put(List.of(Instance.of("quote", "10.0.0.4", 8080)));
      TestingSink other = new TestingSink();
      try (Source late = zoo.source()) {
        late.start(other);
        Seen seen = other.await("the readable one", has("quote", 2).and(Seen::isSynced));
        assertThat(seen.endpointsOf(zoo.idOf("order"))).isEmpty();
        assertThat(seen.unreadable()).hasSize(1);
        assertThat(seen.allFindings())
            .singleElement()
            .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.SOURCE_LOST))
            .satisfies(
                finding ->
                    assertThat(finding.subject()).isEqualTo("node " + zoo.directory("order")));

        zoo.client().setACL().withACL(ZooDefs.Ids.OPEN_ACL_UNSAFE).forPath(zoo.directory("order"));
        seen = other.await("all", has("order", 2).and(now -> now.allFindings().isEmpty()));
        assertThat(seen.unreadable()).isEmpty();
      }
      sink.await("all", has("order", 2).and(has("quote", 2)));
    }
  }

  @Test
  void aLoginOpensWhatIsClosedToOthers() throws Exception {
    zoo.put(List.of(ONE));
    String digest = DigestAuthenticationProvider.generateDigest("skiff:hunter2");
    zoo.client()
        .setACL()
        .withACL(
            List.of(new ACL(ZooDefs.Perms.READ, new Id("digest", digest)), aclForTheTestItself()))
        .forPath(zoo.directory("order"));

    TestingSink stranger = new TestingSink();
    try (Source known =
            new ZooKeeperSource(zoo.settings().withCredentials(new Login("skiff", "hunter2")));
        Source other =
            new ZooKeeperSource(zoo.settings().withCredentials(new Login("skiff", "wrong")))) {
      known.start(sink);
      Seen seen = sink.await("the one", has("order", 1).and(Seen::isSynced));
      assertThat(seen.allFindings()).isEmpty();
      other.start(stranger);
      seen = stranger.await("the sync", Seen::isSynced);
      assertThat(seen.endpointsOf(zoo.idOf("order"))).isEmpty();
      assertThat(seen.allFindings()).hasSize(1);
      assertThat(seen.allFindings().toString()).doesNotContain("wrong");
    } finally {
      zoo.client().setACL().withACL(ZooDefs.Ids.OPEN_ACL_UNSAFE).forPath(zoo.directory("order"));
    }
  }

  @Test
  void thousandsOfNodesAreReadAndFollowed() throws Exception {
    zoo.put(List.of(ONE));
    for (int service = 0; service < 2_000; service++) {
      List<CuratorOp> nodes = new ArrayList<>();
      String directory = zoo.directory("s" + service);
      nodes.add(zoo.client().transactionOp().create().forPath(directory));
      for (int i = 1; i <= 5; i++) {
        Instance instance = Instance.of("any", "10.0." + service % 250 + "." + i, 8000 + i);
        nodes.add(
            zoo.client()
                .transactionOp()
                .create()
                .forPath(
                    directory + "/" + i,
                    RealZooKeeper.json(instance).getBytes(StandardCharsets.UTF_8)));
      }
      zoo.client().transaction().forOperations(nodes);
    }
    try (Source source = zoo.source()) {
      source.start(sink);
      Seen seen = sink.await("the sync", Seen::isSynced);
      assertThat(seen.endpoints()).hasSize(2_001);
      int before = sink.events().size();

      zoo.client().delete().forPath(zoo.directory("s77") + "/3");
      sink.await("the change", has("s77", 4));
      assertThat(sink.events()).hasSize(before + 1);
    }
  }

  /** Read and write for everybody would leave nothing to refuse: no READ, but ADMIN and CREATE. */
  private static ACL aclForTheTestItself() {
    return new ACL(
        ZooDefs.Perms.ADMIN | ZooDefs.Perms.CREATE | ZooDefs.Perms.DELETE | ZooDefs.Perms.WRITE,
        ZooDefs.Ids.ANYONE_ID_UNSAFE);
  }

  private Predicate<Seen> has(String service, int count) {
    return seen -> seen.endpointsOf(zoo.idOf(service)).size() == count;
  }
}
