package dev.skiffmesh.e2e.eurekaserver;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

/** A Eureka server as Spring Cloud's users write it: nothing but the annotation. */
@SpringBootApplication
@EnableEurekaServer
public class EurekaServerLauncher {

  /** Starts it; {@code --key=value} sets a property. */
  public static void main(String[] args) {
    SpringApplication.run(EurekaServerLauncher.class, args);
  }
}
