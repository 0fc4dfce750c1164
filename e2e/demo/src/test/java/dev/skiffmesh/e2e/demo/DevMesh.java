package dev.skiffmesh.e2e.demo;

import java.util.List;

/** The whole mesh from the IDE in one click; the argument {@code nacos} registers it there. */
final class DevMesh {

  private DevMesh() {}

  /** Runs until it is stopped, whether there is a terminal or not. */
  public static void main(String[] arguments) throws Exception {
    boolean good =
        new Demo(System.out, System.err, List.of(arguments).contains("nacos"), false).run();
    System.exit(good ? 0 : 1);
  }
}
