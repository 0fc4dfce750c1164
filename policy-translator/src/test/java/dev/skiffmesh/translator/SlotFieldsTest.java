package dev.skiffmesh.translator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import dev.skiffmesh.translator.place.AnswerOption;
import dev.skiffmesh.translator.place.Case;
import dev.skiffmesh.translator.place.ClusterOption;
import dev.skiffmesh.translator.place.ForwardOption;
import dev.skiffmesh.translator.place.HostOption;
import dev.skiffmesh.translator.place.Option;
import dev.skiffmesh.translator.place.Placed;
import dev.skiffmesh.translator.place.Requests;
import dev.skiffmesh.translator.place.RouteOption;
import dev.skiffmesh.translator.place.Slot;
import dev.skiffmesh.translator.testing.TestingMesh;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A kind writes what its slots own and nothing else: each option of all golden cases is tried. */
class SlotFieldsTest {

  /** Nothing that Skiff knows so far writes them. */
  private static final Set<Slot> OF_KINDS_TO_COME = EnumSet.of(Slot.ATTEMPTS);

  @Test
  void anOptionWritesFieldsOfItsSlotOnly() throws IOException {
    Set<Slot> seen = EnumSet.noneOf(Slot.class);
    for (Placed<? extends Option> placed : ofAllGoldens()) {
      Option option = placed.option();
      seen.add(option.slot());
      switch (option) {
        case ClusterOption ofCluster -> {
          Cluster.Builder cluster = Cluster.newBuilder();
          ofCluster.applyTo(cluster);
          check(option, Cluster.getDefaultInstance(), cluster.build());
        }
        case HostOption ofHost -> {
          VirtualHost.Builder host = VirtualHost.newBuilder();
          ofHost.applyTo(host);
          check(option, VirtualHost.getDefaultInstance(), host.build());
        }
        case RouteOption ofRoute -> {
          Route.Builder route = Route.newBuilder();
          ofRoute.applyTo(route, Requests.ALL);
          check(option, Route.getDefaultInstance(), route.build());
        }
        case AnswerOption answer -> {
          Route.Builder route = Route.newBuilder();
          answer.applyTo(route, Requests.ALL);
          check(option, Route.getDefaultInstance(), route.build());
        }
        case ForwardOption ofCalls -> {
          for (RouteAction before : List.of(RouteAction.getDefaultInstance(), weighted())) {
            for (Set<Case> holds : List.of(Set.<Case>of(), Set.of(Case.GRPC))) {
              RouteAction.Builder action = before.toBuilder();
              ofCalls.applyTo(action, new Requests(null, holds));
              check(option, before, action.build());
            }
          }
        }
      }
    }
    assertThat(seen)
        .as("each slot has a golden case")
        .isEqualTo(EnumSet.complementOf(EnumSet.copyOf(OF_KINDS_TO_COME)));
  }

  @Test
  void aFieldBelongsToOneSlot() {
    Set<FieldDescriptor> owned = new LinkedHashSet<>();
    for (Slot slot : Slot.values()) {
      for (String name : slot.fields()) {
        FieldDescriptor field = slot.message().findFieldByName(name);
        assertThat(field).as("%s of %s", name, slot.message().getFullName()).isNotNull();
        assertThat(owned.add(field)).as("only %s has %s", slot, name).isTrue();
      }
    }
  }

  /** Every option that a policy of a golden case places somewhere. */
  static Set<Placed<? extends Option>> ofAllGoldens() throws IOException {
    Set<Placed<? extends Option>> options = new LinkedHashSet<>();
    for (Path kind : GoldenTest.folders(GoldenTest.GOLDENS)) {
      for (Path folder : GoldenTest.folders(kind)) {
        TestingMesh mesh =
            TestingMesh.read("input.yaml", Files.readString(folder.resolve("input.yaml")));
        Evaluation evaluation = mesh.translator().evaluate(mesh.world());
        mesh.proxies().stream()
            .map(proxy -> mesh.translator().view(evaluation, proxy))
            .flatMap(view -> view.outbound().services().values().stream())
            .flatMap(plan -> plan.options())
            .forEach(options::add);
      }
    }
    return options;
  }

  private static void check(Option option, Message before, Message after) {
    Set<String> changed = new TreeSet<>();
    for (FieldDescriptor field : before.getDescriptorForType().getFields()) {
      if (!before.getField(field).equals(after.getField(field))
          || (field.hasPresence() && before.hasField(field) != after.hasField(field))) {
        changed.add(field.getName());
      }
    }
    assertThat(after.getDescriptorForType()).isEqualTo(option.slot().message());
    assertThat(after.getUnknownFields()).isEqualTo(before.getUnknownFields());
    assertThat(changed)
        .as("fields that %s writes", option)
        .isSubsetOf(Set.copyOf(option.slot().fields()));
  }

  private static RouteAction weighted() {
    RouteAction.Builder action = RouteAction.newBuilder();
    for (String name : List.of("a", "b")) {
      action
          .getWeightedClustersBuilder()
          .addClustersBuilder()
          .setName(name)
          .setWeight(UInt32Value.of(1));
    }
    return action.build();
  }
}
