package dev.skiffmesh.e2e.demo;

import dev.skiffmesh.e2e.parts.LoadLoop;
import java.util.List;

/** The broker with whatever carries its calls. */
interface DataPlane extends AutoCloseable {

  /** What it is, in a sentence. */
  String title();

  /** Who calls whom, on one line. */
  String picture();

  /** How many proxies the control plane should see. */
  int proxies();

  /** Makes so many calls from outside through the gateway to order, with a few at a time. */
  LoadLoop.Report call(long calls);

  /** Calls that a person can make, a line each. */
  List<String> invitations();

  @Override
  void close();
}
