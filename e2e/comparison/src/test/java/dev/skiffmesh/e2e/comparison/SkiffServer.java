package dev.skiffmesh.e2e.comparison;

import com.google.protobuf.ByteString;
import dev.skiffmesh.server.delivery.testing.TestingControl;
import dev.skiffmesh.server.delivery.testing.TestingSnapshot;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import org.jspecify.annotations.Nullable;

/** Skiff's engine and its gRPC port, with the test in the control loop's place. */
final class SkiffServer implements DiscoveryServer {

  /** No cluster: the engine throws when it looks for what this refers to. */
  private static final Resource UNREADABLE =
      new Resource(
          ResourceKind.CLUSTER,
          "unreadable",
          "00000000000000ff",
          ByteString.copyFromUtf8("this is no cluster"),
          Provenance.NONE);

  private final TestingControl control = new TestingControl();
  private @Nullable String broken;

  @Override
  public int port() {
    return control.port();
  }

  @Override
  public void publish(TestingSnapshot snapshot) {
    if (broken == null) {
      control.publish(snapshot);
    } else {
      control.publishEach(node -> node.equals(broken) ? snapshot.with(UNREADABLE) : snapshot);
    }
  }

  @Override
  public void breakStreamOf(String nodeId) {
    broken = nodeId;
  }

  @Override
  public void close() {
    control.close();
  }
}
