package dev.skiffmesh.bootstrap;

import java.util.ArrayList;
import java.util.List;

/** Reads the flags of a golden case as the shell would pass them, one flag and its value a line. */
final class CommandLine {

  private CommandLine() {}

  static BootstrapFlags read(List<String> lines) {
    String service = "";
    String namespace = "";
    String address = BootstrapFlags.DEFAULT_ADDRESS;
    String zone = "";
    int egress = BootstrapRequest.DEFAULT_EGRESS_PORT;
    int inbound = BootstrapRequest.DEFAULT_INBOUND_PORT;
    int admin = BootstrapRequest.DEFAULT_ADMIN_PORT;
    List<String> labels = new ArrayList<>();
    List<String> appPorts = new ArrayList<>();
    List<String> xds = new ArrayList<>();
    for (String line : lines) {
      String[] flag = line.split(" ", 2);
      String value = flag[1];
      switch (flag[0]) {
        case "--service" -> service = value;
        case "--namespace" -> namespace = value;
        case "--address" -> address = value;
        case "--zone" -> zone = value;
        case "--label" -> labels.add(value);
        case "--app-port" -> appPorts.add(value);
        case "--xds" -> xds.add(value);
        case "--egress-port" -> egress = Integer.parseInt(value);
        case "--inbound-port" -> inbound = Integer.parseInt(value);
        case "--admin-port" -> admin = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("No such flag: " + line);
      }
    }
    return new BootstrapFlags(
        service,
        namespace,
        address,
        zone,
        labels,
        appPorts,
        xds,
        new BootstrapFlags.ListenerPorts(egress, inbound, admin));
  }
}
