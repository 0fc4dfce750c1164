package dev.skiffmesh.e2e.parts;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrpcServiceTest {

  @Test
  void saysWhoItIsAndWhatItWasAsked() {
    try (GrpcService service = GrpcService.start("quote", Map.of("version", "v1"))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", service.port()).usePlaintext().build();
      try {
        assertThat(GrpcService.say(channel, "价格"))
            .isEqualTo("quote-v1@127.0.0.1:" + service.port() + " 价格");
        assertThat(service.calls()).isEqualTo(1);
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
