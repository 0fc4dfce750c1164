package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.bootstrap.ControlPlaneAddress;
import dev.skiffmesh.server.status.MeshReport;
import java.net.URI;

/** The control plane that the demo started, in this process. */
interface ControlPlane extends AutoCloseable {

  /** Where proxies ask. */
  ControlPlaneAddress xds();

  /** Where people ask. */
  URI admin();

  /** The newest report. */
  MeshReport report();

  @Override
  void close();
}
