package dev.skiffmesh.e2e.scenarios.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skiffmesh.api.model.ServiceId;
import dev.skiffmesh.api.source.Source;
import dev.skiffmesh.api.source.SourceEvent;
import dev.skiffmesh.e2e.parts.ConsulAgent;
import dev.skiffmesh.registry.consul.ConsulSource;
import dev.skiffmesh.registry.core.TestingRegistry.Instance;
import dev.skiffmesh.registry.core.TestingSink;
import dev.skiffmesh.registry.core.TestingSink.Seen;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Consul that hangs, one that forgets, and one that wants to know who asks. */
@Timeout(180)
class ConsulRestartTest {

  private static final ServiceId ORDER = new ServiceId("default", "order");
  private static final String ROOT = "7c9f3b1e-0000-4000-8000-000000000001";

  @Test
  void anAgentThatForgetsIsALossBeforeItIsRead() throws Exception {
    TestingSink sink = new TestingSink();
    try (ConsulAgent agent = ConsulAgent.start();
        RealConsul consul = new RealConsul(agent);
        Source source = new ConsulSource(consul.settings())) {
      consul.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      source.start(sink);
      sink.await("the instance", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

      agent.pause();
      try {
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(seen.endpointsOf(ORDER)).hasSize(1);
      } finally {
        agent.resume();
      }
      sink.await("that it goes on", Seen::isSynced);

      int before = sink.events().size();
      agent.restart();
      sink.await("the empty list", now -> now.endpointsOf(ORDER).isEmpty());
      assertThat(sink.events().get(before)).isInstanceOf(SourceEvent.Lost.class);
    }
  }

  @Test
  void aTokenThatIsRevokedIsALossAndAnotherOneIsNotNeeded() throws Exception {
    TestingSink sink = new TestingSink();
    try (ConsulAgent agent =
            ConsulAgent.start(
                """
                acl {
                  enabled = true
                  default_policy = "deny"
                  tokens { initial_management = "%s" }
                }
                """
                    .formatted(ROOT));
        RealConsul consul = new RealConsul(agent, Duration.ZERO, ROOT)) {
      consul.put(List.of(Instance.of("order", "10.0.0.1", 8080)));
      String token = "7c9f3b1e-0000-4000-8000-000000000002";
      consul.ask(
          "/v1/acl/policy",
          """
          {"Name":"skiff","Rules":"service_prefix \\"\\" { policy = \\"read\\" } node_prefix \\"\\" { policy = \\"read\\" }"}
          """);
      String readable =
          """
          {"SecretID":"%s","AccessorID":"7c9f3b1e-0000-4000-8000-000000000003",
          "Policies":[{"Name":"skiff"}]}
          """
              .formatted(token);
      consul.ask("/v1/acl/token", readable);
      try (Source source = new ConsulSource(consul.settings().withToken(token))) {
        source.start(sink);
        sink.await("the instance", seen -> seen.endpointsOf(ORDER).size() == 1 && seen.isSynced());

        consul.delete("/v1/acl/token/7c9f3b1e-0000-4000-8000-000000000003");
        Seen seen = sink.await("the loss", now -> now.lost() != null);
        assertThat(seen.lost()).contains("refuses to be read").doesNotContain(token);
        assertThat(seen.endpointsOf(ORDER)).hasSize(1);
        consul.put(List.of(Instance.of("order", "10.0.0.2", 8080)));

        consul.ask("/v1/acl/token", readable);
        sink.await("both", now -> now.endpointsOf(ORDER).size() == 2 && now.isSynced());
      }
    }
  }
}
