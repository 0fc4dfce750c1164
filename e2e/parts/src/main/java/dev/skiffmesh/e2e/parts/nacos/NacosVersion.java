package dev.skiffmesh.e2e.parts.nacos;

import dev.skiffmesh.e2e.parts.JavaProgram;
import dev.skiffmesh.e2e.parts.PartMissingException;
import java.net.URI;
import java.util.List;

/** The Nacos servers that tests and the demo run; each has a Maven module with its classpath. */
public enum NacosVersion {
  /** Nacos 2.3.2, on Spring Boot 2.7. */
  V2("2.3.2", "nacos-server-2", "com.alibaba.nacos.Nacos", "/nacos/v1/console/health/readiness") {
    @Override
    List<String> properties(int port) {
      return List.of("-Dserver.port=" + port);
    }
  },
  /** Nacos 3.1.0, on Spring Boot 3.4, without its console. */
  V3(
      "3.1.0",
      "nacos-server-3",
      "dev.skiffmesh.e2e.nacosserver.NacosServerLauncher",
      "/nacos/v3/admin/core/state/readiness") {
    @Override
    List<String> properties(int port) {
      return List.of(
          "-Dnacos.server.main.port=" + port,
          "-Dnacos.core.auth.admin.enabled=false",
          "-Dnacos.core.auth.console.enabled=false");
    }
  };

  private final String number;
  private final String module;
  private final String mainClass;
  private final String readiness;

  NacosVersion(String number, String module, String mainClass, String readiness) {
    this.number = number;
    this.module = module;
    this.mainClass = mainClass;
    this.readiness = readiness;
  }

  /** For example {@code 2.3.2}. */
  public String number() {
    return number;
  }

  String mainClass() {
    return mainClass;
  }

  URI readiness(String address) {
    return URI.create("http://" + address + readiness);
  }

  /** What tells this server its main port, and what lets tests use it without a login. */
  abstract List<String> properties(int port);

  /**
   * The server's classpath, in the order in which Maven resolved it: in any other order the server
   * fails at its first push, because some of its jars carry copies of others' classes.
   *
   * @throws PartMissingException if its jars are not on this machine
   */
  String classpath() {
    return new JavaProgram("Nacos " + number, "e2e/" + module, 150).classpath();
  }
}
