package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.EnvoyBinary;
import dev.skiffmesh.e2e.parts.nacos.NacosServer;
import dev.skiffmesh.e2e.parts.nacos.NacosVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The whole demo, from nothing to nothing. */
final class Demo {

  private final PrintStream out;
  private final PrintStream talk;
  private final boolean withNacos;
  private final boolean once;

  /**
   * A demo.
   *
   * @param out what is shown
   * @param talk what is said while one waits
   * @param withNacos a real Nacos server in place of the files
   * @param once ends after the first round
   */
  Demo(PrintStream out, PrintStream talk, boolean withNacos, boolean once) {
    this.out = out;
    this.talk = talk;
    this.withNacos = withNacos;
    this.once = once;
  }

  /**
   * Runs until it is interrupted, or for one round.
   *
   * @return false if a call failed or a proxy did not come in sync
   * @throws dev.skiffmesh.e2e.parts.PartMissingException if Nacos is asked for and not there
   */
  boolean run() throws InterruptedException, IOException {
    try (Started started = Started.untilStopped()) {
      EnvoyBinary.Found envoy = EnvoyBinary.find();
      boolean proxyless = envoy instanceof EnvoyBinary.Found.Missing;
      if (envoy instanceof EnvoyBinary.Found.Missing missing) {
        talk.println("skiff: " + missing.message());
      }
      DemoFiles files = started.add(proxyless ? DemoFiles.prepareGrpc() : DemoFiles.prepare());
      String nacos = withNacos ? startNacos(started, files) : "";
      ControlPlane controlPlane = started.add(EmbeddedControlPlane.start(files, nacos));
      DataPlane dataPlane =
          started.add(
              proxyless
                  ? new GrpcDataPlane(files.instances(), controlPlane.xds())
                  : new EnvoyDataPlane(files.instances(), controlPlane.xds()));
      introduce(controlPlane, dataPlane, files, nacos);
      DemoSession session =
          new DemoSession(controlPlane::report, dataPlane, started::isClosed, out);
      boolean good = session.firstRound();
      if (!once) {
        invite(dataPlane, files, nacos, controlPlane);
        session.watch();
      }
      return good;
    }
  }

  private String startNacos(Started started, DemoFiles files) throws IOException {
    talk.println("skiff: starting a Nacos " + NacosVersion.V2.number() + " server");
    NacosServer server = started.add(NacosServer.start(NacosVersion.V2));
    Path cache = Files.createDirectories(files.scratch().resolve("nacos-clients"));
    started.add(new NacosRegistrations(server.address(), files.instances(), cache));
    return server.address();
  }

  private void introduce(
      ControlPlane controlPlane, DataPlane dataPlane, DemoFiles files, String nacos) {
    out.println("Skiff demo: " + dataPlane.title());
    out.println();
    out.println("  " + dataPlane.picture());
    out.println();
    out.println(
        "  services  "
            + (nacos.isEmpty() ? DemoFiles.shown(files.services()) : "Nacos at " + nacos));
    out.println("  policies  " + DemoFiles.shown(files.policies()));
    out.println("  xDS       " + controlPlane.xds());
    out.println("  admin     " + controlPlane.admin());
    out.println();
  }

  private void invite(
      DataPlane dataPlane, DemoFiles files, String nacos, ControlPlane controlPlane) {
    List<String> things = new ArrayList<>();
    things.add(
        "Edit %s: 95/5 -> 50/50, and watch."
            .formatted(DemoFiles.shown(files.policies().resolve("order-canary.yaml"))));
    things.add(
        nacos.isEmpty()
            ? "Drain order v2 in %s (`weight: 0`).\n     Its calls fail, for the policy names v2 alone; with `whenEmpty: Fallback` they do not."
                .formatted(DemoFiles.shown(files.services().resolve("order.yaml")))
            : "Drain order v2:\n     curl -X PUT 'http://%s/nacos/v1/ns/instance?serviceName=order&ip=127.0.0.1&port=%d&weight=0'"
                .formatted(nacos, files.instances().get(2).registeredPort()));
    things.add(
        "Break the policy (`weight: -1`): it is refused with its line, and no call notices.");
    dataPlane.invitations().forEach(call -> things.add("Be a beta user:\n     " + call));
    String server =
        controlPlane.admin().getPort() == EmbeddedControlPlane.ADMIN_PORT
            ? ""
            : " --server " + controlPlane.admin();
    things.add("Ask: ./skiff get policies%s, ./skiff proxy status%s".formatted(server, server));
    out.println();
    out.println("Try, while this runs (Ctrl-C stops everything):");
    for (int i = 0; i < things.size(); i++) {
      out.println("  " + (i + 1) + ". " + things.get(i));
    }
  }
}
